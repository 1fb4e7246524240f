from collections.abc import Callable
from typing import Any

import pytest

from curate.errors import InputError
from curate.readers import delimited


def test_quoted_line_ends_are_content_and_rows_keep_the_line_where_they_begin(
    read_bytes: Callable[..., Any],
) -> None:
    body = b'text,label\r\n"one\r\ntwo, ""three""",x\r\n\r\nfour,y\r\n'
    first, second = read_bytes("a.csv", body).records
    assert (first["text"], first["line"]) == ('one\r\ntwo, "three"', 2)
    assert (second["text"], second["line"], second["meta"]) == ("four", 5, '{"label":"y"}')


def test_rows_of_the_wrong_width_and_wrong_bytes_are_quarantined(
    read_bytes: Callable[..., Any],
) -> None:
    outcome = read_bytes("a.csv", b"text,label\na\nb,x,y\nc\xff,x\nd,x\n")
    assert [record["text"] for record in outcome.records] == ["d"]
    assert [(row["line"], row["raw"]) for row in outcome.bad] == [
        (2, b"a\n"),
        (3, b"b,x,y\n"),
        (4, b"c\xff,x\n"),
    ]
    assert outcome.reasons[0] == "1 fields; the header has 2"
    assert "not valid Unicode" in outcome.reasons[2]


def test_an_unclosed_quote_costs_one_line(read_bytes: Callable[..., Any]) -> None:
    outcome = read_bytes("a.csv", b'text,label\n"a,x\nb,y\nc,z\n')
    assert [(record["text"], record["line"]) for record in outcome.records] == [("b", 3), ("c", 4)]
    assert [row["raw"] for row in outcome.bad] == [b'"a,x\n']


def test_an_unclosed_quote_in_a_long_file_costs_one_line(
    read_bytes: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "FIELD_LIMIT", 50)
    outcome = read_bytes("a.csv", b'text\n"a\n' + b"b\n" * 200)
    assert (len(outcome.records), len(outcome.bad)) == (200, 1)


def test_in_tsv_a_stray_quote_is_content(read_bytes: Callable[..., Any]) -> None:
    outcome = read_bytes("a.tsv", b'label\ttext\nham\t"hi" he said\nspam\t"win\nham\t"a\tb"\n')
    assert [record["text"] for record in outcome.records] == ['"hi" he said', '"win', "a\tb"]


def test_long_fields_are_read(read_bytes: Callable[..., Any]) -> None:
    [record] = read_bytes("a.csv", b"text\n" + b"x" * 200_000).records
    assert len(record["text"]) == 200_000


def test_a_header_that_names_a_column_twice_is_refused(read_bytes: Callable[..., Any]) -> None:
    with pytest.raises(InputError, match="'a'"):
        read_bytes("a.csv", b"a,a\n1,2\n")
