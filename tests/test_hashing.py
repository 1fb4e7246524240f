import hashlib
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.hashing import digest, hash_batch, hash_texts, record_id
from curate.record import MESSAGE, RECORD, WORKING, batch_of

TURN: dict[str, Any] = {
    "role": "assistant",
    "content": "c",
    "reasoning": "r",
    "tool_calls": "[]",
    "tool_call_id": "i",
    "name": "n",
    "train": True,
}
CONTENT: dict[str, Any] = {
    "messages": [TURN],
    "prompt_turns": 1,
    "rejected": [TURN],
    "desirable": True,
    "text": "t",
    "tools": "[]",
    "labels": '{"a":1}',
    "meta": '{"b":2}',
    "license": "l",
}


def hash_of(record: dict[str, Any]) -> bytes:
    value: bytes = hash_batch(batch_of([record]))[0].as_py()
    return value


def changes() -> list[Any]:
    """Every field, and every field of a turn, changed in every way that could be overlooked."""
    found: list[Any] = []
    for name, value in CONTENT.items():
        others: dict[type, list[Any]] = {str: ["", "t2", None], int: [0, 2], bool: [False, None]}
        for new in others.get(type(value), [[], None]):
            found.append(pytest.param({name: new}, id=f"{name}={new!r}"))
    for name, value in TURN.items():
        for new in [False, None] if value is True else ["", "x", None]:
            for column in ("messages", "rejected"):
                turn = {**TURN, name: new}
                found.append(pytest.param({column: [turn]}, id=f"{column}.{name}={new!r}"))
    return found


@pytest.mark.parametrize("change", changes())
def test_every_change_of_content_changes_the_hash(change: dict[str, Any]) -> None:
    assert hash_of({**CONTENT, **change}) != hash_of(CONTENT)


def test_all_changes_differ_from_each_other() -> None:
    records = [{**CONTENT, **case.values[0]} for case in changes()]
    assert len(set(map(hash_of, records))) == len(records)


@pytest.mark.parametrize(
    "change", [{"id": b"1" * 16}, {"source": "s"}, {"file": "f"}, {"line": 3}], ids=repr
)
def test_where_a_record_was_read_is_no_part_of_its_hash(change: dict[str, Any]) -> None:
    assert hash_of({**CONTENT, **change}) == hash_of(CONTENT)


def test_a_working_batch_with_its_columns_in_another_order_hashes_the_same() -> None:
    working = batch_of([{**CONTENT, "split": "eval", "copy": 3, "hash": b"2" * 16}], WORKING)
    turned = working.select(working.schema.names[::-1])
    assert hash_batch(turned).to_pylist() == [hash_of(CONTENT)]


def test_text_does_not_move_unseen_from_one_field_or_turn_to_the_next() -> None:
    two = [{**TURN, "content": "ab"}, {**TURN, "content": "c"}]
    moved = [{**TURN, "content": "a"}, {**TURN, "content": "bc"}]
    assert hash_of({**CONTENT, "messages": two}) != hash_of({**CONTENT, "messages": moved})
    swapped = {**CONTENT, "messages": [], "rejected": [TURN, TURN]}
    assert hash_of({**CONTENT, "messages": [TURN, TURN], "rejected": []}) != hash_of(swapped)


OPTIONAL_TEXT = st.none() | st.text(st.characters(codec="utf-8"), max_size=3)
TURNS = st.none() | st.lists(
    st.fixed_dictionaries(
        {
            field.name: (st.none() | st.booleans()) if field.name == "train" else OPTIONAL_TEXT
            for field in MESSAGE
        }
    ),
    max_size=3,
)
RECORDS = st.fixed_dictionaries(
    {
        "messages": TURNS,
        "rejected": TURNS,
        "prompt_turns": st.integers(0, 3),
        "desirable": st.none() | st.booleans(),
        "text": OPTIONAL_TEXT,
        "meta": OPTIONAL_TEXT,
    }
)


@given(st.lists(RECORDS, min_size=1, max_size=6), st.data())
def test_a_slice_or_table_hashes_as_its_records_alone(
    records: list[dict[str, Any]], data: st.DataObject
) -> None:
    batch = batch_of(records)
    alone = [hash_of(record) for record in records]
    assert hash_batch(batch).to_pylist() == alone
    start = data.draw(st.integers(0, len(records)))
    length = data.draw(st.integers(0, len(records)))
    assert hash_batch(batch.slice(start, length)).to_pylist() == alone[start : start + length]
    table = pa.Table.from_batches([batch.slice(0, start), batch.slice(start)])
    assert hash_batch(table).to_pylist() == alone


@given(RECORDS, RECORDS)
def test_hashes_are_equal_exactly_where_contents_are(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    assert (hash_of(first) == hash_of(second)) == (first == second)


def test_an_empty_batch_has_no_hashes() -> None:
    hashes = hash_batch(RECORD.empty_table())
    assert (len(hashes), hashes.type) == (0, pa.binary(16))


def test_texts_hash_to_the_beginning_of_their_sha256_and_null_to_null() -> None:
    texts = pa.array(["skipped", "", None, "ü"])
    wanted = [hashlib.sha256(text.encode()).digest()[:16] for text in ("", "ü")]
    assert hash_texts(texts[1:]).to_pylist() == [wanted[0], None, wanted[1]]


@given(st.lists(st.binary(max_size=3), max_size=4), st.lists(st.binary(max_size=3), max_size=4))
def test_digests_are_equal_exactly_where_all_parts_are(
    first: list[bytes], second: list[bytes]
) -> None:
    assert (digest(*first) == digest(*second)) == (first == second)


def test_an_id_depends_on_source_key_and_ordinal() -> None:
    ids = {record_id("a", b"b", 0), record_id("ab", b"", 0), record_id("a", b"b", 1)}
    assert len(ids) == 3
    assert record_id("a", b"b") in ids
