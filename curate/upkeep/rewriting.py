"""Stored files written again without some of their rows; the old ones stay until a commit."""

import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from curate.store.catalog import Connection, connect, quoted, row_of, synced
from curate.store.delta import LEDGER, PARQUET, StoredFile, columns_sql
from curate.store.parquet import parquet_sql
from curate.store.segments import segment_writer
from curate.store.signals import hash_values
from curate.upkeep.payloads import Hashes


class Keep(NamedTuple):
    """Which rows to keep, told from some of their columns."""

    columns: tuple[str, ...]
    chosen: Callable[[pa.RecordBatch], npt.NDArray[np.bool_]]


MUST_STAY: Final = ("ledger", "members", "quarantine")
"""Kinds of which a version has a file even where no row is left."""


class Rewritten(NamedTuple):
    """A file and what takes its place; None where nothing is left of it."""

    old: StoredFile
    new: StoredFile | None
    rows: int
    """How many rows were left out or changed."""


def new_name(path: str) -> str:
    """A name beside the file's own that no file has had: files never change under their name."""
    old = Path(path)
    stem = old.stem.split("-")[0]
    return (old.parent / f"{stem}-{uuid.uuid4().hex[:12]}{old.suffix}").as_posix()


def lacks(column: str, hashes: Hashes) -> Keep:
    """Keep the rows whose hash is not among the given ones."""

    def chosen(batch: pa.RecordBatch) -> npt.NDArray[np.bool_]:
        return ~np.isin(hash_values(batch.column(column)), hashes)

    return Keep((column,), chosen)


def without(folder: Path, file: StoredFile, keep: Keep) -> Rewritten | None:
    """Write a file again with the rows to keep, in their order; None where all are kept."""
    left_out = _rows_left_out(folder / file.path, keep)
    if left_out == 0:
        return None
    left = file.records - left_out
    if left == 0 and file.kind not in MUST_STAY:
        return Rewritten(file, None, left_out)
    name = new_name(file.path)
    with (
        pq.ParquetFile(folder / file.path) as old,
        _writer(folder / name, file.kind, old) as writer,
    ):
        for group in range(old.num_row_groups):
            kept = _filtered(old.read_row_group(group), keep)
            if len(kept):
                writer.write_table(kept, row_group_size=max(1, len(kept)))
    return Rewritten(file, _stored(folder, name, file, left), left_out)


def _writer(path: Path, kind: str, old: pq.ParquetFile) -> pq.ParquetWriter:
    if kind == "segment":
        sizes = [old.metadata.row_group(n).num_rows for n in range(old.num_row_groups)]
        return segment_writer(path, max(sizes, default=1))
    return pq.ParquetWriter(path, old.schema_arrow, compression="zstd", compression_level=1)


def _filtered(table: pa.Table, keep: Keep) -> pa.Table:
    whole = table.combine_chunks()
    kept = [batch.filter(pa.array(keep.chosen(batch))) for batch in whole.to_batches()]
    return pa.Table.from_batches(kept, whole.schema)


def _rows_left_out(path: Path, keep: Keep) -> int:
    left_out = 0
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(100_000, columns=list(keep.columns)):
            left_out += int(np.count_nonzero(~keep.chosen(batch)))
    return left_out


def _stored(folder: Path, name: str, like: StoredFile, records: int) -> StoredFile:
    synced(folder / name)
    size = (folder / name).stat().st_size
    return like._replace(path=name, records=records, bytes=size, sha256=None)


_SILENT: Final = (
    "[struct_update(s, surrogate := NULL::VARCHAR, original := NULL::BLOB) FOR s IN spans]"
)


def ledger_without_quotes(folder: Path, file: StoredFile, ids: Sequence[bytes]) -> Rewritten | None:
    """Write a file of the ledger again without the texts that decisions on some records quote.

    A value that is a JSON string becomes null, and so does what spans say of what was scrubbed, and
    what stands there now. Rows that are the same but for that text become one; of a row that left
    and one that came the latter stays.
    """
    source = parquet_sql([folder / file.path])
    erased = "id IN (SELECT id FROM erased_ids)"
    quoting = f"starts_with(value, '\"') AND {erased}"
    telling = f"list_bool_or([s.surrogate IS NOT NULL FOR s IN spans]) AND {erased}"
    with connect() as connection:
        connection.register("erased_ids", pa.table({"id": pa.array(list(ids), pa.binary())}))
        changed = _count(connection, f"SELECT count(*) FROM {source} WHERE {quoting} OR {telling}")
        if changed == 0:
            return None
        name = new_name(file.path)
        key = columns_sql(LEDGER.key)
        replaced = (
            f"SELECT * REPLACE (CASE WHEN {quoting} THEN NULL ELSE value END AS value, "
            f"CASE WHEN {telling} THEN {_SILENT} ELSE spans END AS spans)"
        )
        connection.execute(
            f"COPY (SELECT * FROM ({replaced} FROM {source}) QUALIFY row_number() OVER "
            f"(PARTITION BY {key} ORDER BY removed) = 1 ORDER BY {key}) "
            f"TO {quoted(str(folder / name))} ({PARQUET})"
        )
        records = _count(connection, f"SELECT count(*) FROM {parquet_sql([folder / name])}")
    return Rewritten(file, _stored(folder, name, file, records), changed)


def _count(connection: Connection, statement: str) -> int:
    row = row_of(connection, statement)
    return int(row[0]) if row else 0
