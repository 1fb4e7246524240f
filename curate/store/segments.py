"""Payload segments: the content of records, each payload stored once, by its hash."""

import hashlib
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curate.record import CONTENT_FIELDS
from curate.store.catalog import synced
from curate.store.checksums import sha256_of
from curate.store.delta import StoredFile
from curate.store.keys import Places
from curate.store.sizes import SIZES, sizes_of
from curate.store.wanted import Wanted

PAYLOAD: Final = pa.schema([pa.field("hash", pa.binary(16)), *CONTENT_FIELDS])

SEGMENT: Final = pa.schema([*PAYLOAD, *SIZES])
"""The columns of a segment."""

SEGMENT_BYTES: Final = 128 * 1024 * 1024
"""A segment is closed when its content reaches this size in memory."""

LEAST_BYTES: Final = 16 * 1024 * 1024
"""What is worth a segment of its own, where several threads could write."""

GROUP_BYTES: Final = 4 * 1024 * 1024
"""About what a row group decodes to: a reader in order of the members holds one of each segment."""

WRITERS: Final = max(1, min(4, os.cpu_count() or 1))

_REPEATING: Final = (
    *("license", "labels", "tools", "meta", "kind"),
    *(f"{c}.list.element.{p}" for c in ("messages", "rejected") for p in ("role", "name", "train")),
)
"""Columns of which the same values come again and again; a dictionary of texts is lost time."""

Part: TypeAlias = Path | pa.Table | pa.RecordBatch
"""Arrow, or a Parquet file, with `hash` and the content; other columns are ignored."""


def cut_by(table: pa.Table, column: str) -> dict[str, pa.Table]:
    """Cut a table that is sorted by a column into the rows of each of its values."""
    cut: dict[str, pa.Table] = {}
    start = 0
    for counted in pc.value_counts(table.column(column)).to_pylist():
        cut[counted["values"]] = table.slice(start, counted["counts"])
        start += counted["counts"]
    return cut


def write_payloads(
    folder: Path,
    parts: Iterable[Part],
    wanted: Wanted,
    token: str,
    first: tuple[str, int] = ("", 0),
) -> list[StoredFile]:
    """Write the wanted payloads of parts, each once, into new segments; return these.

    `first` are the dataset and the number of the version that is the first to have them all.
    Each segment lies in the order of `wanted`. Memory holds one row group of a file at a time, and
    for each of `WRITERS` threads about three times `SEGMENT_BYTES`.
    """
    (folder / "segments").mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(WRITERS) as pool:
        running: list[Future[StoredFile]] = []
        for number, (table, rows) in enumerate(_segments(_wanted_rows(parts, wanted))):
            # More than the threads can write would only wait, in memory.
            if len(running) >= WRITERS:
                running[len(running) - WRITERS].result()
            digest = hashlib.sha256(f"{token}/{number}".encode()).hexdigest()[:24]
            name = f"segments/{digest}.parquet"
            new = StoredFile("segment", name, *first, True, len(rows), 0)
            running.append(pool.submit(_write_segment, folder, new, table, rows))
        return [one.result() for one in running]


def _wanted_rows(parts: Iterable[Part], wanted: Wanted) -> Iterator[tuple[pa.Table, Places]]:
    """The wanted payloads of each part, and the place of each."""
    for part in parts:
        if isinstance(part, Path):
            yield from _wanted_of_file(part, wanted)
        else:
            yield from _wanted_of_table(part, wanted)


def _wanted_of_table(
    part: pa.Table | pa.RecordBatch, wanted: Wanted
) -> Iterator[tuple[pa.Table, Places]]:
    """The same of what is in memory: to take rows costs most, so that threads do it ahead."""
    with ThreadPoolExecutor(WRITERS) as pool:
        ahead: deque[tuple[Future[pa.Table], Places]] = deque()
        for piece in _pieces(part):
            taken = wanted.take(piece.column("hash"))
            if len(taken.rows):
                ahead.append((pool.submit(_rows_of_piece, piece, taken.rows), taken.places))
            if len(ahead) > WRITERS:
                table, places = ahead.popleft()
                yield table.result(), places
        for table, places in ahead:
            yield table.result(), places


