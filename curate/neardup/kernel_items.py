"""Words or characters of texts as numbers, one character after the other.

These functions are part of the compiled ones in `kernel_records`; `plain` says the same in Python.
Words come from here where letters are words of their own; `kernel_words` finds others sooner.
"""

from typing import Any

import numpy as np
from numba import njit

from curate.neardup.lowering import MOST
from curate.scan.classes import ALONE, DIGIT, LETTER, PUNCTUATION, SPACE
from curate.scan.compiled import ONE, SEED, TURN, code_point, mixed

EACH_01, EACH_05, EACH_1F, EACH_20, EACH_25, EACH_3F, EACH_7F, EACH_80 = (
    np.uint64(byte * 0x0101010101010101)
    for byte in (0x01, 0x05, 0x1F, 0x20, 0x25, 0x3F, 0x7F, 0x80)
)
"""A byte in all eight places of a number."""
TWO, SEVEN, TOP_BYTE, TOP_BIT = np.uint64(2), np.uint64(7), np.uint64(56), np.uint64(1 << 63)


@njit(nogil=True, inline="always")
def _eight(data: Any, place: Any, stop: Any) -> Any:
    """The eight bytes from a place on as one number, the first the lowest; zeros from `stop` on."""
    value = np.uint64(0)
    at = np.uint64(place)
    if place + 8 <= stop:
        for byte in range(8):
            value |= np.uint64(data[at + np.uint64(byte)]) << np.uint64(8 * byte)
        return value
    for byte in range(stop - place):
        value |= np.uint64(data[at + np.uint64(byte)]) << np.uint64(8 * byte)
    return value


@njit(nogil=True, inline="always")
def _before(stops: Any) -> Any:
    """Ones in the bytes before the first whose top bit is set in `stops`."""
    return ((stops & (~stops + ONE)) >> SEVEN) - ONE


@njit(nogil=True, inline="always")
def _bytes_of(ones: Any) -> Any:
    """How many bytes of a number have their lowest bit."""
    return np.int64(((ones & EACH_01) * EACH_01) >> TOP_BYTE)


@njit(nogil=True, inline="always")
def _letters(eight: Any) -> Any:
    """How many bytes there are before the first that is no ASCII letter."""
    low = (eight | EACH_20) & EACH_7F
    # Adding lifts the top bit of a byte from `a` on, and from the sign behind `z` on.
    letters = (low + EACH_1F) & ~(low + EACH_05) & ~eight & EACH_80
    return _bytes_of(_before(letters ^ EACH_80))


@njit(nogil=True, inline="always")
def _small(eight: Any) -> Any:
    """Eight ASCII characters in lower case."""
    upper = (eight + EACH_3F) & ~(eight + EACH_25) & EACH_80
    return eight | (upper >> TWO)


@njit(nogil=True, inline="always")
def _lower(code: Any, lowered: Any) -> Any:
    return lowered[code] if code < MOST and lowered[code] != 0 else code


@njit(nogil=True)
def _word(data: Any, start: Any, stop: Any, lowered: Any) -> Any:
    """The hash of a word: ASCII characters up to eight at a time, the others one by one."""
    value = SEED
    place = start
    while place < stop:
        if data[place] < 0x80:
            eight = _eight(data, place, len(data))
            run = min(np.int64(8), stop - place)
            stops = eight & EACH_80
            if stops != 0:
                run = min(run, _bytes_of(_before(stops)))
            if run < 8:
                eight &= (ONE << np.uint64(8 * run)) - ONE
            value = mixed(value ^ _small(eight))
            place += run
        else:
            code, place = code_point(data, place)
            value = mixed(value ^ (np.uint64(_lower(code, lowered)) | TOP_BIT))
    return value + np.uint64(stop - start) * TURN


@njit(nogil=True, inline="always")
def _add(
    data: Any, start: Any, stop: Any, lowered: Any, characters: Any, items: Any, number: Any
) -> Any:
    """Put a word, or each of its characters, behind the items that there are."""
    if not characters:
        items[number] = _word(data, start, stop, lowered)
        return number + 1
    place = start
    while place < stop:
        if data[place] < 0x80:
            code = np.int32(data[place])
            place += 1
            if 65 <= code <= 90:
                code |= 0x20
        else:
            code, place = code_point(data, place)
            code = _lower(code, lowered)
        items[number] = mixed(np.uint64(code) + TURN)
        number += 1
    return number


@njit(nogil=True)
def _items(  # noqa: C901 - one pass: its state lives in the processor's registers
    data: Any,
    start: Any,
    stop: Any,
    table: Any,
    lowered: Any,
    characters: Any,
    items: Any,
    number: Any,
) -> Any:
    """Add the items of a text; returns how many there are then."""
    # The word that is open: 0 none, 1 one of a script with spaces, 2 one letter that is a word; and
    # from where to where it has more than punctuation.
    word = 0
    first = np.int64(-1)
    last = np.int64(-1)
    place = start
    while place < stop:
        here = place
        byte = data[place]
        if byte < 0x80:
            code = np.int32(byte)
            place += 1
        else:
            code, place = code_point(data, place)
        flags = np.int32(table[code])
        if flags & SPACE:
            if first >= 0:
                number = _add(data, first, last, lowered, characters, items, number)
                first = np.int64(-1)
            word = 0
            continue
        opens = (flags & ALONE) != 0 or (word == 2 and (flags & (LETTER | DIGIT)) != 0)
        if opens and first >= 0:
            number = _add(data, first, last, lowered, characters, items, number)
            first = np.int64(-1)
        if opens or word == 0:
            word = 2 if flags & ALONE else 1
        if flags & PUNCTUATION:
            continue
        if first < 0:
            first = here
        last = place
        if code < 0x80 and flags & LETTER:
            run = np.int64(8)
            while run == 8:
                run = min(_letters(_eight(data, place, len(data))), stop - place)
                place += run
            last = place
    if first >= 0:
        number = _add(data, first, last, lowered, characters, items, number)
    return number
