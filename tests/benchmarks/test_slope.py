from collections.abc import Callable, Sequence
from math import inf

import pytest
from slope import Cost, at_least, costs, is_told
from store_process import Run


def way(few: Sequence[float], many: Sequence[float]) -> Callable[[int], Run]:
    """A measurement that takes so many CPU seconds in its rounds, at 100 and at 300 records."""
    left = {100: list(few), 300: list(many)}
    return lambda size: Run({"kept": size - 1}, 0.0, left[size].pop(0), size / 10)


def cost(few: Sequence[float], many: Sequence[float]) -> Cost:
    (found,) = costs([(way(few, many), (100, 300))], len(few))
    return found


def test_the_slope_is_of_the_least_of_the_rounds_and_noise_of_the_second() -> None:
    found = cost([2.0, 1.0, 1.001], [1.9, 1.21, 1.2])
    assert found.micro == pytest.approx(1000)
    assert found.noise == pytest.approx(50)
    assert (found.whole, found.records, found.kept, found.peaks) == (1.2, 300, 299, (10, 30))


def test_a_slope_within_the_noise_of_start_up_is_not_told() -> None:
    assert is_told(cost([1.0, 1.0], [1.2, 1.21]))
    assert not is_told(cost([1.0, 1.1], [1.2, 1.2]))
    assert not is_told(cost([1.0, 1.0], [0.9, 0.9]))
    assert cost([1.0], [1.2]).noise == inf


def test_noise_is_counted_against_us() -> None:
    ours, theirs = cost([1.0, 1.0], [1.2, 1.22]), cost([1.0, 1.0], [3.0, 3.1])
    assert at_least(theirs, ours) == pytest.approx(9500 / 1100)
    assert at_least(cost([1.0], [3.0]), ours) == 0
