"""Which payloads are still to be written: hashes from which each is taken once."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from curate.store.keys import ABSENT, Keys, Places, Words, find_keys, keys_in, order_of, words_of

_BITS = 20
_LAST = np.uint64((1 << _BITS) - 1)
"""Of a million hashes wanted most values of so many bits are taken; of a change's, few."""


class Taken(NamedTuple):
    """Rows of a part, ascending, and the place at which the payload of each shall lie."""

    rows: Places
    places: Places


class Wanted:
    """Hashes of which each is given out once, at its first place."""

    def __init__(self, hashes: pa.Array | pa.ChunkedArray) -> None:
        """`hashes` come in the order in which their payloads shall lie; of equals one counts."""
        words = words_of(hashes)
        keys = keys_in(words)
        order = order_of(keys)
        first, last = keys.first[order], keys.last[order]
        distinct = np.ones(len(order), np.bool_)
        distinct[1:] = (first[1:] != first[:-1]) | (last[1:] != last[:-1])
        self._keys = Keys(first[distinct], last[distinct])
        self._place = order[distinct]
        self._left = np.ones(len(self._place), np.bool_)
        self._some = np.zeros(1 << _BITS, np.bool_)
        self._some[_bits_of(words)] = True

    def __len__(self) -> int:
        """How many have not been given out."""
        return int(np.count_nonzero(self._left))

    def take(self, hashes: pa.Array | pa.ChunkedArray) -> Taken:
        """The rows whose hash is wanted and was not given out before."""
        words = words_of(hashes)
        # Most rows of a new version are not wanted, which some bits tell already.
        likely = np.flatnonzero(self._some.take(_bits_of(words)))
        found = find_keys(keys_in(words.take(likely, axis=0)), self._keys)
        good = found != ABSENT
        good[good] = self._left[found[good]]
        rows, found = likely[good], found[good]
        _, firsts = np.unique(found, return_index=True)
        firsts.sort()
        self._left[found[firsts]] = False
        return Taken(rows[firsts], self._place[found[firsts]])

    def left(self) -> list[bytes]:
        """The hashes that have not been given out, sorted."""
        pairs = np.stack([self._keys.first[self._left], self._keys.last[self._left]], axis=1)
        return [pair.astype(">u8").tobytes() for pair in pairs]


def _bits_of(words: Words) -> Places:
    """Some bits of each hash, as a number."""
    return (words[:, 0] & _LAST).view(np.int64)
