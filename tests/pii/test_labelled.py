"""Labelled texts are read in their common forms, and what is wrong with one is told."""

import json

import pytest

from curate.errors import InputError
from curate.pii.labelled import Labelled, LabelledSpan, parse_labelled

TEXT = "Hi Jo of 🏊 Lima"
SPANS = (LabelledSpan(3, 5, "PERSON"), LabelledSpan(11, 15, "LOCATION"))


def lines(*documents: object) -> bytes:
    return "\n".join(map(json.dumps, documents)).encode()


@pytest.mark.parametrize(
    "raw",
    [
        lines({"text": TEXT, "spans": [{"start": a, "end": b, "label": e} for a, b, e in SPANS]}),
        lines({"text": TEXT, "entities": [list(one) for one in SPANS]}),
        lines(
            [
                {
                    "full_text": TEXT,
                    "spans": [
                        {"start_position": a, "end_position": b, "entity_type": e}
                        for a, b, e in SPANS
                    ],
                }
            ]
        ),
        "Hi\tO\nJo\tB-PERSON\nof\tO\n🏊\tO\nLima\tB-LOCATION\n\t\n".encode(),
    ],
)
def test_each_form_gives_the_same(raw: bytes) -> None:
    assert parse_labelled(raw, "file") == [Labelled(TEXT, SPANS)]


def test_tokens_of_one_name_are_one_span() -> None:
    raw = b"Jo B-PER\nBrown I-PER\nLima B-LOC\n\nRome B-LOC\n"
    first, second = parse_labelled(raw, "file")
    assert first == Labelled(
        "Jo Brown Lima", (LabelledSpan(0, 8, "PER"), LabelledSpan(9, 13, "LOC"))
    )
    assert second.text == "Rome"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "it holds no labelled text"),
        (b"{bad", "file:1: it is not JSON"),
        (lines({"text": "a", "spans": []}, {"text": "b"}), "file:2: it has no text, or no list"),
        (lines({"text": "ab", "spans": [[0, 3, "X"]]}), "file:1: it has the span [0, 3, 'X']"),
        (lines({"text": "ab", "spans": [[1, 1, "X"]]}), "Expected start, end (at most 2)"),
        (b"Jo B-PER\nalone\n", "file:2: it has the line 'alone'"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(raw: bytes, said: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_labelled(raw, "file")
    assert said in str(caught.value)
