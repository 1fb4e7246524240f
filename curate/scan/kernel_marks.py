"""Which texts have characters, or places of characters, that somebody looks for."""

from typing import Any, Final

import numpy as np
from numba import njit, types

from curate.scan.compiled import BYTES, OFFSETS, code_point, compiled
from curate.scan.marks import BLANK, BLANK_LINES, PAIR

EACH_01, EACH_20, EACH_80 = (np.uint64(byte * 0x0101010101010101) for byte in (0x01, 0x20, 0x80))
LINE_FEED: Final = 10
BLANK_MARK, PAIR_MARK, MOST_FEEDS = int(BLANK), int(PAIR), BLANK_LINES
_MARKED: Final = types.void(
    BYTES, OFFSETS, types.Array(types.uint8, 1, "C", readonly=True), types.uint8, types.boolean[::1]
)


@njit(nogil=True, inline="always")
def _is_printable(data: Any, place: Any) -> Any:
    """Whether the eight bytes from a place on are printable ASCII."""
    at = np.uint64(place)
    eight = np.uint64(0)
    for byte in range(8):
        eight |= np.uint64(data[at + np.uint64(byte)]) << np.uint64(8 * byte)
    # Adding lifts the top bit of 0x7f; taking away lowers that of what is below a space.
    return ((eight | (eight + EACH_01) | ((eight - EACH_20) & ~eight)) & EACH_80) == 0


@compiled(_MARKED)
def marked(data: Any, offsets: Any, table: Any, wanted: Any, found: Any) -> None:
    """Tell of each text whether it has any of the wanted marks (`curate.scan.marks.has_marks`)."""
    blanks = (wanted & BLANK_MARK) != 0
    pairs = (wanted & PAIR_MARK) != 0
    alone = wanted & ~np.uint8(BLANK_MARK | PAIR_MARK)
    for text in range(len(found)):
        place, stop = np.int64(offsets[text]), np.int64(offsets[text + 1])
        # The character before, of which a line feed stands for the beginning, and feeds in a row.
        before = np.int32(LINE_FEED)
        feeds = 0
        is_found: Any = False
        begun = False
        while place < stop and not is_found:
            if place + 8 <= stop and _is_printable(data, place):
                if not begun:
                    begun = True
                    is_found = blanks and data[place] == 32
                place += 8
                before = np.int32(data[place - 1])
                feeds = 0
                continue
            end = min(place + 8, stop)
            while place < end and not is_found:
                if data[place] < 0x80:
                    code = np.int32(data[place])
                    place += 1
                else:
                    code, place = code_point(data, place)
                    is_found = pairs and before >= 0x80
                flags = table[code]
                is_found |= (flags & alone) != 0
                if code == LINE_FEED:
                    feeds += 1
                    is_found |= blanks and (
                        not begun or feeds > MOST_FEEDS or (table[before] & BLANK_MARK) != 0
                    )
                else:
                    feeds = 0
                    is_found |= blanks and not begun and (flags & BLANK_MARK) != 0
                begun = True
                before = code
        if begun and blanks:
            is_found |= before == LINE_FEED or (table[before] & BLANK_MARK) != 0
        found[text] = is_found
