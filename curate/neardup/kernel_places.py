"""Numbers that come again, and sets of shingles that are put where they belong."""

from typing import Any, Final

import numpy as np
from numba import types

from curate.scan.compiled import HASHES, NUMBERS, ONE, compiled

_FLAGS: Final = types.boolean[::1]
_AGAIN: Final = types.void(HASHES, types.int64, _FLAGS)
_PUT: Final = types.void(HASHES, NUMBERS, NUMBERS, NUMBERS, HASHES)
SIX, WITHIN = np.uint64(6), np.uint64(63)


@compiled(_AGAIN)
def again(values: Any, bits: Any, found: Any) -> None:
    """Find the values that may be there twice: whose so many upper bits another value has too."""
    shift = np.uint64(64 - bits)
    once = np.zeros(1 << max(0, bits - 6), np.uint64)
    twice = np.zeros(1 << max(0, bits - 6), np.uint64)
    for value in values:
        place = value >> shift
        bit = ONE << (place & WITHIN)
        twice[place >> SIX] |= once[place >> SIX] & bit
        once[place >> SIX] |= bit
    for at in range(len(values)):
        place = values[at] >> shift
        found[at] = (twice[place >> SIX] >> (place & WITHIN)) & ONE != 0


@compiled(_PUT)
def put(shingles: Any, begins: Any, ends: Any, places: Any, found: Any) -> None:
    """Copy runs of shingles to their places in `found`."""
    for run in range(len(begins)):
        place = places[run]
        for at in range(begins[run], ends[run]):
            found[place] = shingles[at]
            place += 1
