from typing import Any

import pyarrow as pa
import pytest

from curate.record import CONTENT, MESSAGE, RECORD, ROLES, WORKING, batch_of, kind_of

TURNS = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": ""}]


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"messages": None, "text": "page"}, "text"),
        ({"messages": TURNS, "prompt_turns": 1}, "sft"),
        ({"messages": TURNS[:1], "prompt_turns": 1}, "prompt"),
        ({"messages": TURNS, "prompt_turns": 1, "desirable": False}, "unpaired"),
        ({"messages": TURNS, "prompt_turns": 1, "rejected": []}, "preference"),
        (
            {"messages": TURNS, "prompt_turns": 1, "rejected": TURNS, "desirable": True},
            "preference",
        ),
        ({"messages": TURNS[:1], "prompt_turns": 1, "desirable": True}, "unpaired"),
    ],
)
def test_the_kind_follows_from_what_is_set(fields: dict[str, Any], kind: str) -> None:
    assert kind_of(fields) == kind


def test_a_batch_keeps_values_and_nulls_what_rows_lack() -> None:
    batch = batch_of([{"id": b"0" * 16, "messages": TURNS, "prompt_turns": 1, "meta": "{}"}])
    assert batch.schema == RECORD
    [row] = batch.to_pylist()
    assert [turn["role"] for turn in row["messages"]] == ["user", "assistant"]
    assert row["messages"][0]["train"] is None
    assert (row["rejected"], row["desirable"], row["labels"], row["line"]) == (None,) * 4


def test_no_rows_make_an_empty_batch_of_the_schema() -> None:
    assert batch_of([], WORKING).schema == WORKING
    assert len(batch_of([], CONTENT)) == 0


def test_a_value_of_the_wrong_type_is_refused() -> None:
    with pytest.raises((pa.ArrowInvalid, pa.ArrowTypeError)):
        batch_of([{"prompt_turns": "one"}])


def test_the_working_record_carries_all_content_and_origin() -> None:
    assert set(RECORD.names) - set(WORKING.names) == set()
    assert WORKING.names[:4] == ["id", "copy", "hash", "split"]
    assert {"role", "content", "reasoning", "tool_calls"} < {field.name for field in MESSAGE}
    assert ROLES == ("system", "user", "assistant", "tool")
