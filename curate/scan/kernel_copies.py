"""Whether a text stands in another, word for word, whatever white space is between the words."""

from typing import Any, Final

import numpy as np
from numba import njit, types

from curate.scan.compiled import BYTES, NUMBERS, OFFSETS, compiled

ASCII: Final = 0x80
_COPIED: Final = types.void(BYTES, OFFSETS, BYTES, OFFSETS, NUMBERS, types.boolean[::1])


@njit(nogil=True, inline="always")
def _is_space(byte: Any) -> Any:
    """Whether a byte is white space of ASCII, as `str.split` has it."""
    return byte == 32 or 9 <= byte <= 13 or 28 <= byte <= 31


@njit(nogil=True)
def _stands_at(text: Any, at: Any, stop: Any, whole: Any, place: Any, end: Any) -> Any:
    """Whether the rest of a text may stand at a place: what is not ASCII may be white space."""
    before = np.uint8(0)
    while at < stop:
        byte = text[at]
        if _is_space(byte):
            while at < stop and _is_space(text[at]):
                at += 1
            if at == stop:
                return True
            if place == end or not _is_space(whole[place]):
                other = text[at] if place == end else whole[place]
                return before >= ASCII or other >= ASCII
            while place < end and _is_space(whole[place]):
                place += 1
            other = whole[place] if place < end else text[at]
            if text[at] != other and (text[at] >= ASCII or other >= ASCII):
                return True
            before = np.uint8(0)
            continue
        if place == end:
            return before >= ASCII or byte >= ASCII
        other = whole[place]
        if byte != other:
            odd = byte >= ASCII and (other >= ASCII or _is_space(other))
            return before >= ASCII or odd
        before = byte
        at += 1
        place += 1
    return True


@compiled(_COPIED)
def copied(wholes: Any, whole_ends: Any, texts: Any, text_ends: Any, rows: Any, found: Any) -> None:
    """Tell of some rows whether the text may stand in the whole of its row, all its words in turn.

    Where it says no, it does not; few are left to be looked at closely.
    """
    for each in range(len(rows)):
        row = rows[each]
        at, stop = np.int64(text_ends[row]), np.int64(text_ends[row + 1])
        place, end = np.int64(whole_ends[row]), np.int64(whole_ends[row + 1])
        while at < stop and _is_space(texts[at]):
            at += 1
        is_found = at < stop and texts[at] >= ASCII
        begins = True
        while at < stop and place < end and not is_found:
            byte = wholes[place]
            if begins and byte == texts[at]:
                is_found = _stands_at(texts, at, stop, wholes, place, end)
            begins = byte >= ASCII or _is_space(byte)
            place += 1
        found[each] = is_found
