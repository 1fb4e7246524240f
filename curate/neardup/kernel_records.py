"""Signatures and sets of shingles of records, over the bytes of their texts."""

from typing import Any, Final

import numpy as np
from numba import njit, types

from curate.neardup.blocks import BLOCK, LANES, least, lowest, masks
from curate.neardup.kernel_items import _code
from curate.neardup.kernel_shingles import record_set, rooms
from curate.neardup.lowering import MOST
from curate.scan.compiled import (
    BYTES,
    CLASSES,
    HASHES,
    NUMBERS,
    OFFSETS,
    ONE,
    SIZES,
    TURN,
    compiled,
    mixed,
)

_LOWERED, _KEYS = (types.Array(kind, 1, "C", readonly=True) for kind in (types.int32, types.uint32))
_WEIGHTS: Final = types.Array(types.uint64, 1, "C", readonly=True)
_RECORDS: Final = (
    *(BYTES, OFFSETS, BYTES, OFFSETS, NUMBERS, NUMBERS, NUMBERS),
    *(CLASSES, _LOWERED, types.boolean, types.int64, types.int64),
)
_EVEN: Final = types.void(BYTES, OFFSETS, _LOWERED, types.boolean[::1])
_SIGN: Final = types.void(
    *_RECORDS, *(_KEYS, _KEYS, _WEIGHTS, types.int64), *(types.uint32[:, ::1], HASHES, SIZES)
)
_SETS: Final = types.void(*_RECORDS, HASHES, HASHES, types.int64[::1])
HIGH: Final = np.uint64(32)


@compiled(_EVEN)
def uneven(data: Any, offsets: Any, lowered: Any, found: Any) -> None:
    """Find the texts with characters that are not even (`lowering`)."""
    for text in range(len(offsets) - 1):
        place, stop = np.int64(offsets[text]), np.int64(offsets[text + 1])
        while place < stop:
            if data[place] < 0x80:
                near = place + BLOCK > len(data)
                place += 1 if near else lowest(masks(data, place)[2])
                continue
            code, place = _code(data, place)
            if code >= MOST or lowered[code] == 0:
                found[text] = True
                break


@njit(nogil=True)
def _padded(numbers: Any) -> Any:
    """The numbers, and some more until `least` can take them all."""
    found = np.zeros((len(numbers) + LANES - 1) // LANES * LANES, np.uint32)
    found[: len(numbers)] = numbers
    return found


@compiled(_SIGN)
def sign(
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
    factors: Any,
    terms: Any,
    weights: Any,
    rows: Any,
    bands: Any,
    sets: Any,
    sizes: Any,
) -> None:
    """Fill `bands` (a row a record), and of each record the hash and size of its set.

    `room` is the most items that a record can have.
    """
    found = np.empty(room, np.uint64)
    workspace = rooms(room, width)
    base = np.int64(1)
    factors = _padded(factors)
    terms = _padded(terms)
    minima = np.empty(len(factors), np.uint32)
    for record in range(len(ends)):
        size = record_set(
            record, data, offsets, other, other_offsets, others, places, ends, table, lowered,
            characters, width, workspace, base, found,
        )  # fmt: skip
        base += size
        sizes[record] = size
        total = np.uint64(size) * TURN
        for shingle in range(size):
            total += found[shingle]
        sets[record] = mixed(total)
        for at in range(0, len(minima), LANES):
            least(found, size, factors, terms, minima, at)
        for band in range(bands.shape[1]):
            value = np.uint64(0)
            for row in range(band * rows, (band + 1) * rows):
                value += (np.uint64(minima[row]) + np.uint64(1)) * weights[row]
            bands[record, band] = np.uint32(mixed(value) >> HIGH)


@njit(nogil=True)
def _sort(found: Any, size: Any, counts: Any, out: Any) -> None:
    """Sort hashes: by as many upper bits as there are numbers, which leaves little to be moved."""
    shift = np.uint64(64)
    slots = 1
    while slots < size:
        slots *= 2
        shift -= ONE
    if slots < 2:
        out[:size] = found[:size]
        return
    counts[: slots + 1] = 0
    for at in range(size):
        counts[(found[at] >> shift) + ONE] += 1
    for slot in range(slots):
        counts[slot + 1] += counts[slot]
    for at in range(size):
        slot = found[at] >> shift
        out[counts[slot]] = found[at]
        counts[slot] += 1
    for at in range(1, size):
        value = out[at]
        before = at - 1
        while before >= 0 and out[before] > value:
            out[before + 1] = out[before]
            before -= 1
        out[before + 1] = value


@compiled(_SETS)
def gather(
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
    shingles: Any,
    sets: Any,
    stops: Any,
) -> None:
    """Fill `shingles` with the sorted sets of the records, which end at `stops`, and their hashes.

    `shingles` must have room for all items of all records.
    """
    found = np.empty(room, np.uint64)
    workspace = rooms(room, width)
    base = np.int64(1)
    counts = np.empty(2 * room + 17, np.int64)
    stop = np.int64(0)
    for record in range(len(ends)):
        size = record_set(
            record, data, offsets, other, other_offsets, others, places, ends, table, lowered,
            characters, width, workspace, base, found,
        )  # fmt: skip
        base += size
        total = np.uint64(size) * TURN
        for shingle in range(size):
            total += found[shingle]
        sets[record] = mixed(total)
        _sort(found, size, counts, shingles[stop : stop + size])
        stop += size
        stops[record] = stop
