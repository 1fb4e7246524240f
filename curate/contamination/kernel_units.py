"""From the bytes of texts to their units."""

from typing import Any

import numpy as np
from numba import njit, types

from curate.scan.classes import ALONE, DIGIT, LETTER, MARK, SPACE
from curate.scan.compiled import (
    BYTES,
    CLASSES,
    ENDS,
    FLAGS,
    HASHES,
    OFFSETS,
    PRIME,
    SEED,
    SIZES,
    code_point,
    compiled,
    mixed,
)

PLAIN = types.Array(types.int32, 1, "C", readonly=True)


@njit(nogil=True, inline="always")
def _any_foreign(data: Any, place: Any) -> Any:
    """Whether any of eight bytes is no ASCII."""
    value = data[place]
    for byte in range(1, 8):
        value |= data[place + byte]
    return value >= 0x80


@compiled(types.void(BYTES, OFFSETS, FLAGS, types.boolean[::1]))
def unstable(data: Any, offsets: Any, table: Any, found: Any) -> None:
    """Mark the texts that have a code point which `table` marks."""
    for text in range(len(offsets) - 1):
        place, stop = np.int64(offsets[text]), np.int64(offsets[text + 1])
        while place < stop and not found[text]:
            # Bytes of ASCII are skipped eight at a time.
            while place + 8 <= stop and not _any_foreign(data, place):
                place += 8
            if place < stop and data[place] >= 0x80:
                code, place = code_point(data, place)
                found[text] = table[code]
            else:
                place += 1


@compiled(types.void(BYTES, OFFSETS, FLAGS, CLASSES, PLAIN, HASHES, SIZES, SIZES, ENDS))
def words(  # noqa: C901 - one pass: its state lives in the processor's registers
    data: Any,
    offsets: Any,
    valid: Any,
    table: Any,
    plain: Any,
    hashes: Any,
    starts: Any,
    stops: Any,
    ends: Any,
) -> None:
    """Fill hashes, starts and stops (code points) of the words of each text, and where each ends.

    `table` has the flags of each code point, and `plain` what it is compared as.
    """
    number = 0
    for text in range(len(offsets) - 1):
        place, stop = np.int64(offsets[text]), np.int64(offsets[text + 1])
        if not valid[text]:
            place = stop
        here = 0
        # The word that is open: 0 none, 1 one of a script with spaces, 2 one letter that is a word.
        word = 0
        value = core = SEED
        start = core_stop = -1
        while place < stop:
            byte = data[place]
            if byte < 0x80:
                flags = np.int32(table[byte])
                code = np.int32(byte)
                if 65 <= code <= 90:
                    code |= 0x20
                place += 1
            else:
                code, place = code_point(data, place)
                flags = np.int32(table[code])
                code = plain[code]
            if flags & SPACE:
                if word and start >= 0:
                    hashes[number] = mixed(core)
                    starts[number] = start
                    stops[number] = core_stop
                    number += 1
                word = 0
            else:
                if word == 0 or flags & ALONE or (word == 2 and flags & (LETTER | DIGIT)):
                    if word and start >= 0:
                        hashes[number] = mixed(core)
                        starts[number] = start
                        stops[number] = core_stop
                        number += 1
                    word = 2 if flags & ALONE else 1
                    value = SEED
                    start = core_stop = -1
                if flags & (LETTER | DIGIT) or (flags & MARK and core_stop == here):
                    if start < 0:
                        start = here
                    value = (value ^ np.uint64(code)) * PRIME
                    core = value
                    core_stop = here + 1
                elif start >= 0:
                    value = (value ^ np.uint64(code)) * PRIME
            here += 1
        if word and start >= 0:
            hashes[number] = mixed(core)
            starts[number] = start
            stops[number] = core_stop
            number += 1
        ends[text] = number


@compiled(types.void(BYTES, OFFSETS, FLAGS, CLASSES, PLAIN, HASHES, SIZES, SIZES, ENDS))
def characters(
    data: Any,
    offsets: Any,
    valid: Any,
    table: Any,
    plain: Any,
    hashes: Any,
    starts: Any,
    stops: Any,
    ends: Any,
) -> None:
    """Fill the same of the letters, digits and marks of each text."""
    number = 0
    for text in range(len(offsets) - 1):
        place, stop = np.int64(offsets[text]), np.int64(offsets[text + 1])
        if not valid[text]:
            place = stop
        here = 0
        while place < stop:
            if data[place] < 0x80:
                code = np.int32(data[place])
                place += 1
            else:
                code, place = code_point(data, place)
            if table[code] & (LETTER | DIGIT | MARK):
                hashes[number] = mixed((SEED ^ np.uint64(plain[code])) * PRIME)
                starts[number] = here
                stops[number] = here + 1
                number += 1
            here += 1
        ends[text] = number
