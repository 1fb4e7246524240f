"""The catalog: a small DuckDB file that says what exists, replaced whole by rename.

A commit copies the catalog, changes the copy and renames it over the old one. Readers keep the
file that they have open; a killed writer leaves a copy behind that nothing names.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from curate.errors import NotFoundError, StoreError
from curate.store.damage import Named, damage_among
from curate.store.lock import COMMIT_WAIT_SECONDS, held
from curate.store.schema import SCHEMA

BLOCK_BYTES: Final = 16_384
"""The smallest that DuckDB has: the catalog is copied at every commit, so it should be small."""

FORMAT: Final = 3
"""The number of the store's format; a store of another one is refused."""

RESTORE: Final = "Restore it from a copy; `curate verify` names all that is damaged."

Connection = duckdb.DuckDBPyConnection


def table_of(
    connection: Connection, statement: str, values: Sequence[Any] | None = None
) -> pa.Table:
    """Run a statement and fetch all of its rows."""
    return connection.sql(statement, params=values).to_arrow_table()


def utc_now() -> datetime:
    """The time as the catalog keeps it: UTC, without a zone (DuckDB needs pytz for zones)."""
    return datetime.now(UTC).replace(tzinfo=None)


def row_of(
    connection: Connection, statement: str, values: Sequence[Any] | None = None
) -> tuple[Any, ...] | None:
    """Run a statement and return its first row.

    All rows are fetched: DuckDB 2 refuses further work while a result is open.
    """
    rows = connection.execute(statement, values).fetchall()
    return rows[0] if rows else None


def catalog_path(folder: Path) -> Path:
    """Where the catalog of a store is."""
    return folder / "catalog.duckdb"


def quoted(text: str) -> str:
    """A text as a SQL literal.

    >>> quoted("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def connect(memory_limit: str | None = None) -> Connection:
    """An in-memory DuckDB that sees no Python variables and loads no extensions by itself."""
    connection = duckdb.connect()
    connection.execute("SET python_enable_replacements = false")
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET preserve_insertion_order = true")
    # By default DuckDB would spill into a folder of the working directory.
    connection.execute(f"SET temp_directory = {quoted(tempfile.gettempdir())}")
    connection.execute("SET TimeZone = 'UTC'")
    if memory_limit is not None:
        connection.execute(f"SET memory_limit = {quoted(memory_limit)}")
    return connection


@contextmanager
def reading(folder: Path, beside: Connection | None = None) -> Iterator[Connection]:
    """A connection with the catalog attached as `cat`, as it is now, read-only.

    With `beside`, it is one to the same DuckDB, which has no `cat` yet: to open another costs more
    than a small question. Raises `StoreError` with its name where a file of the store is missing
    or damaged.
    """
    shared = _SHARED.get()
    if shared is not None and shared[0] == folder:
        with _explained(folder):
            yield shared[1]
        return
    path = catalog_path(folder)
    if not path.is_file():
        raise NotFoundError(
            f"store {folder}",
            "there is none",
            "Make one by `curate build RECIPE`, or name another by --store.",
        )
    with _opened(beside) as connection, _explained(folder):
        attach(connection, path, read_only=True)
        _check_format(connection, folder)
        yield connection


@contextmanager
def _opened(beside: Connection | None) -> Iterator[Connection]:
    """A connection, for as long as it may have `cat`, to a DuckDB of its own or that of another."""
    connection = connect() if beside is None else beside.cursor()
    try:
        yield connection
    finally:
        connection.close()
        if beside is not None:
            # A DuckDB that broke has nothing left to detach, and said so before.
            with suppress(duckdb.Error):
                beside.execute("DETACH DATABASE IF EXISTS cat")


@contextmanager
def reading_once(folder: Path) -> Iterator[None]:
    """Have all that is read inside use one connection, and see one state of the catalog.

    To open one costs more than a small question. Nothing inside may change the connection's
    settings, nor commit and read what it committed.
    """
    with reading(folder) as connection:
        token = _SHARED.set((folder, connection))
        try:
            yield
        finally:
            _SHARED.reset(token)


_SHARED: Final[ContextVar[tuple[Path, Connection] | None]] = ContextVar("_SHARED", default=None)


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Turn errors of libraries into a `StoreError` where the store's files are their cause."""
    try:
        yield
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise_damage(folder, error)
        if not isinstance(error, duckdb.IOException | duckdb.InvalidInputException | OSError):
            raise
        found = f"cannot be read: {first_line(error)}"
        raise StoreError(f"store {folder}", found, RESTORE) from error


