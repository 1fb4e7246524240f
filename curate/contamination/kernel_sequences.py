"""From units to the sequences of an index, and to what these cover of its instances."""

from typing import Any, Final

import numpy as np
from numba import njit, types

from curate.scan.compiled import FLAGS, HASHES, NUMBERS, ONE, SIZES, TURN, compiled, mixed

BASE: Final = TURN
"""Of the polynomial over the hashes of units that is the hash of a sequence; odd, so that no unit
loses its influence modulo 2**64."""

SIX, SIXTY_THREE = np.uint64(6), np.uint64(63)

READ_HASHES = types.Array(types.uint64, 1, "C", readonly=True)
READ_SIZES = types.Array(types.int32, 1, "C", readonly=True)
DOUBLE = types.float64


@compiled(types.void(READ_HASHES, NUMBERS, NUMBERS, HASHES))
def sequences(units: Any, firsts: Any, widths: Any, found: Any) -> None:
    """Fill the hash of each sequence of `widths` units from `firsts` on."""
    for number in range(len(firsts)):
        value = np.uint64(0)
        for unit in range(firsts[number], firsts[number] + widths[number]):
            value = value * BASE + units[unit]
        found[number] = mixed(value ^ np.uint64(widths[number]))


@njit(nogil=True, inline="always")
def _bits(value: Any) -> Any:
    """The two bits of a sequence in its word of the filter."""
    return (ONE << (value & SIXTY_THREE)) | (ONE << ((value >> SIX) & SIXTY_THREE))


@compiled(types.void(READ_HASHES, types.uint64, types.uint64[::1], types.int32[::1]))
def fill(grams: Any, shift: Any, bits: Any, slots: Any) -> None:
    """Enter distinct hashes into the filter, and into the open table that tells their numbers."""
    mask = np.uint64(len(slots) - 1)
    for number in range(len(grams)):
        value = grams[number]
        bits[value >> shift] |= _bits(value)
        slot = value & mask
        while slots[slot] >= 0:
            slot = (slot + ONE) & mask
        slots[slot] = number


@compiled(
    types.int64(
        *(READ_HASHES, NUMBERS, NUMBERS),
        *(READ_HASHES, types.uint64, READ_HASHES, READ_SIZES),
        *(SIZES, SIZES, SIZES, SIZES),
    )
)
def look_up(  # noqa: C901 - each text is gone over while its units are at hand
    units: Any,
    ends: Any,
    widths: Any,
    grams: Any,
    shift: Any,
    bits: Any,
    slots: Any,
    texts: Any,
    numbers: Any,
    firsts: Any,
    sizes: Any,
) -> Any:
    """Find every sequence of units that is in an index; return how many there are.

    Fills text, number of the sequence, first unit and width of as many as there is room for.
    """
    found = 0
    mask = np.uint64(len(slots) - 1)
    for text in range(len(ends)):
        begin = ends[text - 1] if text else 0
        end = ends[text]
        for width in widths:
            if end - begin < width:
                continue
            value = np.uint64(0)
            power = ONE
            for unit in range(begin, begin + width):
                value = value * BASE + units[unit]
            for _ in range(width - 1):
                power *= BASE
            last = begin + width - 1
            while True:
                key = mixed(value ^ np.uint64(width))
                wanted = _bits(key)
                if bits[key >> shift] & wanted == wanted:
                    slot = key & mask
                    while slots[slot] >= 0 and grams[slots[slot]] != key:
                        slot = (slot + ONE) & mask
                    if slots[slot] >= 0:
                        if found < len(texts):
                            texts[found] = text
                            numbers[found] = slots[slot]
                            firsts[found] = last - width + 1
                            sizes[found] = width
                        found += 1
                last += 1
                if last >= end:
                    break
                value = (value - units[last - width] * power) * BASE + units[last]
    return found


@compiled(
    types.int64(
        *(NUMBERS, READ_SIZES, FLAGS),
        *(NUMBERS, NUMBERS, READ_SIZES, READ_SIZES, READ_SIZES, DOUBLE),
        *(types.int64, types.int64[::1], SIZES, SIZES),
        *(SIZES, SIZES, SIZES),
    )
)
def cover(  # noqa: C901 - each record is gone over while its places are at hand
    ends: Any,
    numbers: Any,
    counts: Any,
    posting_ends: Any,
    postings: Any,
    spreads: Any,
    owners: Any,
    totals: Any,
    least: Any,
    base: Any,
    seen: Any,
    covered: Any,
    touched: Any,
    records: Any,
    instances: Any,
    places: Any,
) -> Any:
    """Find the instances of which a record covers `least` (a share) or more; return how many.

    `numbers` are the sequences found in records that end at `ends`; only those that count are used.
    `seen` (by place; below `base`), `covered` (zeros) and `touched` (by instance) are room to work
    in. Fills record, instance and covered places of as many pairs as there is room for.
    """
    found = 0
    begin = 0
    for record in range(len(ends)):
        stamp = base + record
        number_touched = 0
        for hit in range(begin, ends[record]):
            if not counts[hit]:
                continue
            gram = numbers[hit]
            for posting in range(posting_ends[gram - 1] if gram else 0, posting_ends[gram]):
                place = postings[posting]
                owner = owners[place]
                for at in range(place, place + spreads[gram]):
                    if seen[at] != stamp:
                        seen[at] = stamp
                        if covered[owner] == 0:
                            touched[number_touched] = owner
                            number_touched += 1
                        covered[owner] += 1
        begin = ends[record]
        for number in range(number_touched):
            owner = touched[number]
            if covered[owner] / totals[owner] >= least:
                if found < len(records):
                    records[found] = record
                    instances[found] = owner
                    places[found] = covered[owner]
                found += 1
            covered[owner] = 0
    return found
