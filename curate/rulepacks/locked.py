"""The database in which expressions run: in memory, without files, extensions or settings."""

import threading
from collections.abc import Sequence
from typing import Final

import duckdb
import pyarrow as pa

from curate.errors import is_interrupt

TIME_LIMIT_SECONDS: Final = 60.0
"""How long the expressions of a pack may take over one batch; thousands of rows need
milliseconds."""

_PER_THREAD = threading.local()


class TimeLimitError(Exception):
    """An evaluation was stopped at the time limit."""


def locked_connection() -> duckdb.DuckDBPyConnection:
    """The connection of this thread: no file, network, extension, replacement scan or setting."""
    connection: duckdb.DuckDBPyConnection | None = getattr(_PER_THREAD, "connection", None)
    if connection is None:
        connection = duckdb.connect(
            ":memory:",
            config={
                "enable_external_access": "false",
                "python_enable_replacements": "false",
                "autoload_known_extensions": "false",
                "autoinstall_known_extensions": "false",
                "memory_limit": "512MB",
                "threads": "1",
            },
        )
        connection.execute("SET max_expression_depth = 250")
        connection.execute("SET lock_configuration = true")
        _PER_THREAD.connection = connection
    return connection


def one_text(query: str, parameter: str) -> str:
    """The single text that a query of one parameter returns."""
    rows = locked_connection().execute(query, [parameter]).fetchall()
    return str(rows[0][0])


def evaluate(
    expressions: Sequence[str], facts: pa.Table, seconds: float = TIME_LIMIT_SECONDS
) -> pa.Table:
    """Evaluate checked expressions over a table of signals; one column each, in order.

    Raises duckdb.Error where one fails, TimeLimitError after the time limit.
    """
    connection = locked_connection()
    listed = ", ".join(f"({sql}) AS c{index}" for index, sql in enumerate(expressions))
    watch = threading.Timer(seconds, connection.interrupt)
    watch.start()
    try:
        relation = connection.from_arrow(facts)
        return relation.project(listed).to_arrow_table()
    except duckdb.InterruptException as error:
        raise TimeLimitError from error
    except duckdb.Error as error:
        if is_interrupt(error):
            raise KeyboardInterrupt from error
        raise
    finally:
        watch.cancel()