def _pieces(part: pa.Table | pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """A part piece by piece: all threads that write shall have some."""
    table = part if isinstance(part, pa.Table) else pa.Table.from_batches([part])
    rows = max(1, len(table) * LEAST_BYTES // max(1, table.nbytes))
    yield from table.to_batches(max_chunksize=rows)


def _rows_of_piece(piece: pa.RecordBatch, rows: Places) -> pa.Table:
    """The payloads of some rows, ascending; without a copy where these are all."""
    payloads = piece.select(PAYLOAD.names)
    chosen = payloads if len(rows) == len(piece) else payloads.take(pa.array(rows))
    return pa.Table.from_batches([chosen])


def _wanted_of_file(path: Path, wanted: Wanted) -> Iterator[tuple[pa.Table, Places]]:
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            taken = wanted.take(file.read_row_group(group, ["hash"]).column("hash"))
            if len(taken.rows):
                yield _rows(file.read_row_group(group, PAYLOAD.names), taken.rows), taken.places


def _rows(table: pa.Table, rows: Places) -> pa.Table:
    """The same of a table, which may be in several chunks."""
    payloads = table.select(PAYLOAD.names)
    if len(rows) == len(table):
        return payloads
    # To take rows of a table in several chunks Arrow would copy it whole first.
    chosen = np.zeros(len(table), np.bool_)
    chosen[rows] = True
    return payloads.filter(pa.array(chosen))


def _segments(chosen: Iterable[tuple[pa.Table, Places]]) -> Iterator[tuple[pa.Table, Places]]:
    """Gather payloads to segments: a table, and the rows of it that one has, in their order."""
    tables: list[pa.Table] = []
    places: list[Places] = []
    held = 0
    for table, own in chosen:
        tables.append(table.cast(PAYLOAD))
        places.append(own)
        held += table.nbytes
        if held >= SEGMENT_BYTES:
            yield _gathered(tables, places)
            held = 0
    if tables:
        rest, order = _gathered(tables, places)
        # No thread shall wait for the one that writes what is left.
        for rows in np.array_split(order, max(1, min(WRITERS, held // LEAST_BYTES))):
            yield rest, rows


def _gathered(tables: list[pa.Table], places: list[Places]) -> tuple[pa.Table, Places]:
    """One table in one piece, as to take rows of many is slow, and its rows in their order.

    The lists are empty then, so that what is written meanwhile has the memory.
    """
    table, order = pa.concat_tables(tables).combine_chunks(), np.argsort(np.concatenate(places))
    tables.clear()
    places.clear()
    return table, order


def segment_writer(path: Path, group_rows: int) -> pq.ParquetWriter:
    """A writer of a segment whose row groups have so many rows at most; schema `SEGMENT`."""
    return pq.ParquetWriter(
        path,
        SEGMENT,
        compression="zstd",
        compression_level=1,
        use_dictionary=list(_REPEATING),
        # By it a reader of a few payloads knows of each row group whether it can have any.
        bloom_filter_options={"hash": {"ndv": group_rows, "fpp": 0.01}},
    )


def _write_segment(folder: Path, new: StoredFile, table: pa.Table, rows: Places) -> StoredFile:
    path = folder / new.path
    group = max(1, len(table) * GROUP_BYTES // max(1, table.nbytes))
    with segment_writer(path, min(group, len(rows))) as writer:
        for start in range(0, len(rows), group):
            for batch in table.take(rows[start : start + group]).combine_chunks().to_batches():
                columns = [*batch.columns, *sizes_of(batch).columns]
                writer.write_table(pa.table(columns, schema=SEGMENT))
    synced(path)
    return new._replace(bytes=path.stat().st_size, sha256=sha256_of(path))
