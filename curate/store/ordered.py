"""Members and their contents in stored order, by (id, copy), with bounded memory."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from curate.store.catalog import Connection, quoted, row_of
from curate.store.delta import columns_sql, files_sql
from curate.store.gather import PLACE, READERS, Gatherer, places_sql

SORT_MEMORY: Final = "1GB"
"""What DuckDB may hold while it puts records into their order."""


def members_in_order(
    connection: Connection, members: str, names: Sequence[str], batch_size: int
) -> Iterator[pa.RecordBatch]:
    """Some columns of members, which are a SELECT."""
    statement = f"SELECT {columns_sql(names)} FROM ({members}) ORDER BY id, copy"
    yield from _sorted(connection, statement, batch_size)


def records_in_order(
    connection: Connection,
    folder: Path,
    segments: Sequence[str],
    members: str,
    names: Sequence[str],
    content: Sequence[str],
    batch_size: int,
) -> Iterator[pa.Table]:
    """Some columns of members, a SELECT, and of their contents; members without one are left out.

    Memory holds a batch and a row group (`segments.GROUP_BYTES`) of each segment. Where segments
    lie in another order than the members, DuckDB sorts all that is left, within `SORT_MEMORY`.
    """
    if not segments:
        return
    own = [name for name in names if name not in content]
    listed = ", ".join(f'm."{name}"' for name in dict.fromkeys(["id", "copy", *own]))
    located = (
        f"SELECT {listed}, {columns_sql(PLACE)} FROM ({members}) m "
        f"JOIN {places_sql(folder, segments)} p ON p.hash = m.hash ORDER BY m.id, m.copy"
    )
    gatherer = Gatherer(folder, segments, content)
    with ThreadPoolExecutor(READERS) as pool:
        # While its rows are fetched, a connection takes no other statement.
        for batch in _sorted(connection.cursor(), located, batch_size):
            window = pa.Table.from_batches([batch])
            if gatherer.is_scattered(window):
                break
            columns = [*window.columns, *gatherer.rows(window, pool).columns]
            yield pa.table(columns, names=[*window.column_names, *content])
        else:
            return
    listed = ", ".join(f'{"p" if name in content else "m"}."{name}"' for name in names)
    joined = (
        f"SELECT {listed} FROM ({members}) m JOIN {files_sql(folder, segments)} p "
        f"ON p.hash = m.hash WHERE {_from(window)} ORDER BY m.id, m.copy"
    )
    for batch in _sorted(connection, joined, batch_size):
        yield pa.Table.from_batches([batch])


def _from(window: pa.Table) -> str:
    """The condition of members from the first of a window on."""
    first = f"unhex('{window['id'][0].as_py().hex()}')"
    return f"(m.id > {first} OR (m.id = {first} AND m.copy >= {window['copy'][0].as_py()}))"


def _sorted(connection: Connection, statement: str, batch_size: int) -> Iterator[pa.RecordBatch]:
    """The rows of a sorted SELECT; what does not fit into `SORT_MEMORY` is sorted on the disk."""
    usual = row_of(connection, "SELECT current_setting('memory_limit')")
    assert usual is not None
    for limit in (SORT_MEMORY, usual[0]):
        connection.execute(f"SET memory_limit = {quoted(limit)}")
        began = False
        try:
            for batch in connection.sql(statement).to_arrow_reader(batch_size):
                began = True
                yield batch
        except duckdb.OutOfMemoryException:
            # Single records can be larger than any limit that suits all others.
            if began or limit == usual[0]:
                raise
        else:
            return
