"""The shingles of a record, and the set of them.

These functions are part of the compiled ones in `kernel_records`; `plain` says the same in Python.
"""

from typing import Any, Final

import numpy as np
from numba import njit

from curate.neardup.blocks import BLOCK, highest
from curate.neardup.kernel_items import _items
from curate.neardup.kernel_words import words
from curate.scan.compiled import ONE, TURN, mixed

PLACE_TURN: Final = np.uint64(0xD6E8FEB86659FD93)
UNTURN: Final = np.uint64(pow(int(TURN), -1, 1 << 64))
"""What undoes a multiplication by `TURN`."""


@njit(nogil=True)
def rooms(most: Any, width: Any) -> Any:
    """Room for the items of a record, at most so many: for each step the arrays that it fills."""
    begins = np.empty(most + BLOCK, np.int64)
    ends = np.empty(most + BLOCK, np.int64)
    lows = np.empty(most, np.uint64)
    highs = np.empty(most, np.uint64)
    sums = np.empty(most + 1, np.uint64)
    powers = np.empty(most + 1, np.uint64)
    inverse = np.empty(most + 1, np.uint64)
    powers[0] = inverse[0] = ONE
    for _ in range(min(width, most) - 1):
        powers[0] *= TURN
    for at in range(most):
        powers[at + 1] = powers[at] * TURN
        inverse[at + 1] = inverse[at] * UNTURN
    of_words = (begins, ends, lows, highs, np.zeros(BLOCK, np.uint8))
    of_shingles = (np.empty(most, np.uint64), sums, powers, inverse)
    return of_words, of_shingles


@njit(nogil=True, inline="always")
def _tag(place: Any, width: Any) -> Any:
    """What tells shingles of another place, or of fewer items, apart."""
    return mixed((np.uint64(place) << np.uint64(32)) + np.uint64(width) * PLACE_TURN)


@njit(nogil=True)
def _shingles(number: Any, width: Any, place: Any, room: Any, found: Any, count: Any) -> Any:
    """Add the shingles of so many items of one place; returns how many there are then.

    A shingle is a polynomial of its items in `TURN`. Sums over all items before, each divided by a
    power that grows, give those of any stretch by a difference; so none waits for the one before.
    """
    items, sums, powers, inverse = room
    if number == 0:
        return count
    held = min(width, number)
    tag = _tag(place, held)
    total = np.uint64(0)
    for item in range(number):
        sums[item] = total
        total += items[item] * inverse[item]
    sums[number] = total
    if held < width:
        value = np.uint64(0)
        for item in range(held):
            value = value * TURN + items[item]
        found[count] = mixed(value ^ tag)
        return count + 1
    for item in range(number - held + 1):
        found[count + item] = mixed(((sums[item + held] - sums[item]) * powers[item]) ^ tag)
    return count + number - held + 1


@njit(nogil=True, inline="always")
def slot_bits(count: Any) -> Any:
    """The bits of a place in a table where three quarters stay free of so many numbers."""
    return highest(np.uint64(count) | ONE) + 3


@njit(nogil=True)
def distinct(found: Any, count: Any, owners: Any, base: Any) -> Any:
    """Move the first of equal shingles to the front; returns how many differ, and their sum.

    `owners` is an open hash table of places above `base`; what is below belongs to earlier records.
    """
    mask = (ONE << np.uint64(slot_bits(count))) - ONE
    size = np.int64(0)
    total = np.uint64(0)
    for shingle in range(count):
        value = found[shingle]
        slot = value & mask
        while owners[slot] >= base and found[owners[slot] - base] != value:
            slot = (slot + ONE) & mask
        if owners[slot] < base:
            owners[slot] = base + size
            found[size] = value
            total += value
            size += 1
    return size, total


@njit(nogil=True, inline="always")
def _read(
    data: Any,
    start: Any,
    stop: Any,
    table: Any,
    lowered: Any,
    characters: Any,
    room: Any,
    items: Any,
    number: Any,
) -> Any:
    """Add the items of a text; returns how many there are then."""
    if not characters:
        count = words(data, start, stop, table, lowered, room, items, number)
        if count >= 0:
            return count
    return _items(data, start, stop, table, lowered, characters, items, number)


@njit(nogil=True)
def record_shingles(
    record: Any,
    data: Any,
    offsets: Any,
    other: Any,
    other_offsets: Any,
    others: Any,
    places: Any,
    ends: Any,
    table: Any,
    lowered: Any,
    characters: Any,
    width: Any,
    room: Any,
    found: Any,
) -> Any:
    """Put the shingles of a record at the front of `found`; returns how many there are.

    A text is read from `data`, or where `others` has its number, from `other`.
    """
    of_words, of_shingles = room
    items = of_shingles[0]
    text = ends[record - 1] if record else np.int64(0)
    count = np.int64(0)
    while text < ends[record]:
        place = places[text]
        number = np.int64(0)
        while text < ends[record] and places[text] == place:
            at = others[text]
            if at < 0:
                start, stop = np.int64(offsets[text]), np.int64(offsets[text + 1])
                number = _read(
                    data, start, stop, table, lowered, characters, of_words, items, number
                )
            else:
                start, stop = np.int64(other_offsets[at]), np.int64(other_offsets[at + 1])
                number = _read(
                    other, start, stop, table, lowered, characters, of_words, items, number
                )
            text += 1
        count = _shingles(number, width, place, of_shingles, found, count)
    return count
