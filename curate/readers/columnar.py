"""Parquet and Arrow (files, streams, and what `datasets` saves), as plain Python rows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from curate.errors import InputError
from curate.readers.entry import Entry
from curate.recipe.source import FileFormat

_HELD_BYTES: Final = 64 * 2**20


def columnar_entries(path: Path, name: str, kind: FileFormat, size: int) -> Iterator[Entry]:
    """Each row, numbered from 1; `size` is how many rows are held at once."""
    batches = _parquet(path, size) if kind == "parquet" else _arrow(path, size)
    number = 0
    try:
        for batch in batches:
            for value in _rows(batch):
                number += 1
                if isinstance(value, str):
                    yield Entry(number, None, None, value)
                else:
                    yield Entry(number, value, None)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise InputError(
            name, f"not readable as {kind} after {number} rows: {error}", "Fetch or write it again"
        ) from error


def _parquet(path: Path, size: int) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(path) as file:
        groups = (file.metadata.row_group(index) for index in range(file.num_row_groups))
        widest = max(
            (group.total_byte_size / max(group.num_rows, 1) for group in groups), default=0
        )
        yield from file.iter_batches(_rows_at_once(size, widest))


def _arrow(path: Path, size: int) -> Iterator[pa.RecordBatch]:
    with pa.memory_map(str(path)) as source:
        for batch in _arrow_batches(source):
            rows = _rows_at_once(size, batch.nbytes / max(len(batch), 1))
            for start in range(0, len(batch), rows):
                yield batch.slice(start, rows)


def _rows_at_once(size: int, row_bytes: float) -> int:
    """How many rows are held at once, so that long documents do not fill memory."""
    return max(1, min(size, int(_HELD_BYTES / max(row_bytes, 1))))


def _arrow_batches(source: pa.MemoryMappedFile) -> Iterator[pa.RecordBatch]:
    is_file = source.read_at(6, 0) == b"ARROW1"
    if not is_file:
        yield from pa.ipc.open_stream(source)
        return
    reader = pa.ipc.open_file(source)
    for index in range(reader.num_record_batches):
        yield reader.get_batch(index)


def _rows(batch: pa.RecordBatch) -> Iterator[dict[str, Any] | str]:
    """Each row, or the reason why it has no plain values."""
    plain = batch.cast(pa.schema([_plain_field(field) for field in batch.schema]))
    try:
        yield from plain.to_pylist()
    except UnicodeDecodeError:
        for index in range(len(plain)):
            yield _single_row(plain.slice(index, 1))


def _single_row(batch: pa.RecordBatch) -> dict[str, Any] | str:
    try:
        row: dict[str, Any] = batch.to_pylist()[0]
    except UnicodeDecodeError:
        return "a text is not valid UTF-8"
    return row


def _plain_field(field: pa.Field) -> pa.Field:
    return field.with_type(_plain(field.type)).remove_metadata()


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type whose values are JSON: dates, times and decimals become their text."""
    if isinstance(kind, pa.UuidType):
        return kind
    if isinstance(kind, pa.BaseExtensionType):
        return _plain(kind.storage_type)
    if pa.types.is_dictionary(kind):
        return _plain(kind.value_type)
    if pa.types.is_duration(kind):
        return pa.int64()
    if pa.types.is_temporal(kind) or pa.types.is_decimal(kind):
        return pa.string()
    if pa.types.is_map(kind):
        return pa.map_(_plain(kind.key_type), _plain(kind.item_type))
    if pa.types.is_large_list(kind):
        return pa.large_list(_plain_field(kind.value_field))
    if pa.types.is_list(kind):
        return pa.list_(_plain_field(kind.value_field))
    if pa.types.is_struct(kind):
        return pa.struct([_plain_field(kind.field(index)) for index in range(kind.num_fields)])
    return kind
