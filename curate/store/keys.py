"""Ids and hashes as numbers, which are compared and sorted far faster than bytes."""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Places: TypeAlias = npt.NDArray[np.int64]
"""Row numbers, from 0."""

Copies: TypeAlias = npt.NDArray[np.uint32]
"""What tells rows of equal keys apart."""

Words: TypeAlias = npt.NDArray[np.uint64]
"""Hashes of 16 bytes as rows of two numbers: good to tell whether two are equal, no more."""

_HALF: Final = np.uint64(32)
_DIGIT: Final = np.uint32(16)

ABSENT: Final = -1
"""The place of what is not there."""


class Keys(NamedTuple):
    """Hashes of 16 bytes as two numbers each: the first and the last eight bytes."""

    first: npt.NDArray[np.uint64]
    last: npt.NDArray[np.uint64]

    def take(self, rows: Places) -> "Keys":
        """Those of some rows."""
        return Keys(self.first.take(rows), self.last.take(rows))


def keys_of(hashes: pa.Array | pa.ChunkedArray) -> Keys:
    """Hashes (binary of 16 bytes, none null) as numbers that compare as the bytes do."""
    return keys_in(words_of(hashes))


def keys_in(words: Words) -> Keys:
    """The same of hashes as they lie."""
    raw = words.view(">u8")
    return Keys(raw[:, 0].astype(np.uint64), raw[:, 1].astype(np.uint64))


def words_of(hashes: pa.Array | pa.ChunkedArray) -> Words:
    """Hashes (binary of 16 bytes, none null) as they lie, in one piece."""
    chunks = hashes.chunks if isinstance(hashes, pa.ChunkedArray) else [hashes]
    pieces = [_words_of_array(chunk) for chunk in chunks if len(chunk)]
    if not pieces:
        return np.empty((0, 2), np.uint64)
    # numpy has large arrays in large pages of memory, which Arrow has not.
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


def _words_of_array(array: pa.Array) -> Words:
    fixed = array.cast(pa.binary(16))
    flat = np.frombuffer(fixed.buffers()[1], np.uint64, 2 * len(fixed), fixed.offset * 16)
    return flat.reshape(-1, 2)


def is_ascending(order: Places) -> bool:
    """Whether rows are in order already."""
    return bool((order[1:] > order[:-1]).all())


def order_of(keys: Keys, then: Copies | None = None) -> Places:
    """The rows in ascending order of their keys, and of `then` where keys are equal.

    Rows that are equal in all of that stay in their order.
    """
    if (keys.first[1:] > keys.first[:-1]).all():
        return np.arange(len(keys.first))
    begins = (keys.first >> _HALF).astype(np.uint32)
    order = _by_beginning(begins)
    begins = begins.take(order)
    same = begins[1:] == begins[:-1]
    if same.any():
        # Few rows begin alike, so that only these are sorted by the rest as well.
        tied = np.zeros(len(order), np.bool_)
        tied[1:] |= same
        tied[:-1] |= same
        rows = order[tied]
        numbers = np.zeros(len(rows), np.uint32) if then is None else then[rows]
        order[tied] = rows[np.lexsort((rows, numbers, keys.last[rows], keys.first[rows]))]
    return order


def _by_beginning(begins: npt.NDArray[np.uint32]) -> Places:
    """The rows in ascending order of numbers; equals stay in their order."""
    # Of 16 bits numpy sorts by their digits, which twice is far faster than to compare.
    order = np.argsort(begins.astype(np.uint16), kind="stable")
    high = (begins >> _DIGIT).astype(np.uint16).take(order)
    return order.take(np.argsort(high, kind="stable"))


def find_keys(keys: Keys, among: Keys, copies: tuple[Copies, Copies] | None = None) -> Places:
    """Where each key stands among ascending ones, or `ABSENT`; among equals the first.

    With `copies`, of the keys and of those among which they are looked for, pairs are looked for.
    """
    count = len(among.first)
    if count == 0:
        return np.full(len(keys.first), ABSENT, np.int64)
    found = np.searchsorted(among.first, keys.first)
    # Beyond the end all are lower, so that the last one does not begin alike.
    at = np.minimum(found, count - 1).astype(np.int64)
    alike = among.first.take(at) == keys.first
    same = alike & (among.last.take(at) == keys.last)
    if copies is not None:
        same &= copies[1].take(at) == copies[0]
    # The search gives the first of those that begin alike; where it is another, the next is tried.
    on = np.flatnonzero(alike & ~same)
    while len(on):
        at[on] += 1
        on = on[at[on] < count]
        on = on[among.first[at[on]] == keys.first[on]]
        same[on] = among.last[at[on]] == keys.last[on]
        if copies is not None:
            same[on] &= copies[1][at[on]] == copies[0][on]
        on = on[~same[on]]
    return np.where(same, at, ABSENT)
