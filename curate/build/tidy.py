"""What of the cache stays after a build that ended well: as little as saves work."""

import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from curate.build.cache import HALF, Cache, folders, remove, whole_folder
from curate.build.memo import CHAIN, DECISIONS, KEPT, Memo, memos
from curate.build.pool import ROW_BITS, cached_contents, places_of
from curate.store.catalog import Connection, quoted, row_of, synced, table_of
from curate.store.parquet import parquet_sql

MERGE_FROM: Final = 32
"""So many files of a kind become one."""

MERGED: Final = ".merged"
"""What the name of a note ends in that says which files one of facts was merged from."""

MOST_STALE: Final = 4
"""Of what is merged, no more than so many times what the build needed is kept."""


GROUP_ROWS: Final = 122_880
"""Rows of a group of a merged file, at least: as many as DuckDB reads at a time."""

EVERY: Final = "*"


def forget_stored(connection: Connection, cache: Cache) -> None:
    """Delete the files of contents of which the store has all."""
    files, segments = cached_contents(cache), cache.stored("segment")
    if not files or not segments:
        return
    connection.register("held", places_of(files))
    lacking = table_of(
        connection,
        f"SELECT DISTINCT place >> {ROW_BITS} AS number FROM held "
        f"ANTI JOIN {parquet_sql(segments)} s USING (hash)",
    )
    connection.unregister("held")
    needed = set(lacking.column("number").to_pylist())
    for number, path in enumerate(files):
        if number not in needed:
            remove(path)


def merge(connection: Connection, cache: Cache) -> None:
    """Make one file of many, and leave out what is long out of use.

    The tables `new_members` and `new_ledger` say which contents the build needed.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE needed AS SELECT hash FROM new_members "
        "UNION SELECT before FROM new_ledger UNION SELECT after FROM new_ledger"
    )
    by_chain: dict[tuple[str, ...], list[Path]] = {}
    for memo in memos(cache):
        if cache.used(memo.folder) and _mergeable(memo):
            by_chain.setdefault(memo.chain, []).append(memo.folder)
    for chain, sources in by_chain.items():
        if len(sources) >= MERGE_FROM:
            _merge_memos(connection, cache, chain, sources)
    for home in folders(cache.group("facts")):
        files = sorted(home.glob("*.parquet"))
        if cache.used(home) and len(files) >= MERGE_FROM:
            _merge_facts(connection, home, files)


def end_merges(cache: Cache) -> None:
    """Delete the files of facts that a killed build had merged: none may be there twice."""
    for note in cache.group("facts").glob(f"*/*{MERGED}"):
        _end_merge(note)


def _mergeable(memo: Memo) -> bool:
    """Whether a memo has nothing but what is merged; one that has nothing at all is removed."""
    names = {path.name for path in memo.folder.iterdir() if not _is_empty(path)}
    if names == {CHAIN}:
        remove(memo.folder)
        return False
    return names <= {CHAIN, KEPT, DECISIONS}


def _is_empty(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


def _merge_memos(
    connection: Connection, cache: Cache, chain: tuple[str, ...], sources: list[Path]
) -> None:
    target = cache.group("steps") / uuid.uuid4().hex
    with whole_folder(target) as half:
        (half / CHAIN).write_bytes(orjson.dumps(list(chain)))
        for name in (KEPT, DECISIONS):
            files = [folder / name for folder in sources if (folder / name).is_file()]
            if files:
                # A content that edits made twice may have passed twice, which does no harm.
                what = EVERY if name == KEPT else "DISTINCT *"
                _copy(connection, files, "hash", half / name, what)
    cache.use(target)
    _remove_all(sources)


def _merge_facts(connection: Connection, home: Path, files: list[Path]) -> None:
    target = home / f"{uuid.uuid4().hex}.parquet"
    half, note = target.with_name(target.name + HALF), target.with_suffix(MERGED)
    # They are taken once for each record and content: none is there twice.
    _copy(connection, files, "curate_hash", half, EVERY)
    synced(half)
    # From the rename on the facts are there twice, and the build may be killed at any time.
    note.write_bytes(orjson.dumps([path.name for path in files]))
    synced(note)
    half.rename(target)
    synced(home)
    _end_merge(note)


def _end_merge(note: Path) -> None:
    """Delete the files that a note names, if what they were merged to is there, and the note."""
    if note.with_suffix(".parquet").is_file():
        _remove_all(note.parent / name for name in orjson.loads(note.read_bytes()))
    remove(note)


def _copy(connection: Connection, files: list[Path], key: str, target: Path, what: str) -> None:
    """Copy rows of files, without stale ones where these are too many."""
    rows = f"SELECT {what} FROM {parquet_sql(files)} f"
    found = row_of(
        connection,
        f"SELECT (SELECT count(*) FROM {parquet_sql(files)}), (SELECT count(*) FROM needed)",
    )
    if found and found[0] > MOST_STALE * found[1]:
        rows += f" SEMI JOIN needed n ON n.hash = f.{key}"
    elif what == EVERY and _append(files, target):
        return
    connection.execute(
        f"COPY ({rows}) TO {quoted(str(target))} (FORMAT parquet, COMPRESSION lz4_raw)"
    )


def _append(files: list[Path], target: Path) -> bool:
    """Write the rows of files one behind the other, if all have the same columns.

    A database would take each value apart and put it together again.
    """
    schema = pq.read_schema(files[0])
    if any(pq.read_schema(file) != schema for file in files[1:]):
        return False
    settings = {"compression": "lz4", "use_dictionary": False, "write_statistics": False}
    with pq.ParquetWriter(target, schema, **settings) as writer:
        held: list[pa.Table] = []
        for file in files:
            with pq.ParquetFile(file) as opened:
                held.append(opened.read())
            if sum(map(len, held)) >= GROUP_ROWS:
                writer.write_table(pa.concat_tables(held))
                held.clear()
        if held:
            writer.write_table(pa.concat_tables(held))
    return True


def _remove_all(paths: Iterable[Path]) -> None:
    for path in paths:
        remove(path)
