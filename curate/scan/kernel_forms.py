"""Texts in the form in which their case and white space make no difference, in one pass."""

from typing import Any, Final

import numpy as np
from numba import njit, types

from curate.scan.compiled import BYTES, OFFSETS, code_point, compiled

EACH_20, EACH_25, EACH_3F, EACH_7F, EACH_80 = (
    np.uint64(byte * 0x0101010101010101) for byte in (0x20, 0x25, 0x3F, 0x7F, 0x80)
)
TWO, EIGHT, LOWEST = np.uint64(2), np.uint64(8), np.uint64(0x80)
SPACE: Final = 32
TWO_BYTES: Final = 0x800
"""Code points below take two bytes at most."""
_EVENED: Final = types.void(
    *(BYTES, OFFSETS, types.Array(types.int32, 1, "C", readonly=True)),
    *(types.uint8[::1], types.int32[::1], types.boolean[::1]),
)


@njit(nogil=True, inline="always")
def _is_space(byte: Any) -> Any:
    """Whether a byte is white space of ASCII: tab to carriage return, 0x1c to 0x1f, and space."""
    return byte == SPACE or 9 <= byte <= 13 or 28 <= byte <= 31


@compiled(_EVENED)
def evened(  # noqa: C901 - a step for each kind of byte
    data: Any, offsets: Any, lower: Any, out: Any, ends: Any, left: Any
) -> None:
    """Write texts in lower case, each run of white space as one space, and none at the ends.

    `lower` has the lower case of the first code points, or -1 for what is not so simple; what is
    beyond is not either. Such a text is `left`, and written as empty. `out` has room for eight
    bytes more than the texts have.
    """
    end = np.int64(0)
    for text in range(len(left)):
        place, stop = np.int64(offsets[text]), np.int64(offsets[text + 1])
        first = end
        is_left: Any = False
        spaced = True
        while place < stop and not is_left:
            if place + 8 <= stop:
                at = np.uint64(place)
                eight = np.uint64(0)
                for byte in range(8):
                    eight |= np.uint64(data[at + np.uint64(byte)]) << np.uint64(8 * byte)
                others = eight ^ EACH_20
                spaces = ~(((others & EACH_7F) + EACH_7F) | others) & EACH_80
                again = spaces & ((spaces << EIGHT) | (LOWEST if spaced else np.uint64(0)))
                odd = (eight | ((eight - EACH_20) & ~eight)) & EACH_80
                if (again | odd) == 0:
                    upper = (eight + EACH_3F) & ~(eight + EACH_25) & EACH_80
                    eight |= upper >> TWO
                    to = np.uint64(end)
                    for byte in range(8):
                        out[to + np.uint64(byte)] = np.uint8(eight >> np.uint64(8 * byte))
                    place += 8
                    end += 8
                    spaced = data[place - 1] == SPACE
                    continue
            until = min(place + 8, stop)
            while place < until and not is_left:
                byte = data[place]
                if byte < 0x80:
                    place += 1
                    if not _is_space(byte):
                        out[end] = byte | 0x20 if 65 <= byte <= 90 else byte
                        end += 1
                        spaced = False
                    elif not spaced:
                        out[end] = SPACE
                        end += 1
                        spaced = True
                    continue
                code, behind = code_point(data, place)
                folded = lower[code] if code < len(lower) else np.int32(-1)
                is_left = folded < 0
                if is_left:
                    break
                if code < TWO_BYTES:
                    out[end] = 0xC0 | (folded >> 6)
                    out[end + 1] = 0x80 | (folded & 63)
                    end += 2
                else:
                    for at_byte in range(place, behind):
                        out[end] = data[at_byte]
                        end += 1
                place = behind
                spaced = False
        if is_left:
            end = first
        elif spaced and end > first:
            end -= 1
        left[text] = is_left
        ends[text] = end
