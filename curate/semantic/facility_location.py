"""Facility location by greedy choice: every record is represented by one that is taken.

The sum over all records of the cosine with the most similar record that is taken (Wei, Iyer and
Bilmes 2015, "Submodularity in data subset selection and active learning", ICML) is made large
greedily, which reaches at least 1 - 1/e of the best (Nemhauser, Wolsey and Fisher 1978); lazily, so
that few sums are made twice (Minoux 1978). A cosine below 0 counts as 0.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curate.semantic.compiling import kernel
from curate.semantic.cosine import Places
from curate.semantic.similarity import UNIT, Budget, Sized


def facility_location(given: Sized, budget: Budget, neighbours: int | None = None) -> Places:
    """The rows in the order in which they are taken, until the budget is reached.

    Of equal gains the lowest row is next. Without `neighbours` every pair counts: cosines are
    computed when they are needed, in memory of 32 bytes a record, and time grows with the square
    of the records. With it a record is represented only by itself and by that many records that
    are most similar to it, found among all; others count 0 (as `n_neighbors` of apricot, Schreiber
    et al. 2020). Memory: 28 bytes a pair.
    """
    count = len(given.vectors)
    if not count:
        return np.zeros(0, np.int64)
    order, best = np.empty(budget.most, np.int64), np.zeros(count, np.int64)
    rest = (budget.amounts, budget.enough, order, best)
    if neighbours is None or neighbours >= count - 1:
        taken = kernel().cover_all(*given, *rest)
    else:
        taken = kernel().cover_listed(*_represented(given, neighbours), *rest)
    return order[:taken]


class _Represented(NamedTuple):
    """For each row those that it represents."""

    starts: Places
    """Where its list starts; one more than rows."""
    rows: npt.NDArray[np.int32]
    cosines: npt.NDArray[np.int32]


def _represented(given: Sized, neighbours: int) -> _Represented:
    """Each row represents itself, and those whose neighbour it is."""
    count = len(given.vectors)
    places = np.empty((count, neighbours), np.int32)
    cosines = np.empty((count, neighbours), np.int32)
    kernel().neighbours(*given, places, cosines)
    own = np.arange(count, dtype=np.int32)
    by = np.concatenate([own, places.ravel()])
    order = np.argsort(by, kind="stable")
    rows = np.concatenate([own, np.repeat(own, neighbours)])[order]
    values = np.concatenate([np.full(count, UNIT, np.int32), cosines.ravel()])[order]
    starts = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(by, minlength=count), out=starts[1:])
    return _Represented(starts, rows, values)
