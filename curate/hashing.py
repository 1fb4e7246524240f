"""The hash of content, and identity (docs/format.md, "Hash" and "Identity").

A record's canonical form is a run of length-prefixed fields. It is assembled for a whole batch by
Arrow.
"""

import hashlib
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.record import CONTENT, MESSAGE
from curate.sha256 import sha256_each

NULL_LENGTH = 0xFFFF_FFFF_FFFF_FFFF
"""The length written for a null, which no field can have."""

_NULL = NULL_LENGTH.to_bytes(8, "little")

Part: TypeAlias = pa.Array | bytes
"""A part of the canonical form: of each row, or the same in all."""

HASH_BYTES = 16

_RECORD_ID = b"curate.id.1"


def digest(*parts: bytes) -> bytes:
    """128 bits of SHA-256 over length-prefixed parts, so that no two lists of parts collide.

    >>> digest(b"ab", b"c") == digest(b"a", b"bc")
    False
    """
    sha = hashlib.sha256()
    for part in parts:
        sha.update(len(part).to_bytes(8, "little"))
        sha.update(part)
    return sha.digest()[:HASH_BYTES]


def record_id(source: str, key: bytes, ordinal: int = 0) -> bytes:
    """Identity from the source's name and the key (or the whole record as read).

    `ordinal` counts up among equals; the first has 0.
    """
    first = digest(_RECORD_ID, source.encode(), key)
    return first if ordinal == 0 else id_of_equal(first, ordinal)


def record_ids(source: str, keys: pa.StringArray | pa.LargeBinaryArray) -> pa.Array:
    """The same for each of some keys (no nulls), with ordinal 0: fixed 16-byte binaries."""
    named = b"".join(
        part
        for text in (_RECORD_ID, source.encode())
        for part in (len(text).to_bytes(8, "little"), text)
    )
    lengths = pc.binary_length(keys).cast(pa.uint64()).to_numpy(zero_copy_only=False)
    parts = [named, _fixed(lengths), keys.cast(pa.large_binary())]
    return _digest_each(_concatenate(parts, len(keys)))


def id_of_equal(first: bytes, ordinal: int) -> bytes:
    """Identity of a further record with the same source and key as the one called `first`."""
    return digest(b"curate.id.1.again", first, ordinal.to_bytes(8, "little"))


def hash_batch(batch: pa.RecordBatch | pa.Table) -> pa.Array:
    """Hash the content of each record of a batch.

    Returns an Arrow array of fixed 16-byte binaries, one per row. Columns that are not content
    (id, source, file, line, split) have no influence.
    """
    return _digest_each(canonical_bytes(batch))


def hash_texts(texts: pa.Array) -> pa.Array:
    """Hash each text of a string array: the key under which a signal is stored.

    A null text hashes to null.
    """
    return _digest_each(texts.cast(pa.large_binary()))


def _digest_each(values: pa.LargeBinaryArray) -> pa.Array:
    """The digest of each value, null where it is null."""
    data = np.frombuffer(values.buffers()[2] or b"", np.uint8)
    # All at once: to cut each would cost half as much as to make it.
    cut = sha256_each(data, _offsets_of(values))[:, :HASH_BYTES].copy()
    digests = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(HASH_BYTES), len(values), [None, pa.py_buffer(cut)]
    )
    if not values.null_count:
        return digests
    return pc.if_else(values.is_valid(), digests, pa.scalar(None, pa.binary(HASH_BYTES)))


def canonical_bytes(batch: pa.RecordBatch | pa.Table) -> pa.LargeBinaryArray:
    """The canonical form of each record's content (docs/format.md, "Hash")."""
    parts: list[Part] = []
    for field in CONTENT:
        column = batch.column(field.name)
        array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        parts.extend(_field_parts(array))
    return _concatenate(parts, len(batch))


def _field_parts(array: pa.Array) -> list[Part]:
    if pa.types.is_boolean(array.type):
        return [_byte_of(array)]
    if pa.types.is_integer(array.type):
        return [_fixed(pc.fill_null(array, 0).to_numpy(zero_copy_only=False))]
    if pa.types.is_list(array.type):
        if _is_nothing(array):
            return [_NULL]
        counts = pc.fill_null(pc.list_value_length(array).cast(pa.uint64()), NULL_LENGTH)
        return [_fixed(counts.to_numpy(zero_copy_only=False)), _joined_messages(array)]
    return _text_parts(array)


def _is_nothing(array: pa.Array) -> bool:
    """Whether there are nulls alone, which need not be written one by one."""
    return bool(array.null_count == len(array))


def _text_parts(array: pa.Array) -> list[Part]:
    if _is_nothing(array):
        return [_NULL]
    lengths = pc.binary_length(array).cast(pa.uint64())
    filled = pc.fill_null(lengths, pa.scalar(NULL_LENGTH, pa.uint64()))
    return [_fixed(filled.to_numpy(zero_copy_only=False)), array.cast(pa.large_binary())]


def _joined_messages(array: pa.ListArray) -> pa.Array:
    """The messages of each row, encoded and joined; a null list joins to nothing."""
    turns = array.flatten()
    parts: list[Part] = []
    for position, field in enumerate(MESSAGE):
        child = pc.struct_field(turns, [position])
        parts.extend([_byte_of(child)] if pa.types.is_boolean(field.type) else _text_parts(child))
    encoded = _concatenate(parts, len(turns))
    lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
    offsets = np.zeros(len(array) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    starts = _offsets_of(encoded)[offsets]
    return pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), len(array), [None, pa.py_buffer(starts), encoded.buffers()[2]]
    )


def _offsets_of(array: pa.LargeBinaryArray) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    if len(array) == 0:
        return np.zeros(1, np.int64)
    return np.frombuffer(array.buffers()[1], np.int64, len(array) + 1, array.offset * 8)


def _concatenate(parts: list[Part], rows: int) -> pa.LargeBinaryArray:
    """Each row's parts one behind the other; bytes stand in every row."""
    joined: list[Part] = [b""]
    for part in parts:
        if isinstance(part, bytes) and isinstance(joined[-1], bytes):
            joined[-1] += part
        else:
            joined.append(part)
    binary = pa.large_binary()
    values = [pa.scalar(part, binary) if isinstance(part, bytes) else part for part in joined]
    if len(values) == 1:
        return pa.repeat(values[0], rows)
    return pc.binary_join_element_wise(
        *values, pa.scalar(b"", binary), null_handling="replace", null_replacement=b""
    )


def _fixed(numbers: "np.ndarray[tuple[int], np.dtype[np.uint64]]") -> pa.Array:
    """Each number as 8 little-endian bytes."""
    raw = pa.py_buffer(np.ascontiguousarray(numbers, "<u8"))
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(8), len(numbers), [None, raw]).cast(
        pa.large_binary()
    )


def _byte_of(array: pa.Array) -> Part:
    """One byte a value: 0 false, 1 true, 2 null."""
    if _is_nothing(array):
        return b"\2"
    codes = pc.fill_null(array.cast(pa.uint8()), 2).to_numpy(zero_copy_only=False)
    raw = pa.py_buffer(np.ascontiguousarray(codes, np.uint8))
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(1), len(codes), [None, raw]).cast(
        pa.large_binary()
    )
