"""Signatures and sets of shingles of records, over the bytes of their texts."""

from typing import Any, Final

import numpy as np
from numba import njit, types

from curate.neardup.blocks import LANES, highest, least
from curate.neardup.kernel_shingles import distinct, record_shingles, rooms, slot_bits
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
_SIGN: Final = types.void(
    *_RECORDS, *(_KEYS, _KEYS, _WEIGHTS, types.int64), *(types.uint32[:, ::1], HASHES, SIZES)
)
_SETS: Final = types.void(*_RECORDS, HASHES, HASHES, types.int64[::1])
HIGH: Final = np.uint64(32)


@njit(nogil=True)
def _padded(numbers: Any) -> Any:
    """The numbers, and some more until `least` can take them all."""
    found = np.zeros((len(numbers) + LANES - 1) // LANES * LANES, np.uint32)
    found[: len(numbers)] = numbers
    return found


@njit(nogil=True, inline="always")
def _set_hash(size: Any, total: Any) -> Any:
    """The hash of a set, by how many shingles it has and their sum."""
    return mixed(np.uint64(size) * TURN + total)


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

    `room` is the most items that a record can have. The permutations and `weights` come row by row:
    the first of every band, the second of every band, and so on.
    """
    found = np.empty(room, np.uint64)
    workspace = rooms(room, width)
    owners = np.zeros(1 << slot_bits(room), np.int64)
    base = np.int64(1)
    factors = _padded(factors)
    terms = _padded(terms)
    minima = np.empty(len(factors), np.uint32)
    values = np.empty(bands.shape[1], np.uint64)
    for record in range(len(ends)):
        size = record_shingles(
            record, data, offsets, other, other_offsets, others, places, ends, table, lowered,
            characters, width, workspace, found,
        )  # fmt: skip
        size, total = distinct(found, size, owners, base)
        base += size
        sizes[record] = size
        sets[record] = _set_hash(size, total)
        for at in range(0, len(minima), LANES):
            least(found, size, factors, terms, minima, at)
        values[:] = 0
        for row in range(rows):
            for band in range(len(values)):
                at = row * len(values) + band
                values[band] += (np.uint64(minima[at]) + ONE) * weights[at]
        for band in range(len(values)):
            bands[record, band] = np.uint32(mixed(values[band]) >> HIGH)


@njit(nogil=True)
def _sort(found: Any, size: Any, counts: Any, out: Any) -> Any:
    """Sort hashes, each once: by as many upper bits as there are numbers, then what is left.

    Returns how many differ, and their sum.
    """
    bits = highest(np.uint64(size) | ONE) + 1
    shift = np.uint64(64 - bits)
    slots = 1 << bits
    counts[:slots] = 0
    for at in range(size):
        counts[found[at] >> shift] += 1
    before = np.int32(0)
    for slot in range(slots):
        count = counts[slot]
        counts[slot] = before
        before += count
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
    kept = np.int64(0)
    total = np.uint64(0)
    for at in range(size):
        value = out[at]
        is_new = at == 0 or value != out[kept - 1]
        out[kept] = value
        kept += is_new
        total += value if is_new else np.uint64(0)
    return kept, total


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
    counts = np.empty(2 * room + 2, np.int32)
    stop = np.int64(0)
    for record in range(len(ends)):
        size = record_shingles(
            record, data, offsets, other, other_offsets, others, places, ends, table, lowered,
            characters, width, workspace, found,
        )  # fmt: skip
        size, total = _sort(found, size, counts, shingles[stop : stop + size])
        sets[record] = _set_hash(size, total)
        stop += size
        stops[record] = stop
