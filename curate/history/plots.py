"""What is drawn of two distributions: a histogram and both functions, of few points."""

from typing import Final, NamedTuple

import numpy as np

from curate.history.two_samples import Counts, Values

BARS: Final = 36
"""Bars of a histogram at most."""
POINTS: Final = 120
"""Points of a distribution function at most."""
TAIL: Final = 0.005
"""The share at either end that is not drawn out: the last bars hold it."""


class Plot(NamedTuple):
    """Two distributions of one number, as shares of their members."""

    edges: tuple[float, ...]
    """The bounds of the bars, one more than there are bars; the ends hold what lies beyond."""
    before: tuple[float, ...]
    after: tuple[float, ...]
    points: tuple[float, ...]
    """Values, sorted."""
    below_before: tuple[float, ...]
    """The share of the members up to each of these values."""
    below_after: tuple[float, ...]


def plotted(values: Values, before: Counts, after: Counts) -> Plot:
    """Thin two samples of a number (as in `two_samples`) out to what can be seen."""
    finite = np.isfinite(values)
    values, before, after = values[finite], before[finite], after[finite]
    if not len(values):
        return Plot((), (), (), (), (), ())
    functions = [np.cumsum(side) / max(side.sum(), 1) for side in (before, after)]
    both = (functions[0] + functions[1]) / 2
    low, high = np.searchsorted(both, [TAIL, 1 - TAIL])
    edges = _edges(values[low : high + 1])
    bins = np.clip(np.searchsorted(edges, values, "right") - 1, 0, len(edges) - 2)
    bars = [
        np.bincount(bins, side, len(edges) - 1) / max(side.sum(), 1) for side in (before, after)
    ]
    chosen = np.unique(np.clip(np.searchsorted(both, np.linspace(TAIL, 1 - TAIL, POINTS)), 0, None))
    rows = (edges, *bars, values[chosen], *(function[chosen] for function in functions))
    return Plot(*(tuple(float(number) for number in row) for row in rows))


def _edges(values: Values) -> Values:
    """The bounds of equal bars; whole numbers in a small range have a bar each."""
    low, high = float(values[0]), float(values[-1])
    whole = bool(np.all(values == np.round(values)))
    if whole:
        width = max(1.0, np.ceil((high - low + 1) / BARS))
        return np.arange(low - 0.5, high + 0.5 + width, width)
    if low == high:
        return np.array([low - 0.5, low + 0.5])
    return np.linspace(low, high, BARS + 1)
