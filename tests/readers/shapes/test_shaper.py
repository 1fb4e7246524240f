"""Columns that a recipe maps."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.errors import RecipeError
from curate.readers.canonical import canonical
from curate.readers.problem import BadRecordError
from curate.readers.shapes.shaper import Shaper
from curate.recipe.source import ColumnMap

ReadRecords = Callable[..., Any]


def test_mapped_columns_make_the_record_and_the_rest_goes_to_meta(
    read_records: ReadRecords,
) -> None:
    mapping = {
        "prompt": "Frage",
        "response": "antwort.text",
        "license": "rechte",
        "labels": {"topic": "thema", "hard": "antwort.schwer"},
    }
    record = {
        "Frage": "a",
        "antwort": {"text": "b", "schwer": True, "zeit": 3},
        "rechte": "mit",
        "thema": None,
        "prompt": "not this",
    }
    [found] = read_records(record, map=mapping, license="cc0").records
    assert [turn["content"] for turn in found["messages"]] == ["a", "b"]
    assert found["labels"] == '{"hard":true,"topic":null}'
    assert found["license"] == "mit"
    assert found["meta"] == '{"antwort":{"zeit":3},"prompt":"not this"}'


def test_a_map_of_labels_adds_to_the_shape_that_is_detected(read_records: ReadRecords) -> None:
    record = {"text": "a", "category": "x", "content": "y"}
    [found] = read_records(record, map={"labels": {"intent": "category"}}).records
    assert (found["text"], found["labels"]) == ("a", '{"intent":"x"}')
    assert found["meta"] == '{"content":"y"}'


def test_a_column_named_with_dots_comes_before_a_path(read_records: ReadRecords) -> None:
    [found] = read_records({"a.b": "1", "a": {"b": "2"}}, map={"text": "a.b"}).records
    assert (found["text"], found["meta"]) == ("1", '{"a":{"b":"2"}}')


@pytest.mark.parametrize(
    ("value", "verdict"), [(1, True), ("0", False), ("True", True), (0.0, False)]
)
def test_a_mapped_verdict_may_be_a_number_or_its_text(
    read_records: ReadRecords, value: object, verdict: bool
) -> None:
    mapping = {"prompt": "q", "response": "a", "desirable": "ok"}
    [found] = read_records({"q": "x", "a": "y", "ok": value}, map=mapping).records
    assert found["desirable"] is verdict


def test_the_source_gives_the_licence_and_an_own_column_stays_meta(
    read_records: ReadRecords,
) -> None:
    [found] = read_records({"text": "a", "license": "mit"}, license="cc0").records
    assert (found["license"], found["meta"]) == ("cc0", '{"license":"mit"}')


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"prompt": "q", "response": "z"}, "no column 'z'; the columns are 'q', 'a'"),
        ({"prompt": "q", "response": "a.b"}, "no column 'a.b'"),
        ({"prompt": "q", "labels": {"l": "a"}}, "label 'l' is a list"),
        ({"prompt": "q", "response": "q", "desirable": "q"}, "q is 'x'; true or false, 1 or 0"),
    ],
)
def test_a_record_without_a_mapped_column_is_bad(
    read_records: ReadRecords, mapping: dict[str, Any], said: str
) -> None:
    outcome = read_records({"q": "x", "a": [1]}, map=mapping)
    assert outcome.records == []
    assert said in outcome.reasons[0]


@pytest.mark.parametrize(
    "mapping",
    [
        {"text": "a", "prompt": "b"},
        {"prompt": "a", "rejected": "b"},
        {"prompt": "a", "chosen": "b", "response": "c"},
        {"messages": "a", "prompt": "b"},
        {"messages": "a", "history": "b"},
    ],
)
def test_a_map_that_makes_no_record_is_an_error_of_the_recipe(
    read_records: ReadRecords, mapping: dict[str, str]
) -> None:
    with pytest.raises(RecipeError, match="map: of source data"):
        read_records({"text": "a"}, map=mapping)


TURN_KEYS = (
    *("role", "from", "content", "value", "type", "text", "tool_calls", "function", "name"),
    *("arguments", "weight", "messages", "tools", "reasoning"),
)
DETECTED = (
    *("conversations", "instruction", "output", "label", "content", "preferred_output"),
    *("non_preferred_output", "chosen_messages", "rejected_messages"),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 2) | st.floats(width=16) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "role",
                    "from",
                    "content",
                    "value",
                    "type",
                    "text",
                    "tool_calls",
                    "function",
                    "name",
                    "arguments",
                    "weight",
                    "messages",
                    "tools",
                    "reasoning",
                ]
            ),
            inner | st.sampled_from(["user", "assistant", "gpt", "function_call", "text"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)
COLUMNS = st.sampled_from(sorted({*ColumnMap.model_fields, *DETECTED}))


@given(st.dictionaries(COLUMNS, VALUES, max_size=6))
def test_odd_records_are_read_or_refused_and_never_raise(record: dict[str, Any]) -> None:
    try:
        canonical(record)
        content = Shaper(None, "source").content(record)
    except BadRecordError as error:
        assert str(error)
        return
    assert (content.messages is None) == (content.text is not None)
    assert content.messages is None or 0 <= content.prompt_turns <= len(content.messages)
    orjson.dumps(content.meta)
