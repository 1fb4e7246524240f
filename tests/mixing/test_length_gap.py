"""How lengths of answers compare, and the pairs among which they are alike."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.mixing.length_gap import LengthGap, cohens_d, document, lines, matched

GAPS = st.lists(st.integers(-300, 300).map(float), max_size=60)


def test_d_is_the_difference_of_means_in_pooled_standard_deviations() -> None:
    rng = np.random.default_rng(0)
    chosen, rejected = rng.normal(130, 20, 300), rng.normal(120, 40, 200)
    pooled = (299 * chosen.var(ddof=1) + 199 * rejected.var(ddof=1)) / 498
    expected = (chosen.mean() - rejected.mean()) / pooled**0.5
    assert cohens_d(chosen, rejected) == pytest.approx(expected)
    assert cohens_d(rejected, chosen) == pytest.approx(-expected)


@pytest.mark.parametrize(
    ("chosen", "rejected", "d"),
    [([], [], None), ([3], [1], None), ([3, 3], [1, 1], None), ([2, 2], [2, 2], 0.0)],
)
def test_d_is_none_where_nothing_varies(
    chosen: list[float], rejected: list[float], d: float | None
) -> None:
    assert cohens_d(np.array(chosen, float), np.array(rejected, float)) == d


@given(GAPS, st.integers(1, 8))
def test_each_size_of_gap_has_as_many_pairs_either_way(gaps: list[float], bins: int) -> None:
    given_ = np.array(gaps, float)
    stays = matched(given_, bins)
    assert stays[given_ == 0].all()
    kept = given_[stays]
    edges = [0.0, *(2 ** (place / bins) for place in range(10 * bins))]
    for low, high in pairwise(edges):
        inside = (low <= np.abs(kept)) & (np.abs(kept) < high)
        assert (kept[inside] > 0).sum() == (kept[inside] < 0).sum()


@given(GAPS)
def test_no_pair_goes_that_a_pair_the_other_way_would_match(gaps: list[float]) -> None:
    given_ = np.array(gaps, float)
    gone = given_[~matched(given_, 1)]
    for low in (2.0**place for place in range(9)):
        inside = gone[(low <= np.abs(gone)) & (np.abs(gone) < 2 * low)]
        assert not ((inside > 0).any() and (inside < 0).any())


@given(GAPS, st.integers(-300, 300), st.integers(0, 60))
def test_one_pair_more_changes_one_other_at_most(gaps: list[float], new: int, at: int) -> None:
    place = min(at, len(gaps))
    before = matched(np.array(gaps, float), 2)
    grown = np.insert(np.array(gaps, float), place, float(new))
    after = np.delete(matched(grown, 2), place)
    assert (before != after).sum() <= 1


def test_what_is_left_is_told_with_a_warning_where_length_still_tells() -> None:
    chosen, rejected = np.array([10.0, 20, 30]), np.array([5.0, 12, 30])
    before = LengthGap.of(chosen, rejected)
    assert before[:4] == (3, 2, 0, 1)
    assert before.mean == pytest.approx(13 / 3)
    assert not before.holds()
    told = list(lines(before, before, 2, "words"))
    assert told[0] == (
        "before: 3 pairs, 66.7 % with the chosen answer longer, 0.0 % shorter, 33.3 % equally "
        "long; mean gap 4.3 words, Cohen's d 0.376"
    )
    assert told[2:] == [
        "2 pairs without a length in words stay",
        "the length tells which answer is chosen: Cohen's d is not below 0.2 (a small effect) "
        "either way",
    ]
    assert not document(before, before, 0, "words")["holds"]


def test_nothing_left_of_some_pairs_is_no_balance() -> None:
    none = LengthGap.of(np.zeros(0), np.zeros(0))
    some = LengthGap.of(np.array([2.0]), np.array([1.0]))
    assert document(none, none, 0, "words")["holds"]
    assert not document(some, none, 0, "words")["holds"]
    assert list(lines(some, none, 0, "words"))[1] == "after: no pairs"
