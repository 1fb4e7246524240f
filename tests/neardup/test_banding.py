"""Bands find the share of pairs that they are said to find."""

import numpy as np
import pytest

from curate.neardup import Banding, Shingling
from curate.neardup.shingling import Keys
from tests.neardup.made import pairs_of

THRESHOLDS = [0.1, 0.3, 0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0]


@pytest.mark.parametrize("threshold", THRESHOLDS)
@pytest.mark.parametrize("recall", [0.9, 0.99, 0.999])
def test_pairs_at_the_threshold_are_found_as_surely_as_asked(
    threshold: float, recall: float
) -> None:
    banding = Banding.for_threshold(threshold, recall)
    assert banding.probability(threshold) >= recall
    assert banding.values <= 128 or banding.rows == 1
    more_rows = Banding(128 // (banding.rows + 1), banding.rows + 1)
    assert banding.rows == 128 or more_rows.probability(threshold) < recall


def test_the_curve_rises_and_half_of_the_pairs_are_found_where_it_says() -> None:
    banding = Banding.for_threshold(0.8)
    chances = [chance for _, chance in banding.curve()]
    assert chances == sorted(chances)
    assert banding.probability(banding.even()) == pytest.approx(0.5)


@pytest.mark.parametrize("wrong", [(0, 0.9), (1.1, 0.9), (0.8, 0), (0.8, 1)])
def test_what_is_no_share_is_refused(wrong: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="must lie between 0 and 1"):
        Banding.for_threshold(*wrong)


def test_keys_are_the_same_for_ever() -> None:
    keys = Keys.of(96)
    assert [int(part[0]) for part in keys] == [3457461231, 3470079269, 9506078739185184193]
    assert all(np.all(part % 2 == 1) for part in (keys.factors, keys.weights))
    assert np.array_equal(Keys.of(10).factors, keys.factors[:10])


@pytest.mark.parametrize(
    ("threshold", "shared", "own"), [(0.8, 64, 8), (0.9, 72, 4), (0.5, 40, 20)]
)
def test_measured_recall_is_what_the_formula_says(threshold: float, shared: int, own: int) -> None:
    """2,000 pairs with a Jaccard similarity of exactly the threshold."""
    banding = Banding.for_threshold(threshold)
    parts = pairs_of(2_000, shared, own)
    bands = Shingling(width=1).sign(parts, banding, compiled=True).bands
    found = (bands[::2] == bands[1::2]).any(axis=1).mean()
    deviation = (0.99 * 0.01 / 2_000) ** 0.5
    assert found >= 0.99 - 3 * deviation
    assert found == pytest.approx(banding.probability(threshold), abs=3 * deviation + 0.002)


def test_unlike_pairs_are_found_as_rarely_as_the_formula_says() -> None:
    banding = Banding.for_threshold(0.8)
    parts = pairs_of(3_000, 40, 20)
    bands = Shingling(width=1).sign(parts, banding, compiled=True).bands
    found = (bands[::2] == bands[1::2]).any(axis=1).mean()
    assert found == pytest.approx(banding.probability(0.5), abs=0.03)
