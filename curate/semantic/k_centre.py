"""Greedy k-centre: farthest-first traversal (Gonzalez 1985).

As for data in Sener and Savarese 2018, arXiv 1708.00489, algorithm 1: the next record is the one
whose most similar record that is taken is least similar, which makes the radius in which every
record has one that is taken at most twice as large as it can be. The algorithm begins with records
that are given; here that is the one most similar to the mean.
"""

from typing import Final

import numpy as np

from curate.semantic.compiling import kernel
from curate.semantic.cosine import Places
from curate.semantic.similarity import Budget, Sized

_ROWS: Final = 1 << 14


def k_centre(given: Sized, budget: Budget) -> Places:
    """The rows in the order in which they are taken, until the budget is reached.

    Of equal ones the lowest row is next. Distances of directions (chord or angle) order pairs as
    cosines do; these are compared in units of 2^-30. Memory: 24 bytes a record.
    """
    if not len(given.vectors):
        return np.zeros(0, np.int64)
    order = np.empty(budget.most, np.int64)
    count = kernel().farthest_first(
        *given, nearest_to_mean(given), budget.amounts, budget.enough, order
    )
    return order[:count]


def nearest_to_mean(given: Sized) -> int:
    """The row that is most similar to the sum of all; the first of equals."""
    total = given.vectors.sum(axis=0, dtype=np.int64)
    found = np.empty(len(given.vectors))
    for start in range(0, len(found), _ROWS):
        # Whole numbers of 64 bits: added exactly, in whatever order.
        found[start : start + _ROWS] = given.vectors[start : start + _ROWS].astype(np.int64) @ total
    return int(np.argmax(found * given.inverse))
