"""The snapshot id (docs/format.md, "Snapshot")."""

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

DEFAULT_SPLIT = "train"
"""The split of members that no step gave one."""


def snapshot_id(members: pa.Table) -> str:
    """Name a set of members: 64 hex digits of SHA-256.

    `members` has the columns id, copy, hash and split in any order of rows; rows are sorted by
    (id, copy) first. A null split counts as `train`.
    """
    table = members.select(["id", "copy", "hash", "split"])
    ordered = table.take(
        pc.sort_indices(
            table.set_column(0, "id", table.column("id").cast(pa.binary())),
            sort_keys=[("id", "ascending"), ("copy", "ascending")],
        )
    )
    sha = hashlib.sha256(b"curate.snapshot.1")
    for batch in ordered.to_batches(max_chunksize=100_000):
        sha.update(_encoded(batch))
    return sha.hexdigest()


def _encoded(batch: pa.RecordBatch) -> bytes:
    split = pc.fill_null(batch.column("split"), DEFAULT_SPLIT).cast(pa.binary())
    copies = batch.column("copy").to_numpy(zero_copy_only=False)
    lengths = pc.binary_length(split).to_numpy(zero_copy_only=False)
    joined = pc.binary_join_element_wise(
        batch.column("id").cast(pa.binary()),
        _fixed(np.ascontiguousarray(copies, "<u4"), 4),
        batch.column("hash").cast(pa.binary()),
        _fixed(np.ascontiguousarray(lengths, np.uint8), 1),
        split,
        b"",
    )
    return b"".join(joined.to_pylist())


def _fixed(numbers: "np.ndarray[tuple[int], np.dtype[np.unsignedinteger]]", width: int) -> pa.Array:
    raw = pa.py_buffer(numbers)
    array = pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), len(numbers), [None, raw])
    return array.cast(pa.binary())
