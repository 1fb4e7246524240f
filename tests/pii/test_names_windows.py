"""Windows are those of Presidio, never too long, and what they find is made one as it does."""

import random
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

if find_spec("presidio_analyzer") is None:
    pytest.skip("presidio-analyzer is not installed", allow_module_level=True)

from presidio_analyzer import RecognizerResult
from presidio_analyzer.chunkers import CharacterBasedTextChunker

from curate.pii.names_windows import LONGEST_WORD, Windows

WORDS = st.lists(st.text("abcé中", min_size=1, max_size=9), min_size=1, max_size=80)
SIZE, OVERLAP = 60, 20


@settings(deadline=None, derandomize=True)
@given(WORDS)
def test_windows_are_those_of_presidio_where_words_are_short(words: list[str]) -> None:
    text = " ".join(words)
    theirs = CharacterBasedTextChunker(SIZE, OVERLAP).chunk(text)
    assert Windows(SIZE, OVERLAP).chunk(text) == theirs


@settings(deadline=None, derandomize=True)
@given(st.text("ab \n", max_size=900), st.integers(2, 50))
def test_windows_are_bounded_and_leave_nothing_out(text: str, most: int) -> None:
    windows = Windows(SIZE, OVERLAP, lambda piece: len(piece) <= most).chunk(text)
    end = 0
    for window in windows:
        assert window.text == text[window.start : window.end]
        assert window.start <= end
        assert len(window.text) <= most
        end = max(end, window.end)
    assert end == len(text)
    whole = Windows(SIZE, OVERLAP).chunk("x" * 5000)
    assert max(len(window.text) for window in whole) < SIZE + LONGEST_WORD
    assert all(b.start < a.end for a, b in pairwise(whole))


def results(draw: random.Random, count: int) -> list[Any]:
    """Results here and there, as windows may tell them."""
    made = []
    for _ in range(count):
        start = draw.randrange(300)
        end = start + draw.randrange(1, 12)
        score = draw.choice((0.5, 0.7, 0.9))
        made.append(RecognizerResult(draw.choice(("PERSON", "LOCATION")), start, end, score))
    return made


def test_overlapping_results_are_made_one_as_by_presidio() -> None:
    draw = random.Random(2)
    theirs, ours = CharacterBasedTextChunker(SIZE, OVERLAP), Windows(SIZE, OVERLAP)
    for count in range(100):
        given = results(draw, count)
        edges = [(draw.random() < 0.2, draw.random() < 0.2) for _ in given]
        expected = theirs.deduplicate_overlapping_entities(given, at_chunk_edge=edges)
        assert ours.deduplicate_overlapping_entities(given, at_chunk_edge=edges) == expected
        assert ours.deduplicate_overlapping_entities(given) == (
            theirs.deduplicate_overlapping_entities(given)
        )
