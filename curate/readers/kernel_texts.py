"""Texts of JSON, read and written by compiled code (numba), eight bytes at a time."""

from typing import Any, Final

import numpy as np
from numba import njit

from curate.scan.compiled import ONE

QUOTE, BACKSLASH, SLASH, LETTER_U = (ord(sign) for sign in '"\\/u')
ESCAPES: Final = np.zeros(128, np.uint8)
"""What a letter behind a backslash stands for."""
LETTERS: Final = np.zeros(128, np.uint8)
"""The letter behind a backslash that stands for a sign."""
for _letter, _sign in zip('/"\\bfnrt', '/"\\\b\f\n\r\t', strict=True):
    ESCAPES[ord(_letter)] = ord(_sign)
    LETTERS[ord(_sign)] = ord(_letter)
HEX: Final = np.full(256, 16, np.uint32)
for _digit in "0123456789abcdefABCDEF":
    HEX[ord(_digit)] = int(_digit, 16)
WRONG: Final = -1

EACH_01, EACH_20, EACH_22, EACH_5C, EACH_80 = (
    np.uint64(byte * 0x0101010101010101) for byte in (0x01, 0x20, 0x22, 0x5C, 0x80)
)
SEVEN, TOP_BYTE = np.uint64(7), np.uint64(56)


@njit(nogil=True, inline="always")
def stretch(data: Any, place: Any, out: Any, end: Any) -> Any:
    """Copy eight bytes; how many of them stand before a quote, a backslash or a control."""
    value = np.uint64(0)
    for byte in range(8):
        value |= np.uint64(data[place + byte]) << np.uint64(8 * byte)
    for byte in range(8):
        out[end + byte] = np.uint8(value >> np.uint64(8 * byte))
    quote, slash = value ^ EACH_22, value ^ EACH_5C
    found = ((quote - EACH_01) & ~quote) | ((slash - EACH_01) & ~slash)
    found = (found | ((value - EACH_20) & ~value)) & EACH_80
    if found == 0:
        return 8
    below = ((found & (~found + ONE)) >> SEVEN) - ONE
    return np.int64(((below & EACH_01) * EACH_01) >> TOP_BYTE)


@njit(nogil=True)
def _unit(data: Any, place: Any) -> Any:
    """The number of four hexadecimal digits, `WRONG` where they are none."""
    code = np.uint32(0)
    for digit in range(4):
        value = HEX[data[place + digit]]
        if value > 15:
            return np.int64(WRONG)
        code = (code << np.uint32(4)) | value
    return np.int64(code)


@njit(nogil=True)
def _character(data: Any, place: Any, out: Any, end: Any) -> Any:
    r"""Write the character of `\uXXXX`, whose digits begin at a place: the places behind both."""
    code = _unit(data, place)
    place += 4
    if 0xD800 <= code < 0xDC00 and data[place] == BACKSLASH and data[place + 1] == LETTER_U:
        low = _unit(data, place + 2)
        if not 0xDC00 <= low < 0xE000:
            return WRONG, end
        code = 0x10000 + ((code - 0xD800) << 10) + low - 0xDC00
        place += 6
    # Controls are written in their own way, and surrogates stand for nothing alone.
    if code < 32 or 0xD800 <= code < 0xE000:
        return WRONG, end
    if code < 0x80:
        out[end] = code
        return place, end + 1
    if code < 0x800:
        out[end] = 0xC0 | (code >> 6)
    else:
        if code < 0x10000:
            out[end] = 0xE0 | (code >> 12)
        else:
            out[end] = 0xF0 | (code >> 18)
            end += 1
            out[end] = 0x80 | ((code >> 12) & 63)
        end += 1
        out[end] = 0x80 | ((code >> 6) & 63)
    out[end + 1] = 0x80 | (code & 63)
    return place, end + 2


@njit(nogil=True)
def read_text(data: Any, place: Any, out: Any, end: Any) -> Any:
    """Write the text whose quote stands before a place: the places behind both, or `WRONG`."""
    while True:
        count = stretch(data, place, out, end)
        place += count
        end += count
        if count == 8:
            continue
        sign = data[place]
        if sign == QUOTE:
            return place + 1, end
        if sign != BACKSLASH:
            return WRONG, end
        letter = data[place + 1]
        if letter == LETTER_U:
            place, end = _character(data, place + 2, out, end)
            if place == WRONG:
                return WRONG, end
            continue
        if letter > 127 or ESCAPES[letter] == 0:
            return WRONG, end
        out[end] = ESCAPES[letter]
        place += 2
        end += 1


@njit(nogil=True)
def copy_quoted(data: Any, place: Any, out: Any, end: Any) -> Any:
    """The same, written as canonical JSON: only where it stands so already."""
    out[end] = QUOTE
    end += 1
    while True:
        count = stretch(data, place, out, end)
        place += count
        end += count
        if count == 8:
            continue
        sign = data[place]
        out[end] = sign
        if sign == QUOTE:
            return place + 1, end + 1
        letter = data[place + 1]
        if sign != BACKSLASH or letter > 127 or ESCAPES[letter] == 0 or letter == SLASH:
            return WRONG, end
        out[end + 1] = letter
        place += 2
        end += 2


@njit(nogil=True)
def write_quoted(texts: Any, place: Any, stop: Any, out: Any, end: Any) -> Any:
    """Write a text as canonical JSON; it has no controls but those with a letter of their own."""
    out[end] = QUOTE
    end += 1
    while place < stop:
        count = min(stretch(texts, place, out, end), stop - place)
        place += count
        end += count
        if count == 8 or place == stop:
            continue
        out[end] = BACKSLASH
        out[end + 1] = LETTERS[texts[place]]
        place += 1
        end += 2
    out[end] = QUOTE
    return end + 1
