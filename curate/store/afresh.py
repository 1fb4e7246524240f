"""A catalog written into a new file, so that nothing of what was deleted stays in it."""

import os
from pathlib import Path

from curate.store.catalog import BLOCK_BYTES, Connection, attach, quoted
from curate.store.schema import SCHEMA


def write_afresh(connection: Connection, folder: Path) -> None:
    """Write the catalog that is being committed into a new file.

    Free blocks of a DuckDB file keep what was deleted or changed; a new file holds rows only.
    """
    copy = folder / f"catalog.{os.getpid()}.tmp"
    fresh = copy.with_name(copy.name + ".fresh")
    connection.execute("CHECKPOINT cat")
    connection.execute(f"ATTACH {quoted(str(fresh))} AS fresh (BLOCK_SIZE {BLOCK_BYTES})")
    connection.execute("USE fresh")
    connection.execute(SCHEMA)
    tables = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'fresh' ORDER BY 1"
    ).fetchall()
    for (name,) in tables:
        connection.execute(f"INSERT INTO fresh.base.{name} SELECT * FROM cat.base.{name}")
    connection.execute("CHECKPOINT fresh")
    connection.execute("USE memory")
    connection.execute("DETACH fresh")
    connection.execute("DETACH cat")
    fresh.rename(copy)
    attach(connection, copy, read_only=False)
