"""What labels recommend, and how sure that is."""

import numpy as np
import pytest

from curate.history.tune_advice import MINIMUM, Advice, Labelled, advise, cell_weights
from curate.history.tune_intervals import share
from curate.history.whatif_curve import Flags, Numbers
from curate.intervals import wilson


def labelled(values: Numbers, bad: Flags, weights: Numbers | None = None) -> Labelled:
    """Labels of a rule of which values below the limit fail; one cell for all."""
    limits = np.unique([*values, 40.0])
    each = np.ones(len(values)) if weights is None else weights
    return Labelled(limits, values < limits[:, None], bad, np.zeros(len(values), np.int64), each)


def planted(limit: float, noise: float = 0.0) -> Labelled:
    values = np.arange(1.0, 101.0)
    flipped = np.random.default_rng(3).random(100) < noise
    return labelled(values, (values < limit) != flipped)


def test_a_planted_limit_is_found() -> None:
    found = advise(planted(63), 40)
    assert found.best is not None
    assert (found.best.limit, found.best.balanced_accuracy) == (63, 1)
    assert found.interval is not None
    assert found.interval[0] <= 63 <= found.interval[1]
    assert found.resampled == 1
    assert (found.good, found.bad, found.reason) == (38, 62, None)


def test_a_planted_limit_is_found_through_noise_and_the_interval_says_so() -> None:
    clear, noisy = advise(planted(63), 40), advise(planted(63, noise=0.15), 40)
    assert clear.best is not None
    assert noisy.best is not None
    assert abs(noisy.best.limit - 63) < 10
    assert width(noisy) >= width(clear)
    assert noisy.interval is not None
    assert noisy.interval[0] <= 63 <= noisy.interval[1]


def width(found: Advice) -> float:
    assert found.interval is not None
    return found.interval[1] - found.interval[0]


def test_with_a_precision_most_is_dropped_that_is_bad_enough() -> None:
    data = planted(50)
    for wanted in (1.0, 0.9, 0.7):
        found = advise(data, 40, wanted)
        assert found.best is not None
        assert found.best.precision is not None
        assert found.best.precision.share >= wanted
        wider = data.fails[data.limits > found.best.limit]
        assert all(data.bad[fails].mean() < wanted for fails in wider)


def test_a_precision_that_no_limit_reaches_is_said() -> None:
    values = np.arange(1.0, 101.0)
    found = advise(labelled(values, values.astype(int) % 2 == 0), 40, 0.99)
    assert found.best is None
    assert found.reason == "At no limit that was tried 99 % of what fails are bad."


def test_labels_that_no_limit_separates_recommend_none() -> None:
    values = np.arange(1.0, 101.0)
    found = advise(labelled(values, values > 50), 40)
    assert found.best is None
    assert found.reason == "No limit separates good from bad better than chance."


@pytest.mark.parametrize(("good", "bad"), [(0, 0), (50, MINIMUM - 1), (MINIMUM - 1, 50)])
def test_too_few_labels_recommend_nothing_and_say_why(good: int, bad: int) -> None:
    values = np.arange(1.0, good + bad + 1)
    found = advise(labelled(values, values <= bad), 40)
    assert (found.best, found.interval) == (None, None)
    assert found.reason is not None
    assert f"{good} good and {bad} bad labels are too few: at least 10 of each" in found.reason


def test_the_minimum_is_what_its_reason_says() -> None:
    assert wilson(1, MINIMUM)[0] > 0.72 > wilson(1, MINIMUM - 1)[0]


def test_the_same_labels_give_the_same_interval() -> None:
    assert advise(planted(63, 0.2), 40) == advise(planted(63, 0.2), 40)


def test_records_count_for_those_they_stand_for() -> None:
    # Of 10,000 records half are drawn in each of two cells, which differ in size a hundredfold.
    cells = np.array([0] * 50 + [1] * 50)
    weights = cell_weights(cells, [100.0, 9_900.0])
    assert weights.tolist() == [2.0] * 50 + [198.0] * 50
    values = np.array([1.0] * 50 + [90.0] * 50)
    bad = np.array([True] * 50 + [True] * 5 + [False] * 45)
    found = advise(labelled(values, bad, weights), 40)
    assert found.present.recall is not None
    assert found.present.recall.share == pytest.approx(100 / (100 + 990))
    assert found.present.recall.labels == 55


def test_wilsons_interval_is_that_of_the_literature() -> None:
    # Newcombe 1998 (Statistics in Medicine 17, table I), method 3: 81 of 263, 15 of 148, 0 of 20.
    for hits, number, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
    ):
        assert [round(end, 4) for end in wilson(hits / number, number)] == [low, high]


def test_uneven_weights_make_the_interval_wider() -> None:
    hits = np.array([True] * 8 + [False] * 2)
    even = share(hits, np.ones(10))
    uneven = share(hits, np.array([1.0, 9.0] * 5))
    assert even is not None
    assert uneven is not None
    assert (even.share, uneven.share) == (0.8, 0.8)
    assert uneven.high - uneven.low > even.high - even.low
    assert share(hits[:0], np.ones(0)) is None
