"""Writers of single files, a batch at a time."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import IO, Protocol, cast

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from curate.export.rows import Row, json_line, record_json, trl_rows
from curate.record import WORKING

HEX_WORKING = pa.schema(
    [
        pa.field(field.name, pa.string()) if pa.types.is_fixed_size_binary(field.type) else field
        for field in WORKING
    ]
)
"""The record as exported: `id` and `hash` as 32 hex digits."""


class Writer(Protocol):
    """Takes batches of schema `WORKING`, in order."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Write the records of a batch."""

    def close(self) -> None:
        """Finish the file; called whether or not all was written."""


def open_text(path: Path, name: str) -> IO[bytes]:
    """Open a file to write; the ending of `name` chooses compression (.gz, .zst)."""
    if name.endswith(".gz"):
        # The name and time that gzip would store would make equal exports differ.
        return cast("IO[bytes]", _Gzip(path))
    if name.endswith(".zst"):
        return cast("IO[bytes]", zstandard.open(path, "wb"))
    return path.open("wb")


class _Gzip(gzip.GzipFile):
    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        super().__init__(filename="", mode="wb", fileobj=self._file, mtime=0)

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._file.close()


class LineWriter:
    """JSON Lines, of whole records or of TRL's rows."""

    def __init__(self, path: Path, name: str, rows: Callable[[pa.RecordBatch], list[Row]]) -> None:
        """`name` is the file's name in the end, which chooses compression."""
        self.file = open_text(path, name)
        self.rows = rows

    def write(self, batch: pa.RecordBatch) -> None:
        """Write a line for each record."""
        self.file.write(b"".join(json_line(row) for row in self.rows(batch)))

    def close(self) -> None:
        """Close the file."""
        self.file.close()


class ParquetWriter:
    """The record schema as Parquet, ids and hashes as hex digits."""

    def __init__(self, path: Path) -> None:
        """Create the file."""
        self.writer = pq.ParquetWriter(path, HEX_WORKING, compression="zstd")

    def write(self, batch: pa.RecordBatch) -> None:
        """Write a row group."""
        self.writer.write_batch(with_hex_ids(batch))

    def close(self) -> None:
        """Write the footer and close the file."""
        self.writer.close()


def with_hex_ids(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch of schema `WORKING` as one of schema `HEX_WORKING`."""
    columns = []
    for field in HEX_WORKING:
        column = batch.column(field.name)
        if field.name in ("id", "hash"):
            digits = [None if value is None else value.hex() for value in column.to_pylist()]
            column = pa.array(digits, pa.string())
        columns.append(column.cast(field.type))
    return pa.RecordBatch.from_arrays(columns, schema=HEX_WORKING)


def writer_of(format_name: str, path: Path, name: str) -> Writer:
    """The writer of a file format: `trl`, `jsonl` or `parquet`."""
    if format_name == "parquet":
        return ParquetWriter(path)
    rows = trl_rows if format_name == "trl" else _record_rows
    return LineWriter(path, name, rows)


def _record_rows(batch: pa.RecordBatch) -> list[Row]:
    return [record_json(row) for row in batch.to_pylist()]
