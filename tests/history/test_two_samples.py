"""The tests of two samples, against scipy."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from curate.history import two_samples as ours

NUMBERS = st.lists(st.integers(0, 12), min_size=1, max_size=40)


def counted(before: Any, after: Any) -> tuple[Any, Any, Any]:
    values = np.unique(np.concatenate([before, after])).astype(np.float64)
    a, b = (np.array([np.count_nonzero(side == one) for one in values]) for side in (before, after))
    return values, a, b


@given(NUMBERS, NUMBERS)
@settings(max_examples=60, deadline=None)
def test_the_statistic_is_that_of_scipy(before: list[int], after: list[int]) -> None:
    found = ours.kolmogorov_smirnov(*counted(np.array(before), np.array(after)))
    right = stats.ks_2samp(before, after, method="asymp")
    assert found.statistic == pytest.approx(right.statistic, abs=1e-12)


@pytest.mark.parametrize("shift", [0.0, 0.05, 0.15, 0.4])
def test_the_probability_is_that_of_scipy(shift: float) -> None:
    random = np.random.default_rng(3)
    before, after = random.normal(0, 1, 900), random.normal(shift, 1, 700)
    found = ours.kolmogorov_smirnov(*counted(before, after))
    right = stats.ks_2samp(before, after, method="asymp")
    assert found.p == pytest.approx(right.pvalue, rel=0.05)
    assert found.at == pytest.approx(right.statistic_location)
    assert found.more_below == (right.statistic_sign < 0)


@pytest.mark.parametrize(("argument", "p"), [(1.2238, 0.1), (1.3581, 0.05), (1.6276, 0.01)])
def test_kolmogorovs_distribution_has_its_critical_values(argument: float, p: float) -> None:
    assert ours.kolmogorov_tail(argument) == pytest.approx(p, rel=1e-3)


@pytest.mark.parametrize("argument", [0.3, 0.8, 1.17, 1.19, 2.0, 6.0])
def test_both_series_of_kolmogorovs_distribution_agree_with_scipy(argument: float) -> None:
    assert ours.kolmogorov_tail(argument) == pytest.approx(stats.kstwobign.sf(argument), rel=1e-9)


@pytest.mark.parametrize(("a", "x"), [(0.5, 0.1), (0.5, 9.0), (4.5, 3.0), (20.0, 60.0), (3.0, 4.0)])
def test_the_incomplete_gamma_function_is_that_of_scipy(a: float, x: float) -> None:
    assert ours.gamma_tail(a, x) == pytest.approx(special.gammaincc(a, x), rel=1e-9)


def test_labels_are_compared_by_chi_square() -> None:
    before, after = np.array([50, 30, 20, 0]), np.array([40, 30, 60, 0])
    right = stats.chi2_contingency([before[:3], after[:3]], correction=False)
    found = ours.chi_square(before, after)
    assert found.p == pytest.approx(right.pvalue)
    assert found.statistic == pytest.approx(0.2615, abs=1e-4)
    assert ours.chi_square(np.array([5]), np.array([3])) == (0.0, 1.0)


def test_equal_samples_are_stable_and_others_are_not() -> None:
    values = np.arange(100, dtype=np.float64)
    even = np.full(100, 10)
    assert ours.stability_index(values, even, even) == 0
    # All of the second sample is in the last decile; each of the others is empty.
    late = np.where(values >= 90, 100, 0)
    a = np.full(10, 0.1)
    b = np.array([0.5] * 9 + [1000.5]) / 1005
    expected = ((b - a) * np.log(b / a)).sum()
    assert ours.stability_index(values, even, late) == pytest.approx(expected)


def test_one_value_only_is_one_bin() -> None:
    assert ours.stability_index(np.array([3.0]), np.array([7]), np.array([2])) == 0


def test_a_quantile_is_a_value_of_the_sample() -> None:
    values, counts = np.array([1.0, 5.0, 9.0]), np.array([1, 2, 1])
    assert [ours.quantile(values, counts, share) for share in (0.25, 0.5, 1.0)] == [1.0, 5.0, 9.0]
