"""DEITA's repr filter: down a list, what is not like anything taken before (Liu et al. 2023)."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.models.vectors import vectors_of
from curate.semantic.cosine import Floats, Places, squares
from curate.semantic.greedy import decide
from curate.semantic.nearest import Exhaustive, Level


class Diverse(NamedTuple):
    """Of each record of a list, whether it is taken; and of those that are not, what it is like."""

    taken: npt.NDArray[np.bool_]
    nearest: Places
    """The place of the most similar record that is taken and comes before; -1 where none is."""
    similarities: Floats


def diverse(vectors: pa.Array, threshold: float, amounts: Floats, budget: float) -> Diverse:
    """Go down a list and take what has a cosine below a threshold to all that is taken.

    It ends when what is taken adds up to the budget, as near as records allow (arXiv 2312.15685,
    section 2.3 and algorithm 1: only what is taken counts as near, not what was passed over).
    `vectors` has no nulls.
    """
    count = len(vectors)
    if not count:
        return Diverse(np.zeros(0, np.bool_), np.zeros(0, np.int64), np.zeros(0))
    given = vectors_of(pa.chunked_array([vectors]))
    lengths = squares(given)

    def enough(level: Level) -> bool:
        return float(amounts[level.kept].sum()) >= budget

    (level,) = decide(given, lengths, 0, (threshold,), Exhaustive(given, lengths), enough)
    taken = level.kept.copy()
    sums = np.cumsum(np.where(taken, amounts, 0.0))
    end = _end(sums, budget)
    taken[end:] = False
    # A block is decided on as a whole; of what comes behind the last one taken nothing is asked.
    level.keepers[end:], level.similarities[end:] = -1, 0.0
    return Diverse(taken, level.keepers, level.similarities)


def _end(sums: Floats, budget: float) -> int:
    """The place behind the record whose sum is nearest to a budget, the first one at least."""
    place = int(np.searchsorted(sums, budget * (1 - 1e-12)))
    if place == len(sums):
        return place
    before = float(sums[place - 1]) if place else 0.0
    return place if before > 0 and budget - before < sums[place] - budget else place + 1
