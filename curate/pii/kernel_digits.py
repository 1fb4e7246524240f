"""The walk through digits as compiled code (numba, which releases the GIL).

Importing this module compiles it, or loads what was compiled before (`scan.compiling`).
"""

from typing import Any

from numba import njit, types

from curate.pii import digit_walk
from curate.pii.digit_walk import DIGIT, LEAST_BEFORE
from curate.scan.compiled import BYTES, NUMBERS, TABLE, compiled

STATES = types.Array(types.int32, 2, "C", readonly=True)

_is_number: Any = njit(nogil=True)(digit_walk.is_number)


@compiled(types.void(BYTES, NUMBERS, STATES, BYTES, TABLE))
def walk(data: Any, ends: Any, table: Any, kinds: Any, found: Any) -> None:
    """Fill what `digit_walk.walk` fills."""
    for row in range(len(ends) - 1):
        before = 0
        found[row, 0] = found[row, 1] = -1
        for start in range(ends[row], ends[row + 1]):
            if kinds[data[start]] != DIGIT:
                before = 0
                continue
            is_start = before == 0 or before >= LEAST_BEFORE
            if is_start and _is_number(data, start, ends[row + 1], before, table, kinds):
                if found[row, 0] < 0:
                    found[row, 0] = start
                found[row, 1] = start
            before += 1
