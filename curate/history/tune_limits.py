"""The limits that are tried: the present one, quantiles of the values, and round numbers."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from curate.history.tune_facts import Facts
from curate.history.whatif_curve import SHARES, Numbers, quantiles

PERCENTILES: Final = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
"""Shares of the records at whose values limits are tried."""

ROUND: Final = 7
"""About how many round numbers are tried."""

DIGITS: Final = 3
"""Digits of a limit that is no whole number, as one would write it."""

MULTIPLES: Final = (0.0, 0.25, 0.5, 0.75, 0.9, 1.1, 1.25, 1.5, 2.0, 4.0)
"""Of the present limit: what is tried where it is not held against the rule's value."""

WIDE: Final = 20.0
"""Values that span a larger ratio have round numbers in the series 1, 2, 5."""

CANDIDATES: Final = 200
"""About how many labelled values limits are tried between."""

Limit = int | float


def limits_tried(facts: Facts, on_scale: bool, more: Sequence[Limit] = ()) -> list[Limit]:
    """Limits at which a curve tells something, sorted; `more` are among them."""
    own = facts.limit
    if not on_scale:
        found = [_written(own * one, facts.whole) for one in MULTIPLES]
        return sorted({own, *more, *found})
    near = quantiles(facts.values, facts.groups.records, PERCENTILES)
    near += quantiles(facts.values, facts.groups.alone, SHARES)
    return sorted({own, *more, *(_written(one, facts.whole) for one in near), *_round(facts)})


def grid(facts: Facts, ratios: bool, number: int) -> list[Limit]:
    """So many limits between the ends of the values, in equal steps or ratios, to draw a curve."""
    low, high = quantiles(facts.values, facts.groups.records, (PERCENTILES[0], PERCENTILES[-1]))
    steps = (
        np.geomspace(low, high, number) if ratios and low > 0 else np.linspace(low, high, number)
    )
    found = np.round(steps) if facts.whole else steps
    return sorted({_written(float(one), facts.whole) for one in found})


def candidates(facts: Facts, labelled: Numbers, on_scale: bool) -> list[Limit]:
    """Limits to decide between by labelled values: the present one, then between each two values.

    Those that are no numbers between come last: the values themselves.
    """
    if not on_scale:
        return [facts.limit, *limits_tried(facts, on_scale)]
    values = np.unique(labelled)
    if len(values) > CANDIDATES:
        values = values[np.unique(np.linspace(0, len(values) - 1, CANDIDATES).astype(int))]
    ends = values.tolist()
    middles = [shortest_between(low, high, facts.whole) for low, high in pairwise(ends)]
    return [facts.limit, *(one for one in middles if one is not None), *ends]


def shortest_between(low: float, high: float, whole: bool) -> float | None:
    """The number between two others that is shortest to write, near their middle.

    >>> shortest_between(15, 23, True), shortest_between(0.61, 0.66, False)
    (20.0, 0.64)
    """
    middle = (low + high) / 2
    for digits in range(1, 17):
        found = float(f"{middle:.{digits}g}")
        if low < found < high and (found.is_integer() or not whole):
            return found
    return None


def _round(facts: Facts) -> list[Limit]:
    """Round numbers between the ends of the values."""
    low, high = quantiles(facts.values, facts.groups.records, (PERCENTILES[0], PERCENTILES[-1]))
    return [int(one) if one.is_integer() else one for one in round_numbers(low, high)]


def round_numbers(low: float, high: float) -> list[float]:
    """Round numbers within bounds: 1, 2, 5, 10 ... where they are wide, else in equal steps.

    >>> round_numbers(3, 900)
    [5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0]
    >>> round_numbers(0.61, 0.84)
    [0.65, 0.7, 0.75, 0.8]
    """
    if high <= low:
        return []
    if low > 0 and high / low >= WIDE:
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        found = [float(f"{digit}e{power}") for power in powers for digit in (1, 2, 5)]
        found = [one for one in found if low <= one <= high]
        return found[:: max(1, len(found) // ROUND)]
    step = _nice((high - low) / ROUND)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [float(f"{one * step:.12g}") for one in range(first, last + 1)]


def _nice(step: float) -> float:
    """The next of 1, 2, 5, 10 ... above a step."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(digit * power for digit in (1, 2, 5, 10) if digit * power >= step * (1 - 1e-12))


def _written(value: float, whole: bool) -> Limit:
    """A limit as one would write it; what is counted is counted at the limit as written."""
    short = value if whole else float(f"{value:.{DIGITS}g}")
    return int(short) if float(short).is_integer() else short