def raise_damage(folder: Path, error: Exception) -> None:
    """Raise a `StoreError` that names the damaged file of a store, if that is why reading failed.

    Libraries meet damage in many ways, and seldom say in which file.
    """
    if isinstance(error, duckdb.InterruptException | duckdb.OutOfMemoryException):
        return
    connection = connect()
    try:
        attach(connection, catalog_path(folder), read_only=True)
        rows = connection.execute("SELECT path, bytes, sha256 FROM cat.base.files").fetchall()
    except (duckdb.Error, StoreError):
        return
    finally:
        connection.close()
    found = damage_among(folder, (Named(*row) for row in rows))
    if found is not None:
        raise StoreError(f"store {folder}", found, RESTORE) from error


@contextmanager
def committing(
    folder: Path,
    wait: float | None = COMMIT_WAIT_SECONDS,
    on_wait: Callable[[str], None] | None = None,
    beside: Connection | None = None,
) -> Iterator[Connection]:
    """A connection to a copy of the catalog, attached as `cat`; renamed into place at the end.

    `beside` is as in `reading`. Raises `StoreError` with the holder's name where another commit
    lasts longer than `wait` seconds.
    """
    path = catalog_path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with held(folder / "lock", wait, on_wait):
        # The lock is ours, so that any copy there is was left by a writer that was killed.
        for left in folder.glob("catalog.*.tmp*"):
            left.unlink(missing_ok=True)
        copy = folder / f"catalog.{os.getpid()}.tmp"
        try:
            with _opened(beside) as connection:
                if path.is_file():
                    shutil.copyfile(path, copy)
                    attach(connection, copy, read_only=False)
                    _check_format(connection, folder)
                else:
                    attach(connection, copy, read_only=False)
                    _create(connection)
                yield connection
                connection.execute("CHECKPOINT cat")
                connection.execute("USE memory")
                connection.execute("DETACH cat")
            synced(copy)
            copy.rename(path)
            synced(folder)
        finally:
            copy.unlink(missing_ok=True)
            copy.with_name(copy.name + ".wal").unlink(missing_ok=True)


@contextmanager
def at_once(connection: Connection) -> Iterator[None]:
    """Have the disk waited for once for all statements inside, and not for each of them."""
    connection.begin()
    yield
    connection.commit()


def attach(connection: Connection, path: Path, read_only: bool) -> None:
    """Attach a catalog as `cat`. Raises `StoreError` where it is damaged."""
    try:
        mode = " (READ_ONLY)" if read_only else f" (BLOCK_SIZE {BLOCK_BYTES})"
        connection.execute(f"ATTACH {quoted(str(path))} AS cat{mode}")
    except duckdb.Error as error:
        raise StoreError(
            f"catalog {path}",
            f"cannot be opened: {first_line(error)}",
            RESTORE,
        ) from error


def _create(connection: Connection) -> None:
    connection.execute("USE cat")
    connection.execute(SCHEMA)
    connection.execute("INSERT INTO base.store VALUES (?)", [FORMAT])


def _check_format(connection: Connection, folder: Path) -> None:
    row = row_of(connection, "SELECT max(format) FROM cat.base.store")
    found = row[0] if row else None
    if found != FORMAT:
        is_older = isinstance(found, int) and found < FORMAT
        way_out = (
            "it was made by an older curate: build it again, or use curate 0.1."
            if is_older
            else "use the newer curate."
        )
        raise StoreError(
            f"store {folder}",
            f"has format {found}",
            f"This curate reads format {FORMAT}: {way_out}",
        )


def synced(path: Path) -> None:
    """Have a file or a folder on the disk before anything names it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def first_line(error: BaseException) -> str:
    """The first line of an error of a library, which may add pages after it."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
