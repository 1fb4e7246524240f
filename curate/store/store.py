"""The store: datasets, their versions, tags and runs, in one folder."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pyarrow as pa

from curate.errors import NotFoundError, UsageError
from curate.store import query, tags
from curate.store.afresh import write_afresh
from curate.store.catalog import (
    Connection,
    at_once,
    catalog_path,
    committing,
    quoted,
    reading,
    row_of,
    table_of,
)
from curate.store.checksums import add_checksums
from curate.store.delta import StoredFile
from curate.store.disk import disk_errors
from curate.store.erasing import finish_erasure
from curate.store.folder import check_vacant, reachable
from curate.store.listed import files_of, versions_of
from curate.store.lock import held
from curate.store.ref import parse_ref
from curate.store.runs import Run, put_run, read_runs
from curate.store.version import Version
from curate.store.views import create_views

SNAPSHOT_PREFIX = 6


class Store:
    """A folder of versions.

    Opening one reads nothing and locks nothing, but ends an erasure that was killed.
    """

    def __init__(self, folder: Path) -> None:
        """Use `Store.open` or `Store.create`."""
        self.folder = folder

    @classmethod
    def open(cls, path: str | Path = ".curate") -> "Store":
        """Open a store that exists."""
        folder = reachable(path)
        if not catalog_path(folder).is_file():
            raise NotFoundError(
                f"store {path}",
                "there is none",
                "Make one by `curate build RECIPE`, or name another by --store.",
            )
        finish_erasure(folder)
        return cls(folder)

    @classmethod
    def create(cls, path: str | Path = ".curate") -> "Store":
        """Open a store, making it where there is none, in a new or empty folder."""
        folder = reachable(path)
        if not catalog_path(folder).is_file():
            check_vacant(folder)
            with disk_errors(folder), committing(folder):
                pass
        return cls(folder)

    @contextmanager
    def building(
        self, wait: float | None = None, on_wait: Callable[[str], None] | None = None
    ) -> Iterator[None]:
        """Hold the right to build; only one process has it."""
        with held(self.folder / "build.lock", wait, on_wait):
            yield

    @contextmanager
    def commit(
        self, afresh: bool = False, beside: Connection | None = None
    ) -> Iterator[Connection]:
        """Change the catalog (attached as `cat`); the views follow the files it names.

        With `afresh` nothing of what was deleted or changed stays in the file. `beside` is a
        connection to the DuckDB to use, by default one of its own.
        """
        with disk_errors(self.folder), committing(self.folder, beside=beside) as connection:
            yield connection
            if afresh:
                write_afresh(connection, self.folder)
            connection.execute("USE cat")
            # Views name files from inside the store, for whoever opens the catalog there.
            connection.execute(f"SET file_search_path = {quoted(str(self.folder))}")
            with at_once(connection):
                add_checksums(connection, self.folder)
                create_views(connection, Path(), files_of(connection), "base", temporary=False)

    def version(self, ref: str) -> Version:
        """Find the version that a REF names (docs/format.md, "REF")."""
        parsed = parse_ref(ref)
        with reading(self.folder) as connection:
            dataset, number = self._resolve(connection, ref)
            found = versions_of(
                connection, self.folder, "dataset = ? AND version = ?", (dataset, number)
            )
        if not found:
            raise _no_version(self, ref, dataset, number)
        version = found[0].with_split(parsed.split)
        if parsed.split is not None and parsed.split not in version.splits():
            raise NotFoundError(
                f"REF {ref!r}",
                f"no split {parsed.split!r}",
                f"It has: {', '.join(version.splits()) or 'no members'}.",
            )
        return version

    def versions(self, dataset: str | None = None) -> list[Version]:
        """All versions, or those of one dataset, by dataset and number."""
        with reading(self.folder) as connection:
            if dataset is None:
                return versions_of(connection, self.folder)
            found = versions_of(connection, self.folder, "dataset = ?", (dataset,))
            if not found:
                raise _unknown(connection, dataset)
            return found

    def latest(self, dataset: str, beside: Connection | None = None) -> Version | None:
        """The newest version of a dataset, or None where there is none.

        `beside` is a connection to the DuckDB to use, by default one of its own.
        """
        with reading(self.folder, beside) as connection:
            newest = "SELECT max(version) FROM cat.base.versions WHERE dataset = ?"
            where = f"dataset = ? AND version = ({newest})"
            found = versions_of(connection, self.folder, where, (dataset, dataset))
        return found[0] if found else None

    def _resolve(self, connection: Connection, text: str) -> tuple[str, int]:
        ref = parse_ref(text)
        newest = _one(
            connection, "SELECT max(version) FROM cat.base.versions WHERE dataset = ?", ref.name
        )
        if newest is not None:
            return ref.name, newest if ref.version is None else ref.version
        if ref.version is None:
            row = row_of(
                connection, "SELECT dataset, version FROM cat.base.tags WHERE tag = ?", [ref.name]
            )
            row = row or self._by_snapshot(connection, ref.name)
            if row is not None:
                return row[0], row[1]
        raise _unknown(connection, ref.name)

    @staticmethod
    def _by_snapshot(connection: Connection, prefix: str) -> tuple[str, int] | None:
        if len(prefix) < SNAPSHOT_PREFIX or not set(prefix) <= set("0123456789abcdef"):
            return None
        rows = connection.execute(
            "SELECT dataset, version, snapshot FROM cat.base.versions "
            "WHERE starts_with(snapshot, ?) ORDER BY created DESC, dataset, version DESC",
            [prefix],
        ).fetchall()
        if len({row[2] for row in rows}) > 1:
            raise UsageError(
                f"REF {prefix!r}", f"{len(rows)} versions begin so", "Give more digits."
            )
        return (rows[0][0], rows[0][1]) if rows else None

    def tags(self) -> list[dict[str, Any]]:
        """All tags: tag, dataset, version, created, note."""
        with reading(self.folder) as connection:
            table = table_of(connection, "SELECT * FROM cat.base.tags ORDER BY tag")
        return list(table.to_pylist())

    def tag(self, name: str, ref: str, move: bool = False, note: str | None = None) -> Version:
        """Give a version a name of its own; `move` lets an existing tag go elsewhere.

        A `note` says what it is for; one that is there stays where none is given.
        """
        version = self.version(ref)
        with self.commit() as connection:
            tags.put_tag(connection, name, version, move, note)
        return version

    def rename_tag(self, name: str, new: str) -> None:
        """Give a tag another name, which must be free."""
        with self.commit() as connection:
            tags.rename_tag(connection, name, new)

    def untag(self, name: str) -> None:
        """Remove a tag; the version stays."""
        with self.commit() as connection:
            tags.delete_tag(connection, name)

    def record_run(self, run: Run) -> None:
        """Write a run, over the row of the same id if there is one."""
        with self.commit() as connection:
            put_run(connection, run)

    def runs(self, dataset: str | None = None) -> list[Run]:
        """All runs, or those on one dataset, oldest first."""
        with reading(self.folder) as connection:
            if dataset is None:
                return read_runs(connection)
            return read_runs(connection, "dataset = ?", (dataset,))

    def sql(self, statement: str) -> pa.Table:
        """Run one SELECT over the views; it can reach nothing else."""
        with reading(self.folder) as connection:
            files = files_of(connection)
        return query.select(self.folder, files, statement)

    def signals(self, names: Sequence[str] | None = None) -> pa.Table:
        """What is known of texts, by signal, fingerprint and hash (schema `views.SIGNALS`)."""
        from curate.store.signals import read_signals

        return read_signals(self.folder, names)

    def files(self) -> list[StoredFile]:
        """All Parquet files that the catalog names."""
        with reading(self.folder) as connection:
            return files_of(connection)

    @staticmethod
    def new_run_id() -> str:
        """A fresh id for a run: sortable by time, unique without coordination."""
        return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}"


def _one(connection: Connection, statement: str, *values: Any) -> Any:
    row = row_of(connection, statement, list(values))
    return row[0] if row else None


def _unknown(connection: Connection, name: str) -> NotFoundError:
    known = [
        row[0]
        for row in connection.execute(
            "SELECT dataset FROM cat.base.versions UNION SELECT tag FROM cat.base.tags ORDER BY 1"
        ).fetchall()
    ]
    close = get_close_matches(name, known, n=1)
    hint = f"Did you mean {close[0]!r}? " if close else ""
    listed = ", ".join(known[:10]) or "nothing yet"
    return NotFoundError(
        f"REF {name!r}", "no dataset, tag or snapshot of this name", f"{hint}There is: {listed}."
    )


def _no_version(store: Store, ref: str, dataset: str, number: int) -> NotFoundError:
    numbers = [version.number for version in store.versions(dataset)]
    first, last = numbers[0], numbers[-1]
    all_there = len(numbers) > 1 and len(numbers) == last - first + 1
    listed = f"{first} to {last}" if all_there else ", ".join(map(str, numbers))
    return NotFoundError(f"REF {ref!r}", f"{dataset} has no version {number}", f"It has {listed}.")
