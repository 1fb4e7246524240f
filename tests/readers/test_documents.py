from collections.abc import Callable
from typing import Any


def test_each_line_is_a_document_with_its_spaces(read_bytes: Callable[..., Any]) -> None:
    outcome = read_bytes("a.txt", b"one \r\n\n  two")
    assert [(record["text"], record["line"]) for record in outcome.records] == [
        ("one ", 1),
        ("  two", 3),
    ]
    assert outcome.records[0]["messages"] is None


def test_a_line_that_is_not_utf8_is_quarantined(read_bytes: Callable[..., Any]) -> None:
    outcome = read_bytes("a.txt", b"good\n\xe9t\xe9\n")
    assert [row["raw"] for row in outcome.bad] == [b"\xe9t\xe9\n"]
