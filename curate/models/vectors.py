"""Vectors as a column of bytes: int16, little-endian, in units of 1 / 16,384."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Vectors = npt.NDArray[np.int16]
"""[records, dimensions]"""


def column_of(vectors: Vectors) -> pa.Array:
    """Vectors as a column of bytes (int16, little-endian), null where one is all zeros."""
    count, dimensions = vectors.shape
    content = pa.py_buffer(np.ascontiguousarray(vectors, "<i2"))
    kind = pa.binary(2 * dimensions) if dimensions else pa.binary()
    if not count or not dimensions:
        return pa.nulls(count, pa.binary())
    column = pa.Array.from_buffers(kind, count, [None, content]).cast(pa.binary())
    return pc.if_else(pa.array(vectors.any(axis=1)), column, pa.scalar(None, pa.binary()))


def vectors_of(column: pa.ChunkedArray) -> Vectors:
    """The vectors of a column without nulls."""
    parts = []
    for chunk in column.chunks:
        offsets = np.frombuffer(chunk.buffers()[1], np.int32)[chunk.offset :]
        first, last = int(offsets[0]), int(offsets[len(chunk)])
        data = np.frombuffer(chunk.buffers()[2], "<i2") if last else np.zeros(0, "<i2")
        if len(chunk):
            parts.append(data[first // 2 : last // 2].reshape(len(chunk), -1))
    return np.concatenate(parts).astype(np.int16, copy=False)
