"""Ids and hashes as numbers, which are compared and sorted far faster than bytes."""

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Places: TypeAlias = npt.NDArray[np.int64]
"""Row numbers, from 0."""


class Keys(NamedTuple):
    """Hashes of 16 bytes as two numbers each: the first and the last eight bytes."""

    first: npt.NDArray[np.uint64]
    last: npt.NDArray[np.uint64]


def keys_of(hashes: pa.Array | pa.ChunkedArray) -> Keys:
    """Hashes (binary of 16 bytes, none null) as numbers that compare as the bytes do."""
    array = hashes.combine_chunks() if isinstance(hashes, pa.ChunkedArray) else hashes
    fixed = array.cast(pa.binary(16))
    if len(fixed) == 0:
        return Keys(np.empty(0, np.uint64), np.empty(0, np.uint64))
    raw = np.frombuffer(fixed.buffers()[1], ">u8", 2 * len(fixed), fixed.offset * 16)
    return Keys(raw[::2].astype(np.uint64), raw[1::2].astype(np.uint64))


def order_of(keys: Keys, then: npt.NDArray[np.uint32] | None = None) -> Places:
    """The rows in ascending order of their keys, and of `then` where keys are equal.

    Rows that are equal in all of that stay in their order.
    """
    order = np.argsort(keys.first)
    first = keys.first[order]
    same = first[1:] == first[:-1]
    if same.any():
        # Few rows begin alike, so that only these are sorted by the rest as well.
        tied = np.zeros(len(order), np.bool_)
        tied[1:] |= same
        tied[:-1] |= same
        rows = order[tied]
        numbers = np.zeros(len(rows), np.uint32) if then is None else then[rows]
        order[tied] = rows[np.lexsort((rows, numbers, keys.last[rows], keys.first[rows]))]
    return order
