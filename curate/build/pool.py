"""Contents by hash, wherever they lie: in the cache, or in the store's segments."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curate.build.arrow_file import ARROW, read_arrow
from curate.build.cache import Cache
from curate.record import WORKING
from curate.store.catalog import Connection, table_of
from curate.store.parquet import ROWS, parquet_sql
from curate.store.segments import PAYLOAD

ROW_BITS: Final = 32
"""A place is the number of a file, shifted by so many bits, and a row of it."""

_PLACES: Final = pa.schema([("hash", pa.binary(16)), ("place", pa.int64())])


class LostContentError(Exception):
    """The cache knows of contents that are nowhere any more."""


class Piece(NamedTuple):
    """Rows of one file of contents, ascending; a row may come several times."""

    path: Path
    rows: npt.NDArray[np.int64]


class Slice(NamedTuple):
    """Contents for one task: where they are, and what the task is told of each."""

    pieces: tuple[Piece, ...]
    told: pa.Table


def cached_contents(cache: Cache) -> list[Path]:
    """The files of contents that may not be stored: read, made by edits, or by expansions."""
    read = cache.group("read").glob(f"*/records/*{ARROW}")
    made = cache.group("expanded").glob(f"*/*{ARROW}")
    return sorted([*read, *cache.group("steps").glob(f"*/contents{ARROW}"), *made])


def pool(cache: Cache) -> list[Path]:
    """All files of contents; those of the cache, which are quicker to read, come first."""
    return [*cached_contents(cache), *cache.stored("segment")]


def slices(
    connection: Connection, files: Sequence[Path], wanted: str, batch_size: int
) -> list[Slice]:
    """Find contents, and cut them into tasks of at most `batch_size` rows.

    `wanted` is a table with a column `hash`; its rows are what tasks are told, in the order of
    their contents. Raises `LostContentError` where a content is in none of the files.
    """
    located = _located(connection, files, wanted)
    places = located.column("place").to_numpy()
    told = located.drop_columns(["place"])
    return [
        Slice(_pieces(files, places[start : start + batch_size]), told.slice(start, batch_size))
        for start in range(0, len(places), batch_size)
    ]


def contents(pieces: Sequence[Piece]) -> pa.RecordBatch:
    """The contents of pieces as one batch (schema `segments.PAYLOAD`), row for row."""
    table = pa.concat_tables([_rows_of(piece) for piece in pieces])
    return single_batch(table)


def single_batch(table: pa.Table) -> pa.RecordBatch:
    """A table as one batch, also where it has no rows."""
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)


def as_working(batch: pa.RecordBatch, told: pa.Table | None = None) -> pa.RecordBatch:
    """Contents in the schema `record.WORKING`; where a record was read is not told to operators.

    Columns that are in `told` (such as `id` and `source`) are taken from there, `copy` is 0, and
    all others are null.
    """
    columns: dict[str, pa.Array] = {name: batch.column(name) for name in PAYLOAD.names}
    columns["copy"] = pa.array(np.zeros(len(batch), np.int32))
    if told is not None:
        for name in ("id", "source"):
            columns[name] = told.column(name).combine_chunks().cast(WORKING.field(name).type)
    arrays = [columns.get(field.name, pa.nulls(len(batch), field.type)) for field in WORKING]
    return pa.RecordBatch.from_arrays(arrays, schema=WORKING)


def without_origin(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Records as operators are given them, who must not know where one was read."""
    hidden = ("copy", "split", "file", "line")
    columns = {name: batch.column(name) for name in WORKING.names if name not in hidden}
    columns["copy"] = pa.array(np.zeros(len(batch), np.int32))
    arrays = [columns.get(field.name, pa.nulls(len(batch), field.type)) for field in WORKING]
    return pa.RecordBatch.from_arrays(arrays, schema=WORKING)


def places_of(files: Sequence[Path]) -> pa.Table:
    """Where each content lies of those files that are mapped: `hash` and `place`."""
    tables = [_PLACES.empty_table()]
    for number, path in enumerate(files):
        if path.suffix == ARROW:
            hashes = read_arrow(path).column("hash")
            places = np.arange(len(hashes), dtype=np.int64) + (number << ROW_BITS)
            tables.append(pa.table([hashes, places], schema=_PLACES))
    return pa.concat_tables(tables)


def _located(connection: Connection, files: Sequence[Path], wanted: str) -> pa.Table:
    decoded = [(str(path), n) for n, path in enumerate(files) if path.suffix != ARROW]
    names, numbers = zip(*decoded, strict=True) if decoded else ((), ())
    connection.register("pool_files", pa.table([names, numbers], schema=_NUMBERED))
    connection.register("pool_places", places_of(files))
    source = "SELECT hash, place FROM pool_places"
    if decoded:
        source += (
            f" UNION ALL SELECT hash, (number << {ROW_BITS}) + file_row_number AS place "
            f"FROM {parquet_sql(names, *ROWS)} JOIN pool_files USING (filename)"
        )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE places AS SELECT hash, min(place) AS place "
        f"FROM ({source}) SEMI JOIN {wanted} USING (hash) GROUP BY hash"
    )
    found = table_of(
        connection,
        f"SELECT p.place, w.* FROM {wanted} w LEFT JOIN places p USING (hash) ORDER BY p.place",
    )
    connection.unregister("pool_files")
    connection.unregister("pool_places")
    connection.execute("DROP TABLE places")
    if found.column("place").null_count:
        raise LostContentError(f"{found.column('place').null_count} contents")
    return found


_NUMBERED = pa.schema([("filename", pa.string()), ("number", pa.int64())])


def _pieces(files: Sequence[Path], places: npt.NDArray[np.int64]) -> tuple[Piece, ...]:
    numbers, rows = places >> ROW_BITS, places & ((1 << ROW_BITS) - 1)
    firsts = np.flatnonzero(np.diff(numbers, prepend=-1))
    return tuple(
        Piece(files[int(numbers[first])], part)
        for first, part in zip(firsts, np.split(rows, firsts[1:]), strict=True)
    )


def _rows_of(piece: Piece) -> pa.Table:
    if piece.path.suffix == ARROW:
        return _taken(read_arrow(piece.path), piece.rows)
    return _rows_of_groups(piece)


def _rows_of_groups(piece: Piece) -> pa.Table:
    """Read only the row groups in which the rows are."""
    with pq.ParquetFile(piece.path) as file:
        sizes = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
        ends = np.cumsum(sizes)
        group_of = np.searchsorted(ends, piece.rows, side="right")
        groups = np.unique(group_of)
        table = file.read_row_groups(groups.tolist(), columns=PAYLOAD.names)
    read_before = np.zeros(len(sizes) + 1, np.int64)
    read_before[groups + 1] = np.asarray(sizes)[groups]
    shift = np.cumsum(read_before)[:-1] - (ends - sizes)
    return _taken(table.select(PAYLOAD.names).cast(PAYLOAD), piece.rows + shift[group_of])


def _taken(table: pa.Table, rows: npt.NDArray[np.int64]) -> pa.Table:
    if len(rows) == len(table) and (rows == np.arange(len(rows))).all():
        return table
    return pa.table(single_batch(table).take(pa.array(rows)))


def distinct(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The rows of a batch with a hash that no row before them has."""
    codes = pc.dictionary_encode(batch.column("hash")).indices.to_numpy()
    _, first = np.unique(codes, return_index=True)
    return batch if len(first) == len(batch) else batch.take(pa.array(np.sort(first)))
