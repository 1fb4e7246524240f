"""Intervals of shares (Wilson 1927)."""

import math
from typing import Final

Z: Final = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""


def wilson(part: float, number: float) -> tuple[float, float]:
    """Wilson's 95 % interval of a share found on so many records.

    >>> [round(end, 3) for end in wilson(1.0, 10)]
    [0.722, 1.0]
    """
    square = Z**2 / number
    middle = part + square / 2
    half = Z * math.sqrt(part * (1 - part) / number + square / (4 * number))
    low, high = ((middle + sign * half) / (1 + square) for sign in (-1, 1))
    return min(max(low, 0.0), part), max(min(high, 1.0), part)
