"""What a selection is given to find what no query can: facts and contents of all records."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import pyarrow as pa

from curate.build.cache import Cache
from curate.build.pool import as_working, contents, pool, slices
from curate.store.catalog import Connection, table_of

_WANTED: Final = "wanted_contents"


class Gathering(NamedTuple):
    """The facts of one selection in a connection (`selection.Gathered`)."""

    connection: Connection
    cache: Cache
    beside: Sequence[Path]
    """Files of contents that are neither the cache's nor the store's: those of references."""
    batch_size: int

    def table(self, query: str, given: Mapping[str, pa.Table] | None = None) -> pa.Table:
        """The answer to a SELECT, which may use the tables that are given."""
        for name, table in (given or {}).items():
            self.connection.register(name, table)
        try:
            return table_of(self.connection, query)
        finally:
            for name in given or ():
                self.connection.unregister(name)

    def contents(self, hashes: pa.Array) -> Iterator[pa.RecordBatch]:
        """Contents by hash, each once, in batches of at most `batch_size`."""
        wanted = pa.table({"hash": hashes.cast(pa.binary()).unique()})
        self.connection.register(_WANTED, wanted)
        files = [*pool(self.cache), *self.beside]
        found = slices(self.connection, files, _WANTED, self.batch_size)
        self.connection.unregister(_WANTED)
        for each in found:
            yield as_working(contents(each.pieces))
