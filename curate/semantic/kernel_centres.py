"""Farthest-first traversal, compiled and lazy."""

from typing import Any, Final

import numpy as np
from numba import types

from curate.scan.compiled import compiled
from curate.semantic.kernel_heap import build, drop_top, runner_up, sink
from curate.semantic.kernel_products import AMOUNTS, INVERSE, NOTHING, VECTORS, WHOLE, similar

_CENTRES: Final = types.int64(VECTORS, INVERSE, types.int64, AMOUNTS, types.float64, WHOLE)


@compiled(_CENTRES)
def farthest_first(
    vectors: Any, inverse: Any, start: Any, amounts: Any, budget: Any, order: Any
) -> Any:
    """Write rows in the order in which they are taken, until amounts reach the budget.

    Each is the one whose most similar taken row is least similar. A row's distance from what is
    taken only falls, so what is known of it from fewer rows bounds it: it is compared with more
    only while it stands first by that bound.
    """
    count = len(vectors)
    # How far a row is at most from what is taken: the negative of a cosine.
    far = np.full(count, -NOTHING, np.int64)
    seen = np.zeros(count, np.int64)
    heap = np.empty(count, np.int64)
    build(heap, far)
    size, taken, whole = count, 0, 0.0
    row = start
    while True:
        order[taken] = row
        taken += 1
        whole += amounts[row]
        seen[row] = -1
        if whole >= budget or taken == count:
            return taken
        while True:
            row = heap[0]
            if seen[row] < 0:
                drop_top(heap, far, size)
                size -= 1
                continue
            if seen[row] == taken:
                break
            other = runner_up(heap, far, size)
            limit = NOTHING if other < 0 else far[other]
            while seen[row] < taken and far[row] >= limit:
                found = -similar(vectors, inverse, row, order[seen[row]])
                far[row] = min(far[row], found)
                seen[row] += 1
            sink(heap, far, size, 0)
