"""Which rare shingles tell that two sets may be similar."""

from typing import Any, Final

import numpy as np
from numba import njit, types

from curate.neardup.blocks import highest
from curate.scan.compiled import HASHES, NUMBERS, compiled

CLASSES: Final = 128
_PLACES: Final = types.int64[::1]
_PREFIXES: Final = types.void(
    *(HASHES, NUMBERS, NUMBERS, NUMBERS), *(types.int64, types.int64), *(_PLACES, _PLACES)
)


@njit(nogil=True, inline="always")
def _rarity(count: Any) -> Any:
    """The class of a count: four of them from each power of two to the next."""
    if count < 4:
        return np.int64(count)
    power = highest(np.uint64(count))
    return 4 * power + ((np.int64(count) >> (power - 2)) & 3)


@compiled(_PREFIXES)
def prefixes(
    shingles: Any,
    begins: Any,
    ends: Any,
    wanted: Any,
    count_bits: Any,
    token_bits: Any,
    tokens: Any,
    token_ends: Any,
) -> None:
    """Fill `tokens` with the upper bits of the `wanted` shingles of each set that come first.

    They are ordered by how many sets have one, in classes, and by themselves. Counts go by so many
    of the upper bits: what is counted together stays so in every set, which order needs alone.
    """
    shift = np.uint64(64 - count_bits)
    counts = np.zeros(1 << count_bits, np.int32)
    for place in range(len(begins)):
        for at in range(begins[place], ends[place]):
            counts[shingles[at] >> shift] += 1
    cut = np.uint64(64 - token_bits)
    entry = np.int64(0)
    many = np.zeros(CLASSES, np.int64)
    for place in range(len(begins)):
        many[:] = 0
        for at in range(begins[place], ends[place]):
            many[_rarity(counts[shingles[at] >> shift])] += 1
        left = min(wanted[place], ends[place] - begins[place])
        last = 0
        while left > many[last]:
            left -= many[last]
            last += 1
        for at in range(begins[place], ends[place]):
            rarity = _rarity(counts[shingles[at] >> shift])
            taken = rarity < last or (rarity == last and left > 0)
            left -= rarity == last
            if taken:
                tokens[entry] = np.int64(shingles[at] >> cut)
                entry += 1
        token_ends[place] = entry
