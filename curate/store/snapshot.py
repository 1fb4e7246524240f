"""The snapshot id (docs/format.md, "Snapshot")."""

import hashlib
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.store.keys import Copies, Places, Words, keys_in, order_of, words_of

DEFAULT_SPLIT: Final = "train"
"""The split of members that no step gave one."""

ROWS: Final = 32_768
"""Members that are encoded at a time: what is made of them stays in the processor's cache."""

_SIXTEEN: Final = np.dtype("V16")
"""What is moved as one."""

_NAME: Final = pa.dictionary(pa.int32(), pa.string())

Bytes = npt.NDArray[np.uint8]


class Covered(NamedTuple):
    """What the id of a snapshot covers of members, each in one piece, in any order of rows."""

    ids: Words
    copies: Copies
    hashes: Words
    splits: pa.DictionaryArray


def covered_of(members: pa.Table) -> Covered:
    """The columns id, copy, hash and split of members; a null split counts as `train`."""
    splits = members.column("split")
    filled = pc.fill_null(splits, DEFAULT_SPLIT) if splits.null_count else splits
    return Covered(
        words_of(members.column("id")),
        np.asarray(members.column("copy").to_numpy(), np.uint32),
        words_of(members.column("hash")),
        filled.cast(_NAME).unify_dictionaries().combine_chunks(),
    )


def snapshot_id(members: pa.Table) -> str:
    """Name a set of members: 64 hex digits of SHA-256.

    `members` has the columns id, copy, hash and split in any order of rows. A null split counts as
    `train`.
    """
    covered = covered_of(members)
    return id_of(covered, order_of(keys_in(covered.ids), covered.copies))


def id_of(covered: Covered, order: Places) -> str:
    """The same, where it is known in which order of rows members are sorted by (id, copy)."""
    ids, hashes = (words.view(_SIXTEEN).ravel() for words in (covered.ids, covered.hashes))
    splits = _Splits(covered.splits)
    sha = hashlib.sha256(b"curate.snapshot.1")
    encoded = splits.room(min(ROWS, len(order)))
    for start in range(0, len(order), ROWS):
        rows = order[start : start + ROWS]
        here = encoded[: len(rows)]
        here["id"], here["hash"] = ids.take(rows), hashes.take(rows)
        here["copy"] = covered.copies.take(rows)
        sha.update(splits.filled(here, rows).data)
    return sha.hexdigest()


class _Splits:
    """The splits of members, of which there are few, with their names as the id covers them."""

    def __init__(self, splits: pa.DictionaryArray) -> None:
        names = [name.encode() for name in splits.dictionary.to_pylist()]
        self._of_row = splits.indices.to_numpy()
        self._lengths = np.array([len(name) for name in names], np.uint8)
        self._longest = max(map(len, names), default=0)
        padded = b"".join(name.ljust(self._longest) for name in names)
        self._names = np.frombuffer(padded, np.uint8).reshape(len(names), self._longest)

    def room(self, rows: int) -> npt.NDArray[np.void]:
        """Room for members as the id covers them, with the split where there is but one."""
        layout = [
            *(("id", _SIXTEEN), ("copy", "<u4"), ("hash", _SIXTEEN)),
            *(("length", "u1"), ("name", "u1", (self._longest,))),
        ]
        room = np.empty(rows, np.dtype(layout))
        if len(self._lengths) == 1:
            room["length"], room["name"] = self._lengths[0], self._names[0]
        return room

    def filled(self, encoded: npt.NDArray[np.void], rows: Places) -> Bytes:
        """The bytes of some members, whose splits are filled in, one after the other."""
        raw: Bytes = encoded.view(np.uint8)
        if len(self._lengths) == 1:
            return raw
        splits = self._of_row[rows]
        encoded["length"], encoded["name"] = self._lengths[splits], self._names[splits]
        padded = raw.reshape(len(rows), encoded.itemsize)
        # What is behind a shorter name is no part of it.
        spare = self._longest - self._lengths.astype(int)
        used = np.arange(encoded.itemsize) < encoded.itemsize - spare[:, None]
        named: Bytes = padded[used[splits]]
        return named
