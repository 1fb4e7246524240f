import re
from collections.abc import Callable
from typing import Any

import pytest

from curate.errors import InputError

GOOD = b'{"text": "good"}'


def test_lines_keep_their_numbers_and_blank_ones_are_no_records(
    read_bytes: Callable[..., Any],
) -> None:
    outcome = read_bytes("a.jsonl", b"\n" + GOOD + b"\r\n \r\n" + GOOD)
    assert [record["line"] for record in outcome.records] == [2, 4]
    assert not outcome.bad


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"text": "cut', "not valid JSON"),
        (b"[1]", "a list; a record is an object"),
        (b"null", "null; a record is an object"),
        (b'{"text": "\xff"}', "byte 11 is not UTF-8"),
        (b'{"text": "\\ud800"}', "lone surrogate"),
        (b'{"text": "a\\u0000b"}', "U\\+0000"),
        (b'{"text": "a\x00b"}', "control character"),
        (b'{"a": ' + b"[" * 2000 + b"]" * 2000 + b"}", "depth limit"),
        (b'{"a": ' + b"[" * 600 + b"]" * 600 + b"}", "nested deeper"),
        (b'{"a": NaN, "text": "\\ud800"}', "valid Unicode"),
        (b'{"a": NaN, "b": ' + b"9" * 30 + b"}", "beyond 64 bits"),
        (b'{"a": 1e999}', "infinity"),
        (b"{}", "no known shape"),
    ],
)
def test_a_bad_line_is_quarantined_whole(
    read_bytes: Callable[..., Any], line: bytes, said: str
) -> None:
    outcome = read_bytes("a.jsonl", GOOD + b"\n" + line + b"\n" + GOOD)
    assert [record["line"] for record in outcome.records] == [1, 3]
    [bad] = outcome.bad
    assert re.search(said, bad["reason"])
    assert (bad["line"], bad["raw"], bad["raw_bytes"]) == (2, line + b"\n", len(line) + 1)
    assert (bad["source"], bad["file"]) == ("a", "a.jsonl")


def test_the_raw_bytes_are_cut_and_their_length_is_kept(read_bytes: Callable[..., Any]) -> None:
    [bad] = read_bytes("a.jsonl", b"x" * 100_000).bad
    assert (len(bad["raw"]), bad["raw_bytes"]) == (65_536, 100_000)


def test_nan_is_null_and_an_escaped_backslash_is_no_nul(read_bytes: Callable[..., Any]) -> None:
    outcome = read_bytes("a.jsonl", b'{"text": "a", "n": NaN}\n{"text": "\\\\u0000"}')
    assert outcome.records[0]["meta"] == '{"n":null}'
    assert outcome.records[1]["text"] == "\\u0000"


def test_a_json_array_is_refused_with_the_remedy(read_bytes: Callable[..., Any]) -> None:
    with pytest.raises(InputError, match="format: json"):
        read_bytes("a.jsonl", b'[{"text": "a"}]')
