"""The texts whose characters stand for others, and the stretches of them that do."""

from typing import Any, Final

import numpy as np
from numba import njit, types

from curate.neardup.blocks import BLOCK, lowest, masks
from curate.neardup.lowering import MOST
from curate.scan.compiled import BYTES, NUMBERS, OFFSETS, SIZES, code_point, compiled

_LOWERED: Final = types.Array(types.int32, 1, "C", readonly=True)
_PLACES: Final = types.int64[::1]
_STRETCHES: Final = types.void(BYTES, OFFSETS, _LOWERED, _PLACES, _PLACES, _PLACES)
_PATCHED: Final = types.void(
    *(BYTES, OFFSETS, NUMBERS, NUMBERS, NUMBERS), *(BYTES, OFFSETS), *(types.uint8[::1], SIZES)
)


@njit(nogil=True, inline="always")
def _is_space(byte: Any) -> Any:
    """Whether a byte is white space of ASCII."""
    return byte == 32 or 9 <= byte <= 13 or 28 <= byte <= 31


@njit(nogil=True, inline="always")
def _beyond(data: Any, place: Any, stop: Any) -> Any:
    """The place of the first byte from a place on that is not ASCII; `stop` or more without any."""
    while place < stop:
        if place + BLOCK <= len(data):
            beyond = masks(data, place)[2]
            # By a branch, which can be foretold: no block waits for the one before.
            if beyond != 0:
                return place + lowest(beyond)
            place += BLOCK
        elif data[place] >= 0x80:
            return place
        else:
            place += 1
    return place


@compiled(_STRETCHES)
def stretches(data: Any, offsets: Any, lowered: Any, counts: Any, begins: Any, ends: Any) -> None:
    """Find what is not even (`lowering`), each with all around it that is no white space of ASCII.

    `counts` says how many such stretches a text has. Those that `begins` and `ends` have room for
    are put there.
    """
    found = 0
    for text in range(len(offsets) - 1):
        start, stop = np.int64(offsets[text]), np.int64(offsets[text + 1])
        place = _beyond(data, start, stop)
        while place < stop:
            here = place
            code, place = code_point(data, place)
            if code >= MOST or lowered[code] == 0:
                while here > start and not _is_space(data[here - 1]):
                    here -= 1
                while place < stop and not _is_space(data[place]):
                    place += 1
                if found < len(begins):
                    begins[found] = here
                    ends[found] = place
                counts[text] += 1
                found += 1
            place = _beyond(data, place, stop)


@compiled(_PATCHED)
def patched(
    data: Any,
    offsets: Any,
    texts: Any,
    begins: Any,
    ends: Any,
    others: Any,
    other_offsets: Any,
    found: Any,
    found_offsets: Any,
) -> None:
    """Write texts, one after the other, with other bytes in the place of their stretches."""
    patch = 0
    at = 0
    for number in range(len(texts)):
        place, stop = np.int64(offsets[texts[number]]), np.int64(offsets[texts[number] + 1])
        while place < stop:
            last = patch == len(begins) or begins[patch] >= stop
            until = stop if last else begins[patch]
            found[at : at + until - place] = data[place:until]
            at += until - place
            place = until
            if not last:
                begin, end = other_offsets[patch], other_offsets[patch + 1]
                found[at : at + end - begin] = others[begin:end]
                at += end - begin
                place = ends[patch]
                patch += 1
        found_offsets[number + 1] = at
