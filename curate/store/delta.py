"""Tables of versions as changes against the version before (docs/format.md, "Store").

A file of changes holds the rows that are new (`removed` false) and those that are gone (`removed`
true). A version's table is its newest whole copy with the later changes laid over it: of the rows
with an equal key, the newest counts.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from curate.store.catalog import Connection, quoted, row_of, synced
from curate.store.parquet import parquet_sql

PARQUET: Final = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1"

WHOLE_EVERY: Final = 16
"""A whole copy is written beside the changes of each version with a number divisible by this."""


class Kept(NamedTuple):
    """A kind of table that versions keep: its columns, and those that make a row itself."""

    kind: str
    columns: tuple[str, ...]
    key: tuple[str, ...]


MEMBERS: Final = Kept(
    "members", ("id", "copy", "hash", "split", "source", "file", "line"), ("id", "copy")
)
LEDGER_KEY: Final = (
    *("id", "copy", "step", "action", "rule", "field", "value", "limit", "of", "before", "after"),
)
LEDGER: Final = Kept("ledger", (*LEDGER_KEY, "spans", "source", "file", "line"), LEDGER_KEY)


class StoredFile(NamedTuple):
    """A Parquet file that the catalog names."""

    kind: str
    path: str
    dataset: str
    version: int
    whole: bool
    records: int
    bytes: int
    sha256: str | None = None
    """Of the whole file, as 64 hex digits; the commit that names a file fills it in."""


def columns_sql(names: Sequence[str]) -> str:
    """Column names as SQL, quoted.

    >>> columns_sql(["id", "of"])
    '"id", "of"'
    """
    return ", ".join(f'"{name}"' for name in names)


def files_sql(folder: Path, paths: Sequence[str]) -> str:
    """The Parquet files of a store as a SQL table."""
    return parquet_sql([folder / path for path in paths])


class Chain(NamedTuple):
    """The files that a version's table is made of."""

    base: StoredFile
    """The newest whole copy, or the changes of the first version."""
    later: list[str]
    """Paths of the changes after it, in order."""


def chain_of(kept: Kept, files: Sequence[StoredFile]) -> Chain:
    """The files of a version of which the table of one kind is made."""
    own = sorted((f for f in files if f.kind == kept.kind), key=lambda f: (f.version, not f.whole))
    start = max((place for place, file in enumerate(own) if file.whole), default=0)
    base = own[start]
    after = (file for file in own[start + 1 :] if not file.whole and file.version > base.version)
    return Chain(base, [file.path for file in after])


def table_sql(kept: Kept, folder: Path, files: Sequence[StoredFile]) -> str:
    """The SELECT of one version's table from its newest whole copy and the changes after it.

    Only the changes are brought into an order; the whole copy is read as it lies, without the rows
    that a later change has.
    """
    base, later = chain_of(kept, files)
    columns = columns_sql(kept.columns)
    whole = f"{files_sql(folder, [base.path])} b"
    if not later:
        return f"SELECT {columns} FROM {whole}"
    changes = files_sql(folder, later)
    rows = f"SELECT * FROM {changes}"
    if len(later) > 1:
        order = f"PARTITION BY {columns_sql(kept.key)} ORDER BY version DESC"
        rows = f"SELECT * FROM {changes} QUALIFY row_number() OVER ({order}) = 1"
    return (
        f"SELECT {columns} FROM {whole} ANTI JOIN {changes} c ON {_same(kept, 'b', 'c')} "
        f"UNION ALL (SELECT {columns} FROM ({rows}) WHERE NOT removed)"
    )


def touched_sql(folder: Path, files: Sequence[StoredFile], older: int, newer: int) -> str:
    """The SELECT of the keys (id, copy) of members that may differ between two versions.

    `files` are those of the newer version, or of any after it; both versions are of its dataset.
    What a version in between changed and a later one took back is among the keys, so that they are
    a superset of what differs; a member whose key is not among them is the same in both.
    """
    paths = [
        file.path
        for file in files
        if file.kind == MEMBERS.kind and not file.whole and older < file.version <= newer
    ]
    key = columns_sql(MEMBERS.key)
    if not paths:
        return "SELECT NULL::BLOB AS id, 0 AS copy WHERE false"
    return f"SELECT DISTINCT {key} FROM {files_sql(folder, paths)}"


def write_ledger(
    connection: Connection,
    folder: Path,
    dataset: str,
    version: int,
    table: str,
    before: str | None,
) -> list[StoredFile]:
    """Write what changed in the ledger, and a whole copy where one is due; return the files.

    `table` is the name of a table with the columns of `LEDGER`, `before` the SELECT of the version
    before, None for the first one. Rows are stored in the order of the key.
    """
    all_rows = f"SELECT false AS removed, {columns_sql(LEDGER.columns)} FROM {table}"
    changes = all_rows if before is None else _set_changes(LEDGER, table, before)
    files = []
    for whole in copies_due(version):
        path = place_for(folder, LEDGER, dataset, version, whole)
        select = (
            f"SELECT {quoted(dataset)} AS dataset, {version}::INTEGER AS version, * "
            f"FROM ({all_rows if whole else changes}) ORDER BY {columns_sql(LEDGER.key)}"
        )
        connection.execute(f"COPY ({select}) TO {quoted(str(path))} ({PARQUET})")
        counted = row_of(connection, f"SELECT count(*) FROM {parquet_sql([path])}")
        records = int(counted[0]) if counted else 0
        files.append(written(folder, path, LEDGER, dataset, version, whole, records))
    return files


def copies_due(version: int) -> list[bool]:
    """Whether each file that a version writes of a kind is a whole copy: its changes are none."""
    return [False, True] if version % WHOLE_EVERY == 0 else [False]


def place_for(folder: Path, kept: Kept, dataset: str, version: int, whole: bool) -> Path:
    """The path of a new file of a version."""
    path = folder / kept.kind / dataset / f"{version}{'.whole' if whole else ''}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def written(
    folder: Path,
    path: Path,
    kept: Kept,
    dataset: str,
    version: int,
    whole: bool,
    records: int,
) -> StoredFile:
    """Have a new file on the disk, and say what the catalog shall know of it."""
    synced(path)
    name = path.relative_to(folder).as_posix()
    return StoredFile(kept.kind, name, dataset, version, whole, records, path.stat().st_size)


def _same(kept: Kept, one: str, other: str) -> str:
    """Whether two rows have an equal key, nulls being equal to nulls."""
    equal = "=" if kept is MEMBERS else "IS NOT DISTINCT FROM"
    return " AND ".join(f'{one}."{name}" {equal} {other}."{name}"' for name in kept.key)


def _set_changes(kept: Kept, table: str, before: str) -> str:
    """Rows of one table that the other lacks, both ways, nulls being equal to nulls."""
    columns = columns_sql(kept.columns)
    same = _same(kept, "a", "b")

    def lacking(here: str, there: str, removed: str) -> str:
        return (
            f"SELECT {removed} AS removed, {columns} FROM {here} a "
            f"WHERE NOT EXISTS (SELECT 1 FROM {there} b WHERE {same})"
        )

    old = f"({before})"
    return f"{lacking(table, old, 'false')} UNION ALL {lacking(old, table, 'true')}"
