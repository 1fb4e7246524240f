"""`curate sql`: one SELECT over the views, with everything else locked."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from curate.errors import UsageError
from curate.store.catalog import Connection, first_line, quoted, raise_damage, reading, table_of
from curate.store.delta import StoredFile
from curate.store.parquet import literal_pattern
from curate.store.views import create_views

TIME_LIMIT_SECONDS: Final = 600.0

_OF_THE_STATEMENT: Final = (
    duckdb.ParserException,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ConversionException,
    duckdb.OutOfRangeException,
)
"""Errors that no damaged file makes."""


def lock_down(connection: Connection, readable: list[str]) -> None:
    """Close a connection to all files but the given ones, and to every change of settings."""
    # A path is looked up by its pattern, and then opened by its name.
    listed = ", ".join(quoted(p) for path in readable for p in (path, literal_pattern(path)))
    connection.execute(f"SET allowed_paths = [{listed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def select(
    folder: Path,
    files: list[StoredFile],
    statement: str,
    limit: float = TIME_LIMIT_SECONDS,
    views: Mapping[str, str] | None = None,
) -> pa.Table:
    """Run one SELECT over the views of a store and return its rows.

    The statement is untrusted: it can reach neither files nor settings, and is interrupted after
    `limit` seconds. `views` are further views that it may ask, each a SELECT of ours.
    """
    _check_single_select(statement)
    with reading(folder) as connection:
        create_views(connection, folder, files, "cat.base", temporary=True)
        for name, view in (views or {}).items():
            connection.execute(f"CREATE TEMP VIEW {name} AS {view}")
        lock_down(connection, [str(folder / file.path) for file in files])
        timer = threading.Timer(limit, connection.interrupt)
        timer.daemon = True
        timer.start()
        try:
            return table_of(connection, statement)
        except duckdb.InterruptException as error:
            raise UsageError("sql", f"not done after {limit:g} s", "Ask for less.") from error
        except duckdb.IOException:
            raise
        except duckdb.Error as error:
            if not isinstance(error, _OF_THE_STATEMENT):
                raise_damage(folder, error)
            raise UsageError(
                "sql", str(error).strip(), "The views are listed by `curate sql --views`."
            ) from error
        finally:
            timer.cancel()


def _check_single_select(statement: str) -> None:
    try:
        statements = duckdb.extract_statements(statement)
    except duckdb.Error as error:
        raise UsageError("sql", first_line(error), "Write one SELECT.") from error
    kinds = [str(s.type).rsplit(".", 1)[-1] for s in statements]
    if kinds != ["SELECT"]:
        raise UsageError(
            "sql", f"got {' and '.join(kinds) or 'nothing'}", "Write one SELECT and nothing else."
        )
