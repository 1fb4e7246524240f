"""The exact join finds what is shared, and nothing else."""

from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.substrings import joining
from curate.substrings.joining import Settled, settle
from tests.substrings.texts import NUMBERS, documents

Texts = list[list[list[int]]]


@settings(deadline=None)
@given(NUMBERS, st.integers(2, 6), st.randoms(use_true_random=False))
def test_compiled_code_settles_as_plain_python_does(
    listed: Texts, words: int, random: Random
) -> None:
    fixed = np.array([random.random() < 0.2 for _ in listed])
    ranks = np.array(random.sample(range(len(listed)), len(listed)))
    order = np.lexsort((ranks, ~fixed))
    made = documents(listed)
    compiled = settle(made, order, fixed, words, compiled=True)
    plain = settle(made, order, fixed, words, compiled=False)
    assert [each.tolist() for each in compiled] == [each.tolist() for each in plain]


def settled(listed: Texts, words: int, fixed: int = 0) -> Settled:
    """Settle documents in the order they have; the first so many are fixed."""
    made, order = documents(listed), np.arange(len(listed))
    return settle(made, order, order < fixed, words, compiled=True)


def test_many_windows_are_compared_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(5)
    listed = [[[random.randint(1, 3) for _ in range(200)]] for _ in range(30)]
    whole = settled(listed, 6)
    assert 0 < whole.cut.sum() < len(whole.cut)
    monkeypatch.setattr(joining, "WINDOWS_AT_ONCE", 200)
    monkeypatch.setattr(joining, "ROOM_BYTES", 100)
    for one, other in zip(settled(listed, 6), whole, strict=True):
        assert np.array_equal(np.asarray(one), np.asarray(other))


def by_suffixes(listed: Texts, words: int) -> list[int]:
    """What is cut of documents that are all kept, by the sorted suffixes of all of them."""
    starts = np.cumsum([0, *(len(text) for (text,) in listed)]).tolist()
    suffixes = sorted(
        (text[at:], number, starts[number] + at)
        for number, (text,) in enumerate(listed)
        for at in range(len(text) - words + 1)
    )
    cut = [0] * starts[-1]
    groups = [suffixes[:1]]
    for before, each in pairwise(suffixes):
        if before[0][:words] == each[0][:words]:
            groups[-1].append(each)
        else:
            groups.append([each])
    for group in groups:
        first = min((number for _, number, _ in group), default=0)
        for _, number, place in group:
            if number > first:
                cut[place : place + words] = [1] * words
    return cut


def test_what_is_cut_is_what_sorted_suffixes_tell() -> None:
    random, words, unique = Random(11), 10, iter(range(10_000, 10**6))
    passages = [[random.randint(1, 40) for _ in range(40)] for _ in range(12)]
    listed = []
    for _ in range(120):
        text = [next(unique)]
        for _ in range(random.randint(0, 4)):
            start = random.randint(0, 25)
            text += random.choice(passages)[start : start + random.randint(5, 15)]
            text += [next(unique) for _ in range(random.randint(0, 1))]
        listed.append([[*text, next(unique)]])
    found = settled(listed, words)
    assert found.cut.tolist() == by_suffixes(listed, words)
    assert found.cut.sum() > 300
    assert set(found.owner.tolist()) == {-1}


def test_a_passage_is_cut_from_its_length_on() -> None:
    one = [[1, 2, 3, 4, 5, 6, 7]]
    assert settled([one, [[8, 2, 3, 4, 5, 9]]], 4).cut.tolist()[7:] == [0, 1, 1, 1, 1, 0]
    assert settled([one, [[8, 2, 3, 4, 9]]], 4).cut.sum() == 0


def test_what_one_document_repeats_stays() -> None:
    assert settled([[[1, 2, 3] * 5, [1, 2, 3] * 5]], 3).cut.sum() == 0


def test_a_document_without_words_left_is_dropped_for_the_first_that_has_them() -> None:
    found = settled([[[1, 2, 3, 4]], [[9, 2, 3, 4, 9]], [[5, 5, 5], [2, 3, 4]], [[5, 5, 5, 6]]], 3)
    assert found.owner.tolist() == [-1, -1, 0, -1]
    # The third is not there any more, so that the fourth is the first to have what it had.
    assert found.cut.tolist()[-4:] == [0, 0, 0, 0]
    assert found.owning.tolist() == [True, False, False, False]


def test_fixed_documents_stay_as_they_are() -> None:
    found = settled([[[1, 2, 3]], [[1, 2, 3]], [[0, 1, 2, 3]]], 3, fixed=2)
    assert found.owner.tolist() == [-1, -1, -1]
    assert found.cut.tolist() == [0] * 7 + [1] * 3
