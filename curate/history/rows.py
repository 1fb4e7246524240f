"""The rows about records in a dataset's files of changes, to be seen as of any version."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Self

from curate.history.lookup import own_files
from curate.store import Version
from curate.store.catalog import Connection, table_of
from curate.store.delta import LEDGER, MEMBERS, Kept, columns_sql
from curate.store.parquet import parquet_sql

FEW: Final = 4
"""So many files are read at once, without a look at which of them have the record."""


class RecordRows:
    """What files of changes say of a few records, read once for all versions."""

    def __init__(self, kept: Kept, rows: list[dict[str, Any]]) -> None:
        """Use `members` or `ledger`."""
        self.kept, self.rows = kept, rows

    @classmethod
    def members(
        cls, connection: Connection, versions: Sequence[Version], records: Sequence[bytes]
    ) -> Self:
        """The members that records have been; all versions are of one dataset."""
        return cls(MEMBERS, _read(connection, MEMBERS, versions, f"id IN ({_listed(records)})"))

    @classmethod
    def ledger(cls, connection: Connection, versions: Sequence[Version], record: bytes) -> Self:
        """The decisions about a record, and those about others for its sake."""
        one = _listed([record])
        return cls(LEDGER, _read(connection, LEDGER, versions, f'id = {one} OR "of" = {one}'))

    def at(self, number: int, record: bytes | None = None) -> list[dict[str, Any]]:
        """The rows of one version, of all records or of one, by key."""
        newest = {
            tuple(row[name] for name in self.kept.key): row
            for row in self.rows
            if row["version"] <= number and record in (None, row["id"])
        }
        return [row for row in newest.values() if not row["removed"]]


def _listed(records: Sequence[bytes]) -> str:
    """Ids as SQL: bound values would keep DuckDB from leaving row groups out."""
    return ", ".join(f"unhex('{one.hex()}')" for one in records)


def _read(
    connection: Connection, kept: Kept, versions: Sequence[Version], condition: str
) -> list[dict[str, Any]]:
    paths = [versions[0].folder / file.path for file in own_files(versions, kept.kind)]
    if len(paths) > FEW:
        paths = _having(connection, paths, condition)
    if not paths:
        return []
    columns = columns_sql(("version", "removed", *kept.columns))
    order = columns_sql(kept.key)
    source = parquet_sql(paths)
    rows: list[dict[str, Any]] = table_of(
        connection, f"SELECT {columns} FROM {source} WHERE {condition} ORDER BY version, {order}"
    ).to_pylist()
    return rows


def _having(connection: Connection, paths: Sequence[Path], condition: str) -> list[Path]:
    """The files that have such a row: to prepare to read all columns of each costs more."""
    found = connection.execute(
        f"SELECT DISTINCT file_index FROM {parquet_sql(paths)} WHERE {condition}"
    ).fetchall()
    return [paths[place] for (place,) in sorted(found)]
