"""Words and fingerprints: compiled code gives what plain Python gives."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.scan.plain import words_of
from curate.substrings import Winnowing, Words
from tests.substrings.texts import NUMBERS, TEXTS, documents


@settings(deadline=None)
@given(TEXTS)
def test_words_and_their_places_are_the_same_both_ways(texts: list[str]) -> None:
    array = pa.array(texts, pa.string())
    compiled, plain = Words.of(array, compiled=True), Words.of(array, compiled=False)
    assert compiled.ends.tolist() == plain.ends.tolist()
    assert compiled.hashes.tolist() == plain.hashes.tolist()
    assert compiled.starts.tolist() == plain.starts.tolist()
    assert compiled.stops.tolist() == plain.stops.tolist()


@settings(deadline=None)
@given(TEXTS)
def test_a_word_stands_where_it_is_said_to(texts: list[str]) -> None:
    found = Words.of(pa.array(texts, pa.string()), compiled=False)
    places = list(zip(found.starts.tolist(), found.stops.tolist(), strict=True))
    begin = 0
    for text, end in zip(texts, found.ends.tolist(), strict=True):
        said = [text.encode()[start:stop].decode() for start, stop in places[begin:end]]
        assert said == words_of(text)
        begin = end


@settings(deadline=None)
@given(NUMBERS, st.integers(2, 9))
def test_fingerprints_are_the_same_both_ways(listed: list[list[list[int]]], words: int) -> None:
    made, winnowing = documents(listed), Winnowing.for_passages(words)
    compiled = winnowing.prints(made.hashes, made.ends, compiled=True)
    plain = winnowing.prints(made.hashes, made.ends, compiled=False)
    assert [each.tolist() for each in compiled] == [each.tolist() for each in plain]


@pytest.mark.parametrize("words", [2, 3, 10, 50, 51])
def test_texts_that_share_a_passage_share_a_fingerprint(words: int) -> None:
    winnowing = Winnowing.for_passages(words)
    assert winnowing.window + winnowing.gram - 1 == words
    generator = np.random.default_rng(words)
    for before, behind in ((0, 0), (0, 7), (7, 0), (1, 1), (90, 3), (200, 200)):
        passage, *others = (
            generator.integers(0, 2**64, size, np.uint64)
            for size in (words, before, behind, behind, before)
        )
        one = np.concatenate([others[0], passage, others[1]])
        other = np.concatenate([others[2], passage, others[3]])
        ends = np.array([len(one), len(one) + len(other)])
        prints, stops = winnowing.prints(np.concatenate([one, other]), ends)
        assert set(prints[: stops[0]].tolist()) & set(prints[stops[0] :].tolist())


def test_fingerprints_are_few() -> None:
    winnowing = Winnowing.for_passages(50)
    hashes = np.random.default_rng(0).integers(0, 2**64, 100_000, np.uint64)
    prints, _ = winnowing.prints(hashes, np.array([len(hashes)]))
    assert len(prints) == pytest.approx(2 / (winnowing.window + 1) * len(hashes), rel=0.02)
    same = np.zeros(100_000, np.uint64)
    assert len(winnowing.prints(same, np.array([len(same)]))[0]) == 1
    assert len(winnowing.prints(hashes, np.arange(49, 98_000, 49))[0]) == 0
