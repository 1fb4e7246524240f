"""Payload segments: the content of records, each payload stored once, by its hash."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curate.record import CONTENT_FIELDS
from curate.store.catalog import Connection, synced, table_of
from curate.store.delta import StoredFile, files_sql
from curate.store.parquet import ROWS, parquet_sql

PAYLOAD: Final = pa.schema([pa.field("hash", pa.binary(16)), *CONTENT_FIELDS])

SEGMENT_BYTES: Final = 256 * 1024 * 1024
"""A segment is closed when its content reaches this size in memory."""

ROWS_IN_GROUP: Final = 20_000


def new_hashes(
    connection: Connection, folder: Path, parts: Iterable[Path], segments: list[str]
) -> dict[Path, pa.Table]:
    """Which rows of each part hold a payload that is not stored yet, each payload once.

    `parts` are Parquet files with a column `hash`. Returns for each part a table with the column
    `row` (from 0), sorted; parts with nothing new are left out.
    """
    paths = list(parts)
    if not paths:
        return {}
    stored = f"AND hash NOT IN (SELECT hash FROM {files_sql(folder, segments)})" if segments else ""
    found = table_of(
        connection,
        "SELECT filename, file_row_number AS row FROM ("
        " SELECT hash, filename, file_row_number,"
        "  row_number() OVER (PARTITION BY hash ORDER BY filename, file_row_number) AS seen"
        f" FROM {parquet_sql(paths, *ROWS)}"
        f") WHERE seen = 1 {stored} ORDER BY filename, row",
    )
    by_name = cut_by(found, "filename")
    return {Path(name): rows.select(["row"]) for name, rows in by_name.items()}


def cut_by(table: pa.Table, column: str) -> dict[str, pa.Table]:
    """Cut a table that is sorted by a column into the rows of each of its values."""
    cut: dict[str, pa.Table] = {}
    start = 0
    for counted in pc.value_counts(table.column(column)).to_pylist():
        cut[counted["values"]] = table.slice(start, counted["counts"])
        start += counted["counts"]
    return cut


def write_segments(folder: Path, rows: dict[Path, pa.Table], token: str) -> Iterator[StoredFile]:
    """Write the payloads of the given rows of parts into new segments; yield each segment.

    Memory holds one part at a time.
    """
    home = folder / "segments"
    home.mkdir(parents=True, exist_ok=True)
    writer: pq.ParquetWriter | None = None
    name, held, count, number = "", 0, 0, 0
    for part in sorted(rows):
        table = pq.read_table(part, columns=PAYLOAD.names).take(rows[part].column("row"))
        if writer is None:
            digest = hashlib.sha256(f"{token}/{number}".encode()).hexdigest()[:24]
            name, held, count, number = f"segments/{digest}.parquet", 0, 0, number + 1
            writer = pq.ParquetWriter(
                folder / name, PAYLOAD, compression="zstd", compression_level=1
            )
        writer.write_table(table.cast(PAYLOAD), row_group_size=ROWS_IN_GROUP)
        held, count = held + table.nbytes, count + len(table)
        if held >= SEGMENT_BYTES:
            writer.close()
            yield _finished(folder, name, count)
            writer = None
    if writer is not None:
        writer.close()
        yield _finished(folder, name, count)


def _finished(folder: Path, name: str, records: int) -> StoredFile:
    synced(folder / name)
    size = (folder / name).stat().st_size
    return StoredFile("segment", name, "", 0, True, records, size)
