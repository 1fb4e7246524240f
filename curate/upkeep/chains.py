"""Chains of changes after versions were dropped: what lay between two kept versions becomes one."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from curate.store import Version
from curate.store.catalog import connect, quoted, row_of, synced
from curate.store.delta import LEDGER, MEMBERS, PARQUET, Kept, StoredFile, columns_sql, files_sql
from curate.store.parquet import parquet_sql
from curate.upkeep.rewriting import new_name


class Link(NamedTuple):
    """The files of one kind between two kept versions, which become the changes of the later."""

    version: Version
    kept: Kept
    files: tuple[StoredFile, ...]
    is_first: bool
    """Whether no version stays before, so that its changes are its whole table."""

    def needs_writing(self) -> bool:
        """Whether the files are not already the changes of the version alone."""
        return len(self.files) > 1


def links(kept: Sequence[Version], files: Sequence[StoredFile]) -> Iterator[Link]:
    """The links of all kept versions; whole copies are none."""
    before: Version | None = None
    for version in kept:
        is_first = before is None or before.dataset != version.dataset
        earlier = 0 if is_first or before is None else before.number
        for table in (MEMBERS, LEDGER):
            own = tuple(
                file
                for file in files
                if (file.kind, file.dataset, file.whole) == (table.kind, version.dataset, False)
                and earlier < file.version <= version.number
            )
            yield Link(version, table, own, is_first)
        before = version


def joined(folder: Path, link: Link) -> StoredFile:
    """Write the changes of a link as one file."""
    newest = next(file for file in link.files if file.version == link.version.number)
    columns = columns_sql(link.kept.columns)
    if link.is_first:
        table = link.version.members_sql() if link.kept is MEMBERS else link.version.ledger_sql()
        select = f"SELECT false AS removed, {columns} FROM ({table})"
    else:
        source = files_sql(folder, [file.path for file in link.files])
        key = columns_sql(link.kept.key)
        select = (
            f"SELECT removed, {columns} FROM {source} "
            f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY version DESC) = 1"
        )
    place = f"{quoted(newest.dataset)} AS dataset, {newest.version}::INTEGER AS version"
    name = new_name(newest.path)
    with connect() as connection:
        connection.execute(
            f"COPY (SELECT {place}, * FROM ({select}) ORDER BY {columns_sql(link.kept.key)}) "
            f"TO {quoted(str(folder / name))} ({PARQUET})"
        )
        row = row_of(connection, f"SELECT count(*) FROM {parquet_sql([folder / name])}")
    synced(folder / name)
    size = (folder / name).stat().st_size
    return newest._replace(path=name, records=int(row[0]) if row else 0, bytes=size, sha256=None)
