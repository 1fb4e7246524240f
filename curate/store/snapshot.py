"""The snapshot id (docs/format.md, "Snapshot")."""

import hashlib
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.store.keys import keys_of, order_of

DEFAULT_SPLIT: Final = "train"
"""The split of members that no step gave one."""

ROWS: Final = 100_000
"""Members that are encoded at a time."""

_ID, _COPY, _HASH, _LENGTH = slice(0, 16), slice(16, 20), slice(20, 36), 36
_WIDTH = _LENGTH + 1
"""Bytes of a member but for the name of its split, which comes last."""

Bytes = npt.NDArray[np.uint8]


def snapshot_id(members: pa.Table) -> str:
    """Name a set of members: 64 hex digits of SHA-256.

    `members` has the columns id, copy, hash and split in any order of rows; rows are sorted by
    (id, copy) first. A null split counts as `train`.
    """
    ids = members.column("id").combine_chunks().cast(pa.binary(16))
    hashes = members.column("hash").combine_chunks().cast(pa.binary(16))
    copies = members.column("copy").to_numpy().astype("<u4")
    splits = pc.fill_null(members.column("split"), DEFAULT_SPLIT).combine_chunks()
    order = order_of(keys_of(ids), copies)
    lengths = pc.binary_length(splits).to_numpy().astype(np.uint8)
    sha = hashlib.sha256(b"curate.snapshot.1")
    for start in range(0, len(order), ROWS):
        rows = order[start : start + ROWS]
        parts = (_raw(ids).take(rows, axis=0), copies[rows], _raw(hashes).take(rows, axis=0))
        sha.update(_encoded(*parts, lengths[rows], splits.take(pa.array(rows))))
    return sha.hexdigest()


def _raw(values: pa.Array) -> Bytes:
    """The bytes of values of sixteen, one row each."""
    if len(values) == 0:
        return np.empty((0, 16), np.uint8)
    flat = np.frombuffer(values.buffers()[1], np.uint8, 16 * len(values), values.offset * 16)
    return flat.reshape(-1, 16)


def _encoded(
    ids: Bytes, copies: npt.NDArray[np.uint32], hashes: Bytes, lengths: Bytes, splits: pa.Array
) -> bytes:
    """The members as the id covers them, one after the other."""
    fixed = np.empty((len(ids), _WIDTH), np.uint8)
    fixed[:, _ID], fixed[:, _HASH], fixed[:, _LENGTH] = ids, hashes, lengths
    fixed[:, _COPY] = copies.view(np.uint8).reshape(-1, 4)
    array = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(_WIDTH), len(fixed), [None, pa.py_buffer(fixed)]
    )
    joined = pc.binary_join_element_wise(array.cast(pa.binary()), splits.cast(pa.binary()), b"")
    start, stop = np.frombuffer(joined.buffers()[1], np.int32)[[0, len(joined)]]
    return bytes(memoryview(joined.buffers()[2])[start:stop])
