"""Which payloads are still to be written: a set of hashes from which each is taken once."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa


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


class Wanted:
    """Hashes of which each is given out once, at its first place."""

    def __init__(self, hashes: pa.Array | pa.ChunkedArray) -> None:
        """`hashes` are distinct, in any order."""
        keys = keys_of(hashes)
        order = np.lexsort((keys.last, keys.first))
        self._keys = Keys(keys.first[order], keys.last[order])
        self._left = np.ones(len(order), np.bool_)

    def __len__(self) -> int:
        """How many have not been given out."""
        return int(np.count_nonzero(self._left))

    def take(self, hashes: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.int64]:
        """The rows, ascending, whose hash is wanted and was not given out before."""
        places = self._places(keys_of(hashes))
        rows = np.flatnonzero(places >= 0)
        rows = rows[self._left[places[rows]]]
        _, firsts = np.unique(places[rows], return_index=True)
        rows = np.sort(rows[firsts])
        self._left[places[rows]] = False
        return rows

    def left(self) -> list[bytes]:
        """The hashes that have not been given out, sorted."""
        pairs = np.stack([self._keys.first[self._left], self._keys.last[self._left]], axis=1)
        return [pair.astype(">u8").tobytes() for pair in pairs]

    def _places(self, keys: Keys) -> npt.NDArray[np.int64]:
        """Where each key stands among the wanted, or -1."""
        count = len(self._keys.first)
        if count == 0:
            return np.full(len(keys.first), -1, np.int64)
        places = np.searchsorted(self._keys.first, keys.first).astype(np.int64)
        # Different hashes may begin alike: then the right one stands further on.
        while True:
            inside = np.minimum(places, count - 1)
            begins = (places < count) & (self._keys.first[inside] == keys.first)
            onward = begins & (self._keys.last[inside] < keys.last)
            if not onward.any():
                break
            places[onward] += 1
        found = begins & (self._keys.last[inside] == keys.last)
        return np.where(found, places, -1)
