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
SAME_MEMBER: Final = ("hash", "split")
"""What must differ for a member to be written again; where it was read may change in silence."""


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


def table_sql(kept: Kept, folder: Path, files: Sequence[StoredFile]) -> str:
    """The SELECT of one version's table from its newest whole copy and the changes after it.

    Only the changes are brought into an order; the whole copy is read as it lies, without the rows
    that a later change has.
    """
    own = sorted((f for f in files if f.kind == kept.kind), key=lambda f: (f.version, not f.whole))
    start = max((place for place, file in enumerate(own) if file.whole), default=0)
    base = own[start]
    later = [
        file.path for file in own[start + 1 :] if not file.whole and file.version > base.version
    ]
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


def write_changes(
    connection: Connection,
    folder: Path,
    kept: Kept,
    dataset: str,
    version: int,
    table: str,
    before: str | None,
) -> list[StoredFile]:
    """Write what changed from the SELECT `before` to a table of the connection; return the files.

    `before` is None for the first version. Rows are stored in the order of the key.
    """
    columns = columns_sql(kept.columns)
    if before is None:
        changes = f"SELECT false AS removed, {columns} FROM {table}"
    elif kept is MEMBERS:
        changes = _member_changes(table, before)
    else:
        changes = _set_changes(kept, table, before)
    files = [_write(connection, folder, kept, dataset, version, changes, whole=False)]
    if version % WHOLE_EVERY == 0:
        whole = f"SELECT false AS removed, {columns} FROM {table}"
        files.append(_write(connection, folder, kept, dataset, version, whole, whole=True))
    return files


def _same(kept: Kept, one: str, other: str) -> str:
    """Whether two rows have an equal key, nulls being equal to nulls."""
    equal = "=" if kept is MEMBERS else "IS NOT DISTINCT FROM"
    return " AND ".join(f'{one}."{name}" {equal} {other}."{name}"' for name in kept.key)


def _member_changes(table: str, before: str) -> str:
    columns = MEMBERS.columns
    chosen = ", ".join(
        f'CASE WHEN n.id IS NULL THEN o."{c}" ELSE n."{c}" END AS "{c}"' for c in columns
    )
    differs = " OR ".join(f"n.{c} IS DISTINCT FROM o.{c}" for c in SAME_MEMBER)
    return (
        f"SELECT n.id IS NULL AS removed, {chosen} FROM {table} n FULL JOIN ({before}) o "
        f"ON n.id = o.id AND n.copy = o.copy WHERE n.id IS NULL OR o.id IS NULL OR {differs}"
    )


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


def _write(
    connection: Connection,
    folder: Path,
    kept: Kept,
    dataset: str,
    version: int,
    select: str,
    whole: bool,
) -> StoredFile:
    name = f"{kept.kind}/{dataset}/{version}{'.whole' if whole else ''}.parquet"
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    order = columns_sql(kept.key)
    tagged = (
        f"SELECT {quoted(dataset)} AS dataset, {version}::INTEGER AS version, * FROM ({select})"
    )
    connection.execute(f"COPY ({tagged} ORDER BY {order}) TO {quoted(str(path))} ({PARQUET})")
    synced(path)
    counted = row_of(connection, f"SELECT count(*) FROM {parquet_sql([path])}")
    records = int(counted[0]) if counted else 0
    return StoredFile(kept.kind, name, dataset, version, whole, records, path.stat().st_size)
