"""Shares with their 95 % intervals (Wilson 1927)."""

import math
from typing import Final, NamedTuple

import numpy as np

from curate.history.whatif_curve import Flags, Numbers

Z: Final = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""


class Estimate(NamedTuple):
    """A share of the data, by labelled records."""

    share: float
    low: float
    high: float
    labels: int
    """Labelled records that it is made of."""


def share(hits: Flags, weights: Numbers) -> Estimate | None:
    """The weighted share of hits; None of nothing.

    The interval is Wilson's, of as many records as such weights are worth (Kish 1965).
    """
    total = float(weights.sum())
    if not total:
        return None
    worth = total**2 / float((weights**2).sum())
    part = min(float(weights[hits].sum()) / total, 1.0)
    return Estimate(part, *wilson(part, worth), len(hits))


def wilson(part: float, number: float) -> tuple[float, float]:
    """Wilson's 95 % interval of a share found on so many records.

    >>> [round(end, 3) for end in wilson(1.0, 10)]
    [0.722, 1.0]
    """
    square = Z**2 / number
    middle = part + square / 2
    half = Z * math.sqrt(part * (1 - part) / number + square / (4 * number))
    low, high = ((middle + sign * half) / (1 + square) for sign in (-1, 1))
    return float(np.clip(low, 0.0, part)), float(np.clip(high, part, 1.0))
