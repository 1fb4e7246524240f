"""Which records make up what is wanted of each slice: in an order that a hash gives."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.hashing import hash_texts

Numbers = npt.NDArray[np.int64]
Amounts = npt.NDArray[np.float64]

_PREFIX: Final = b"curate.mix.1"


class Slice(NamedTuple):
    """What was wanted of a slice, and what it has."""

    name: str
    records: int
    """Records that came."""
    came: float
    """How much they are, in the unit of the mix."""
    target: float | None
    """How much was asked for; None where the slice was left as it came."""
    kept: int
    """Records of it that are still there, repeats not counted."""
    got: float
    """How much it is now, with repeats."""
    repeats: int
    """How often its most frequent record stands."""


class Chosen(NamedTuple):
    """How often each record shall stand, in the order in which the records were given."""

    times: Numbers
    slices: list[Slice]


def positions(ids: pa.Array, seed: int) -> npt.NDArray[np.uint64]:
    """Where records stand in the order of a seed: 64 bits of a hash of seed and id.

    A record keeps its position when others come or go.
    """
    start = pa.scalar(_PREFIX + seed.to_bytes(8, "little"), pa.large_binary())
    keys = pc.binary_join_element_wise(
        start, ids.cast(pa.large_binary()), pa.scalar(b"", pa.large_binary())
    )
    raw = hash_texts(keys).buffers()[1] if len(ids) else b""
    return np.frombuffer(raw, "<u8", 2 * len(ids))[::2].copy()


def choose(
    slices: pa.Array, amounts: Amounts, order: Numbers, targets: Mapping[str, float]
) -> Chosen:
    """Say how often each record stands, so that slices come as near to their targets as records do.

    `order` lists the records in the order in which they are taken. Each stands as often as all of
    its slice fit into the target, and the first ones once more; a slice without a target stays.
    """
    encoded = slices.dictionary_encode()
    codes = encoded.indices.to_numpy()[order]
    times = np.ones(len(order), np.int64)
    told: list[Slice] = []
    by_slice = order[np.argsort(codes, kind="stable")]
    counts = np.bincount(codes, minlength=len(encoded.dictionary))
    ends = np.cumsum(counts)
    for name, start, end in zip(encoded.dictionary.to_pylist(), ends - counts, ends, strict=True):
        rows = by_slice[start:end]
        target = targets.get(name)
        if target is not None:
            times[rows] = times_of(amounts[rows], target)
        own = times[rows]
        told.append(
            Slice(
                name,
                len(rows),
                float(amounts[rows].sum()),
                target,
                int((own > 0).sum()),
                float((amounts[rows] * own).sum()),
                int(own.max(initial=0)),
            )
        )
    return Chosen(times, sorted(told))


def times_of(amounts: Amounts, target: float) -> Numbers:
    """How often each of some records, in their order, stands so that their sum is near a target.

    >>> times_of(np.array([2.0, 2.0, 2.0]), 9).tolist()
    [2, 1, 1]
    """
    whole = float(amounts.sum())
    if whole <= 0:
        return np.zeros(len(amounts), np.int64)
    # A sum of doubles may fall short of the whole by a little.
    rounds = int(target / whole + 1e-9)
    rest = max(0.0, target - rounds * whole)
    sums = np.concatenate([[0.0], np.cumsum(amounts)])
    place = int(np.searchsorted(sums, rest))
    if place and (place == len(sums) or rest - sums[place - 1] <= sums[place] - rest):
        place -= 1
    found = np.full(len(amounts), rounds, np.int64)
    found[:place] += 1
    return found
