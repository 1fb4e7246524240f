"""Facility location by lazy greedy choice, compiled.

Sums of similarities are whole numbers, so that they do not depend on the order of adding.
"""

from typing import Any, Final

import numpy as np
from numba import njit, types

from curate.scan.compiled import compiled
from curate.semantic.kernel_heap import build, drop_top, sink
from curate.semantic.kernel_products import AMOUNTS, INVERSE, PLACES, VECTORS, WHOLE, similar

_BLOCK: Final = 128
_NARROW: Final = types.Array(types.int32, 1, "C", readonly=True)
_ALL: Final = types.int64(VECTORS, INVERSE, AMOUNTS, types.float64, WHOLE, WHOLE)
_LISTED: Final = types.int64(PLACES, _NARROW, _NARROW, AMOUNTS, types.float64, WHOLE, WHOLE)


@njit(nogil=True)
def _gain(vectors: Any, inverse: Any, best: Any, row: Any) -> Any:
    """How much better all rows are represented with one row more."""
    gain = 0
    for other in range(len(vectors)):
        gain += max(0, similar(vectors, inverse, row, other) - best[other])
    return gain


@njit(nogil=True)
def _first_gains(vectors: Any, inverse: Any) -> Any:
    """The gain of each row while nothing is taken; a cosine below 0 counts nothing."""
    count = len(vectors)
    gains = np.zeros(count, np.int64)
    for start in range(0, count, _BLOCK):
        for first in range(start, count, _BLOCK):
            for one in range(start, min(start + _BLOCK, count)):
                for other in range(max(first, one), min(first + _BLOCK, count)):
                    found = max(0, similar(vectors, inverse, one, other))
                    gains[one] += found
                    if other != one:
                        gains[other] += found
    return gains


@compiled(_ALL)
def cover_all(vectors: Any, inverse: Any, amounts: Any, budget: Any, order: Any, best: Any) -> Any:
    """Write rows in the order in which they are taken, until amounts reach the budget.

    Each is the one that most adds to the sum over all rows of the cosine with the most similar row
    that is taken (`best`). What a row adds only falls (Minoux 1978), so that it is summed anew
    only where it stands first by its last sum.
    """
    gains = _first_gains(vectors, inverse)
    heap = np.empty(len(vectors), np.int64)
    build(heap, gains)
    summed = np.zeros(len(vectors), np.int64)
    size, taken, whole = len(vectors), 0, 0.0
    while size and whole < budget:
        row = heap[0]
        if summed[row] < taken:
            gains[row] = _gain(vectors, inverse, best, row)
            summed[row] = taken
            sink(heap, gains, size, 0)
            continue
        for other in range(len(vectors)):
            best[other] = max(best[other], similar(vectors, inverse, row, other))
        order[taken] = row
        taken += 1
        whole += amounts[row]
        drop_top(heap, gains, size)
        size -= 1
    return taken


@njit(nogil=True)
def _gain_listed(starts: Any, rows: Any, cosines: Any, best: Any, row: Any) -> Any:
    gain = 0
    for at in range(starts[row], starts[row + 1]):
        gain += max(0, cosines[at] - best[rows[at]])
    return gain


@compiled(_LISTED)
def cover_listed(
    starts: Any, rows: Any, cosines: Any, amounts: Any, budget: Any, order: Any, best: Any
) -> Any:
    """The same, where a row represents only those that are listed for it.

    Those of a row stand from its start to that of the next, in `rows` with their `cosines`.
    """
    count = len(starts) - 1
    gains = np.empty(count, np.int64)
    for row in range(count):
        gains[row] = _gain_listed(starts, rows, cosines, best, row)
    heap = np.empty(count, np.int64)
    build(heap, gains)
    summed = np.zeros(count, np.int64)
    size, taken, whole = count, 0, 0.0
    while size and whole < budget:
        row = heap[0]
        if summed[row] < taken:
            gains[row] = _gain_listed(starts, rows, cosines, best, row)
            summed[row] = taken
            sink(heap, gains, size, 0)
            continue
        for at in range(starts[row], starts[row + 1]):
            best[rows[at]] = max(best[rows[at]], np.int64(cosines[at]))
        order[taken] = row
        taken += 1
        whole += amounts[row]
        drop_top(heap, gains, size)
        size -= 1
    return taken
