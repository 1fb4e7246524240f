"""Payload segments: the content of records, each payload stored once, by its hash."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curate.record import CONTENT_FIELDS
from curate.store.catalog import synced
from curate.store.delta import StoredFile
from curate.store.wanted import Wanted

PAYLOAD: Final = pa.schema([pa.field("hash", pa.binary(16)), *CONTENT_FIELDS])

SEGMENT_BYTES: Final = 256 * 1024 * 1024
"""A segment is closed when its content reaches this size in memory."""

ROWS_IN_GROUP: Final = 20_000


def cut_by(table: pa.Table, column: str) -> dict[str, pa.Table]:
    """Cut a table that is sorted by a column into the rows of each of its values."""
    cut: dict[str, pa.Table] = {}
    start = 0
    for counted in pc.value_counts(table.column(column)).to_pylist():
        cut[counted["values"]] = table.slice(start, counted["counts"])
        start += counted["counts"]
    return cut


def write_payloads(
    folder: Path, parts: Iterable[Path | pa.Table | pa.RecordBatch], wanted: Wanted, token: str
) -> Iterator[StoredFile]:
    """Write the wanted payloads of parts, each once, into new segments; yield each segment.

    A part is an Arrow table or a Parquet file with `hash` and the content. Memory holds one at a
    time; of a file with nothing wanted only the hashes are read.
    """
    home = folder / "segments"
    home.mkdir(parents=True, exist_ok=True)
    writer: pq.ParquetWriter | None = None
    name, held, count, number = "", 0, 0, 0
    for table in _wanted_rows(parts, wanted):
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


def _wanted_rows(
    parts: Iterable[Path | pa.Table | pa.RecordBatch], wanted: Wanted
) -> Iterator[pa.Table]:
    for part in parts:
        if isinstance(part, Path):
            rows = wanted.take(pq.read_table(part, columns=["hash"]).column("hash"))
            if len(rows):
                yield pq.read_table(part, columns=PAYLOAD.names).take(rows)
            continue
        rows = wanted.take(part.column("hash"))
        if len(rows):
            given = part if isinstance(part, pa.Table) else pa.Table.from_batches([part])
            yield given.select(PAYLOAD.names).take(rows)


def _finished(folder: Path, name: str, records: int) -> StoredFile:
    synced(folder / name)
    size = (folder / name).stat().st_size
    return StoredFile("segment", name, "", 0, True, records, size)
