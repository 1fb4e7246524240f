"""What texts contents have, and what rules measured on them, on its way into the store."""

import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa

from curate.build.cache import Cache, remove
from curate.build.measuring import SIGNALS_FILE, TEXTS_FILE, pending
from curate.operator import Measured
from curate.rulepacks import judged_key
from curate.scores import Score
from curate.store import Store
from curate.store.catalog import Connection, quoted, row_of, synced
from curate.store.delta import PARQUET, StoredFile
from curate.store.parquet import parquet_sql
from curate.store.signals import write_signals

JUDGED: Final = "judged"


def judged_tables(
    batch: pa.RecordBatch, measured: Sequence[Measured], scores: Sequence[Score]
) -> dict[str, pa.Table]:
    """What was measured on a batch as files of a memo: content hash and a column a signal.

    Some of it may be scores that the step was given.
    """
    tables = {}
    for field, rows, signals in measured:
        hashes = batch.column("hash").take(rows)
        name = f"{JUDGED}/{judged_key(field, signals.column_names, scores)}.parquet"
        tables[name] = signals.add_column(0, "hash", hashes)
    return tables


def store_measured(connection: Connection, store: Store, cache: Cache) -> list[StoredFile]:
    """Write what memos measured and the store lacks as files of the store; return them."""
    token = uuid.uuid4().hex
    new = pending(cache, SIGNALS_FILE)
    files = write_signals(connection, store.folder, new, cache.stored("signals"), token)
    texts = pending(cache, TEXTS_FILE)
    name = f"texts/{token}.parquet"
    known = cache.stored("texts")
    files += _store_rows(connection, store, "texts", name, ("hash", "field"), texts, known)
    judged = pending(cache, f"{JUDGED}/*.parquet")
    for key in sorted({path.stem for path in judged}):
        given = [path for path in judged if path.stem == key]
        name = f"{JUDGED}/{key}/{token}.parquet"
        known = [path for path in cache.stored(JUDGED) if path.parent.name == key]
        files += _store_rows(connection, store, JUDGED, name, ("hash",), given, known)
    return files


def forget_measured(cache: Cache) -> None:
    """Delete what memos measured: the store has it."""
    for name in (SIGNALS_FILE, TEXTS_FILE, f"{JUDGED}/*.parquet"):
        for path in pending(cache, name):
            remove(path)


def _store_rows(
    connection: Connection,
    store: Store,
    kind: str,
    name: str,
    key: Sequence[str],
    new: Sequence[Path],
    stored: Sequence[Path],
) -> Iterator[StoredFile]:
    """Write the rows of files that others lack, one for each key, ordered by it."""
    if not new:
        return
    columns = ", ".join(key)
    lacking = f"ANTI JOIN {parquet_sql(stored)} s USING ({columns})" if stored else ""
    rows = f"FROM {parquet_sql(new)} n {lacking}"
    counted = row_of(connection, f"SELECT count(*), count(DISTINCT ({columns})) {rows}")
    every, records = counted if counted else (0, 0)
    if records:
        # To look for what is there twice takes longer than all else, and hardly anything is.
        one = "" if every == records else f"DISTINCT ON ({columns}) "
        path = store.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        connection.execute(
            f"COPY (SELECT {one}n.* {rows} ORDER BY {columns}) TO {quoted(str(path))} ({PARQUET})"
        )
        synced(path)
        yield StoredFile(kind, name, "", 0, True, records, path.stat().st_size)
