import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.errors import InputError
from curate.readers.json_array import json_entries

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=9,
)


@settings(max_examples=50, deadline=None)
@given(
    rows=st.lists(st.dictionaries(st.text(max_size=5), VALUES), max_size=6),
    indent=st.none() | st.just(2),
    as_ascii=st.booleans(),
)
def test_an_array_is_split_into_what_was_written(
    rows: list[Any], indent: int | None, as_ascii: bool
) -> None:
    text = json.dumps(rows, indent=indent, ensure_ascii=as_ascii)
    stream: Any = io.BufferedReader(io.BytesIO(text.encode()))
    entries = list(json_entries(stream, "a.json"))
    assert [entry.value for entry in entries] == rows
    assert [entry.line for entry in entries] == list(range(1, len(rows) + 1))


def test_elements_longer_than_the_buffer_are_whole(read_bytes: Callable[..., Any]) -> None:
    texts = ['"{[' * 300_000, "b", "\\" * 700_001]
    outcome = read_bytes("a.json", json.dumps([{"text": text} for text in texts]).encode())
    assert [record["text"] for record in outcome.records] == texts


def test_a_broken_element_does_not_spoil_the_others(read_bytes: Callable[..., Any]) -> None:
    body = b'[{"text": "a"}, {"text": tru}, 3, "x, y", {"text": "b"}}, {"text": "c"}]\n'
    outcome = read_bytes("a.json", body)
    assert [record["text"] for record in outcome.records] == ["a", "c"]
    assert [row["line"] for row in outcome.bad] == [2, 3, 4, 5]
    assert outcome.bad[3]["raw"] == b'{"text": "b"}}'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'[{"text": "a"}, {"text": "b', "not closed: the text ends after 1 elements"),
        (b'[{"text": "a"}] [{"text": "b"}]', "more text after the array"),
        (b'"text"', "begins with"),
        (b'{"train": [["q", "label"]], "test": []}', "'train' is a list of 1 rows"),
        (b'{"version": 1, "data": [{"text": "a"}]}', "'data' is a list of 1 rows"),
        (b'{"text": "a",\n', "neither one JSON value"),
    ],
)
def test_a_file_that_is_no_array_says_what_would_be_right(
    read_bytes: Callable[..., Any], body: bytes, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        read_bytes("a.json", body)


@pytest.mark.parametrize("body", [b'{"text": "a"}', b'\n{\n "text": "a"\n}\n'])
def test_one_object_is_one_record(read_bytes: Callable[..., Any], body: bytes) -> None:
    assert [record["text"] for record in read_bytes("a.json", body).records] == ["a"]


def test_json_lines_are_read_under_this_ending_too(read_bytes: Callable[..., Any]) -> None:
    outcome = read_bytes("a.json", b'{"text": "a"}\n\n{"text": 1}\n{"text": "c"}\n')
    assert [record["text"] for record in outcome.records] == ["a", "c"]
    assert [row["line"] for row in outcome.bad] == [2]


def test_an_empty_array_holds_nothing(read_bytes: Callable[..., Any]) -> None:
    assert read_bytes("a.json", b" [ ]\n") == ([], [])
