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
_SPLIT = _LENGTH + 1

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
    coded = splits.dictionary_encode()
    names = [name.encode() for name in coded.dictionary.to_pylist()]
    codes = coded.indices.to_numpy()
    sha = hashlib.sha256(b"curate.snapshot.1")
    for start in range(0, len(order), ROWS):
        rows = order[start : start + ROWS]
        own = (_raw(ids).take(rows, axis=0), copies[rows], _raw(hashes).take(rows, axis=0))
        sha.update(_encoded(*own, codes[rows], names))
    return sha.hexdigest()


def _raw(values: pa.Array) -> Bytes:
    """The bytes of values of sixteen, one row each."""
    if len(values) == 0:
        return np.empty((0, 16), np.uint8)
    flat = np.frombuffer(values.buffers()[1], np.uint8, 16 * len(values), values.offset * 16)
    return flat.reshape(-1, 16)


def _encoded(
    ids: Bytes,
    copies: npt.NDArray[np.uint32],
    hashes: Bytes,
    codes: npt.NDArray[np.int32],
    names: list[bytes],
) -> bytes:
    """The members as the id covers them, one after the other; `codes` choose among `names`."""
    lengths = np.array([len(name) for name in names], np.uint8)
    width = _SPLIT + int(lengths.max(initial=0))
    padded = b"".join(name.ljust(width - _SPLIT, b"\0") for name in names)
    matrix = np.empty((len(ids), width), np.uint8)
    matrix[:, _ID], matrix[:, _HASH], matrix[:, _LENGTH] = ids, hashes, lengths[codes]
    matrix[:, _COPY] = copies.view(np.uint8).reshape(-1, 4)
    table = np.array(bytearray(padded), np.uint8).reshape(len(names), width - _SPLIT)
    matrix[:, _SPLIT:] = table.take(codes, axis=0)
    if lengths.min(initial=0) == lengths.max(initial=0):
        return matrix.tobytes()
    return matrix[np.arange(width) < _SPLIT + lengths[codes, None]].tobytes()
