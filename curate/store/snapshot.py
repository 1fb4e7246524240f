"""The snapshot id (docs/format.md, "Snapshot")."""

import hashlib
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.store.keys import Places, keys_of, order_of

DEFAULT_SPLIT: Final = "train"
"""The split of members that no step gave one."""

ROWS: Final = 100_000
"""Members that are encoded at a time."""

_ID, _COPY, _HASH, _LENGTH = slice(0, 16), slice(16, 20), slice(20, 36), 36
_WIDTH = _LENGTH + 1
"""Bytes of a member but for the name of its split, which comes last."""

Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.uint32]


def snapshot_id(members: pa.Table, order: Places | None = None) -> str:
    """Name a set of members: 64 hex digits of SHA-256.

    `members` has the columns id, copy, hash and split in any order of rows; `order` is their rows
    sorted by (id, copy), where that is known. A null split counts as `train`.
    """
    ids, hashes = (members.column(name).combine_chunks().cast(pa.binary(16)) for name in _KEYS)
    copies = members.column("copy").to_numpy().astype("<u4")
    order = order_of(keys_of(ids), copies) if order is None else order
    raw_ids, raw_hashes = _raw(ids), _raw(hashes)
    splits = _Splits(members.column("split"))
    sha = hashlib.sha256(b"curate.snapshot.1")
    for start in range(0, len(order), ROWS):
        rows = order[start : start + ROWS]
        fixed = (raw_ids.take(rows, axis=0), copies.take(rows), raw_hashes.take(rows, axis=0))
        sha.update(splits.encoded(*fixed, rows).data)
    return sha.hexdigest()


_KEYS: Final = ("id", "hash")


def _raw(values: pa.Array) -> Bytes:
    """The bytes of values of sixteen, one row each."""
    if len(values) == 0:
        return np.empty((0, 16), np.uint8)
    flat = np.frombuffer(values.buffers()[1], np.uint8, 16 * len(values), values.offset * 16)
    return flat.reshape(-1, 16)


class _Splits:
    """The splits of members, of which there are few, with their names as the id covers them."""

    def __init__(self, splits: pa.ChunkedArray) -> None:
        filled = pc.fill_null(splits, DEFAULT_SPLIT) if splits.null_count else splits
        named = filled.combine_chunks().dictionary_encode()
        names = [name.encode() for name in named.dictionary.to_pylist()]
        self._of_row = named.indices.to_numpy()
        self._lengths = np.array([len(name) for name in names], np.uint8)
        longest = max(map(len, names), default=0)
        padded = b"".join(name.ljust(longest) for name in names)
        self._names = np.frombuffer(padded, np.uint8).reshape(len(names), longest)
        self._used = np.arange(_WIDTH + longest) < _WIDTH + self._lengths[:, None].astype(int)

    def encoded(self, ids: Bytes, copies: Numbers, hashes: Bytes, rows: Places) -> Bytes:
        """Some members, one after the other."""
        splits = self._of_row[rows]
        padded = np.empty((len(rows), self._used.shape[1]), np.uint8)
        padded[:, _ID], padded[:, _HASH] = ids, hashes
        padded[:, _COPY] = copies.view(np.uint8).reshape(-1, 4)
        padded[:, _LENGTH], padded[:, _WIDTH:] = self._lengths[splits], self._names[splits]
        # Where one split is all there is, nothing needs to be left out.
        return padded.ravel() if len(self._lengths) == 1 else padded[self._used[splits]]
