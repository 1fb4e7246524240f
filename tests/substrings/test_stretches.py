"""What is cut out of a text, and what is left of it."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.scan.plain import words_of
from curate.substrings import Words
from curate.substrings.stretches import (
    Stretch,
    in_characters,
    joined,
    seams,
    stretches,
    without,
)
from tests.substrings.texts import ALPHABET


def cut(text: str, flags: list[bool]) -> tuple[bytes, list[Stretch]]:
    found = Words.of(pa.array([text]), compiled=False)
    return text.encode(), stretches(np.array(flags, np.uint8), found.starts, found.stops)


def left(text: str, *gone: int) -> str:
    """The text without some of its words."""
    flags = [place in gone for place in range(len(words_of(text)))]
    return without(*cut(text, flags)).decode()


@pytest.mark.parametrize(
    ("text", "gone", "expected"),
    [
        ("a b c d", (1, 2), "a d"),
        ("a b\n\nc d", (1,), "a c d"),
        (" a  b c", (0,), " b c"),
        ("a b  c \n", (1, 2), "a \n"),
        ("a b c d e", (0, 2, 4), "b d"),
        ("天地玄黄", (1, 2), "天黄"),
        ("ok天地 go", (1, 2), "ok go"),
        ("ok 天地go", (1, 2), "ok go"),
        ("ก ข ค", (2,), "ก ข"),
    ],
)
def test_what_is_left_reads_on(text: str, gone: tuple[int, ...], expected: str) -> None:
    assert left(text, *gone) == expected


@given(st.text(ALPHABET), st.data())
def test_the_text_without_its_stretches_is_what_is_left(text: str, data: st.DataObject) -> None:
    words = words_of(text)
    flags = data.draw(st.lists(st.booleans(), min_size=len(words), max_size=len(words)))
    said, made = cut(text, flags)
    characters = in_characters(said, made)
    rest = text
    for each in reversed(characters):
        gone = rest[each.start : each.end]
        assert len(words_of(gone)) == each.words
        rest = rest[: each.start] + rest[each.end :]
    assert rest == without(said, made).decode()
    assert sum(each.words for each in characters) == sum(flags)
    kept = [word for word, is_gone in zip(words, flags, strict=True) if not is_gone]
    assert "".join(words_of(rest)) == "".join(kept)


def test_a_seam_is_where_words_meet() -> None:
    assert seams(*cut("a b c d e", [True, False, True, False, True])) == [2]
    assert seams(*cut("a b", [True, False])) == []


@given(st.text(ALPHABET, min_size=1), st.data())
def test_two_cuts_after_each_other_are_one(text: str, data: st.DataObject) -> None:
    words = words_of(text)
    first = data.draw(st.lists(st.booleans(), min_size=len(words), max_size=len(words)))
    said, made = cut(text, first)
    rest = without(said, made).decode()
    again = data.draw(st.lists(st.booleans(), min_size=len(words_of(rest)), max_size=len(words)))
    again = again[: len(words_of(rest))]
    said_again, made_again = cut(rest, again)
    earlier, later = in_characters(said, made), in_characters(said_again, made_again)
    both = joined(len(text), earlier, later)
    expected = without(said_again, made_again).decode()
    assert "".join(text[s:e] for s, e in gaps(len(text), both)) == expected
    assert sum(each.words for each in both) == sum(first) + sum(again)


def gaps(length: int, cut_out: list[Stretch]) -> list[tuple[int, int]]:
    ends = [0, *(each.end for each in cut_out)]
    starts = [*(each.start for each in cut_out), length]
    return list(zip(ends, starts, strict=True))
