"""The words of a text, 64 bytes at a time.

A mask has a bit for each byte of a block. What is neither white space nor punctuation is *bare*;
a word goes from its first bare byte to its last. Where words begin and where bare bytes end follows
from whole masks by a few operations (as Langdale and Lemire 2019, "Parsing gigabytes of JSON per
second", section 3.1, find strings), so that no branch depends on a single byte of ASCII.
"""

from typing import Any, Final

import numpy as np
from numba import njit

from curate.neardup.blocks import BLOCK, eight, lowest, masks, ones
from curate.neardup.kernel_items import EACH_80, _small, _word
from curate.scan.classes import ALONE, PUNCTUATION, SPACE
from curate.scan.compiled import ONE, SEED, TURN, code_point, mixed

NO_BITS, ALL_BITS = np.uint64(0), np.uint64(0xFFFFFFFFFFFFFFFF)
LAST: Final = np.uint64(63)
WIDE: Final = 16
"""The bytes of a word that are hashed without a loop; few words have more."""


@njit(nogil=True)
def _beyond(data: Any, start: Any, beyond: Any, spaces: Any, points: Any, table: Any) -> Any:
    """White space and punctuation among characters that are not ASCII, which begin in a block.

    Returns the masks with them, and what of them belongs to the next block; and whether a letter is
    a word of its own.
    """
    next_spaces = NO_BITS
    next_points = NO_BITS
    alone = False
    while beyond != 0:
        bit = lowest(beyond)
        place = start + bit
        if data[place] < 0xC0:
            # The rest of a character of the block before.
            beyond &= beyond - ONE
            continue
        code, end = code_point(data, place)
        width = np.uint64(end - place)
        run = ((ONE << width) - ONE) << np.uint64(bit)
        over = (ONE << np.uint64(max(np.int64(0), bit + end - place - BLOCK))) - ONE
        beyond &= ~run
        flags = np.int32(table[code])
        if flags & SPACE:
            spaces |= run
            next_spaces = over
        if flags & PUNCTUATION:
            points |= run
            next_points = over
        alone |= (flags & ALONE) != 0
    return spaces, points, next_spaces, next_points, alone


@njit(nogil=True)
def _edges(data: Any, start: Any, stop: Any, table: Any, tail: Any, begins: Any, ends: Any) -> Any:
    """Find where each word begins and ends; returns how many there are.

    It is -1 where a letter is a word of its own. `tail` has room for the last bytes of `data`.
    """
    count = np.int64(0)
    after_space = ONE
    after_bare = NO_BITS
    next_spaces = NO_BITS
    next_points = NO_BITS
    place = start
    while place < stop or after_bare != 0:
        if place + BLOCK <= len(data):
            spaces, points, beyond = masks(data, place)
        else:
            for byte in range(len(data) - place):
                tail[byte] = data[place + byte]
            spaces, points, beyond = masks(tail, 0)
        if place + BLOCK > stop:
            inside = (ONE << np.uint64(max(np.int64(0), stop - place))) - ONE
            spaces |= ~inside
            beyond &= inside
        spaces |= next_spaces
        points |= next_points
        next_spaces = NO_BITS
        next_points = NO_BITS
        if beyond != 0:
            spaces, points, next_spaces, next_points, alone = _beyond(
                data, place, beyond, spaces, points, table
            )
            if alone:
                return np.int64(-1)
        points &= ~spaces
        bare = ~(spaces | points)
        # Adding a bit to the first of a run of ones carries it to behind the run.
        first = (spaces << ONE) | after_space
        behind = points + (first & points)
        opening = bare & (first | (behind & ~points))
        after_space = (spaces >> LAST) | np.uint64(behind < points)
        closing = ~bare & ((bare << ONE) | after_bare)
        after_bare = bare >> LAST
        before = count
        left = opening
        at = count
        while left != 0:
            for _ in range(6):
                begins[at] = place + lowest(left)
                at += 1
                left &= left - ONE
        count += ones(opening)
        # Of all ends of bare bytes in a word the last stays.
        while closing != 0:
            bit = closing & (~closing + ONE)
            ends[before + ones(opening & (bit - ONE)) - 1] = place + lowest(closing)
            closing ^= bit
        place += BLOCK
    return count


@njit(nogil=True, inline="always")
def _first(number: Any, length: Any) -> Any:
    """The first bytes of eight, zeros behind them; none where the length is below 1."""
    kept = number & (ALL_BITS >> np.uint64(8 * (8 - min(max(length, 1), 8))))
    return kept if length > 0 else NO_BITS


@njit(nogil=True)
def words(
    data: Any,
    start: Any,
    stop: Any,
    table: Any,
    lowered: Any,
    room: Any,
    items: Any,
    number: Any,
) -> Any:
    """Add the hashes of the words of a text; returns how many there are then.

    It is -1 where a letter is a word of its own. `room` is for `_edges`, and for eight bytes.
    """
    begins, ends, lows, highs, tail = room
    count = _edges(data, start, stop, table, tail, begins, ends)
    safe = len(data) - WIDE
    for word in range(count):
        begin = begins[word]
        lows[word] = eight(data, begin) if begin <= safe else EACH_80
        highs[word] = eight(data, begin + 8) if begin <= safe else EACH_80
    others = NO_BITS
    for word in range(count):
        length = ends[word] - begins[word]
        low = _first(lows[word], length)
        high = _first(highs[word], length - 8)
        value = mixed(SEED ^ _small(low))
        more = mixed(value ^ _small(high))
        value = more if length > 8 else value
        items[number + word] = value + np.uint64(length) * TURN
        other = ((low | high) & EACH_80) | np.uint64(length > WIDE)
        lows[word] = other
        others |= other
    if others != 0:
        for word in range(count):
            if lows[word] != 0:
                items[number + word] = _word(data, begins[word], ends[word], lowered)
    return number + count if count >= 0 else count
