"""The contents of a few records, over a connection that is open already."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from curate.record import CONTENT
from curate.store import Version
from curate.store.catalog import Connection, table_of
from curate.store.delta import StoredFile, columns_sql
from curate.store.parquet import parquet_sql

FEW: Final = 6
"""Up to how many versions are searched one by one."""


class Contents(Mapping[bytes, Mapping[str, Any]]):
    """Contents by hash, each a row of the schema `record.CONTENT`; unknown ones are not there."""

    def __init__(
        self,
        connection: Connection,
        version: Version,
        hashes: Collection[bytes],
        near: Mapping[tuple[str, int], Collection[bytes]] | None = None,
    ) -> None:
        """Read those of the hashes that a version's store has.

        `near` says which of them a version (dataset and number) was the first to have, most likely:
        what it wrote is looked through before all else.
        """
        # No array is made of a list: for that pyarrow imports pandas, where there is one.
        self._table: pa.Table | None = None
        self._places: dict[bytes, int] = {}
        found = []
        missing = set(hashes)
        for segments, wanted in _searches(version.segments, missing, near or {}):
            if segments and wanted & missing:
                found.append(_read(connection, version, segments, wanted & missing))
                missing -= set(found[-1].column("hash").to_pylist())
        if found:
            table = pa.concat_tables(found)
            self._places = {one: at for at, one in enumerate(table.column("hash").to_pylist())}
            content = table.drop_columns(["hash"])
            # A cast imports pyarrow.compute, a twentieth of a second, also where nothing is to do.
            self._table = content if content.schema == CONTENT else content.cast(CONTENT)
        self._rows: list[dict[str, Any]] = [] if self._table is None else self._table.to_pylist()

    def __getitem__(self, one: bytes) -> Mapping[str, Any]:
        """The content of a hash. Raises KeyError where it is not known."""
        return self._rows[self._places[one]]

    def __iter__(self) -> Iterator[bytes]:
        """The hashes that are known."""
        return iter(self._places)

    def __len__(self) -> int:
        """How many are known."""
        return len(self._places)

    def batch(self, one: bytes | None) -> pa.RecordBatch | None:
        """The content of a hash as a batch of one row; None where it is not known."""
        if one not in self._places or self._table is None:
            return None
        return self._table.slice(self._places[one], 1).combine_chunks().to_batches()[0]


def _searches(
    segments: Sequence[StoredFile],
    hashes: Collection[bytes],
    near: Mapping[tuple[str, int], Collection[bytes]],
) -> Iterator[tuple[list[StoredFile], set[bytes]]]:
    """What to look for, and where, until all is found.

    A search costs a look at each row group for each hash: so few versions are searched one by one.
    """
    if len(near) <= FEW:
        for place, own in near.items():
            yield [one for one in segments if (one.dataset, one.version) == place], set(own)
    else:
        yield [one for one in segments if (one.dataset, one.version) in near], set(hashes)
    yield list(segments), set(hashes)


def _read(
    connection: Connection,
    version: Version,
    segments: Iterable[StoredFile],
    hashes: Collection[bytes],
) -> pa.Table:
    """The contents with one of some hashes that segments have, with their hash."""
    # Of a list of values DuckDB asks the Bloom filter of each row group.
    listed = ", ".join(f"unhex('{one.hex()}')" for one in sorted(hashes))
    source = parquet_sql([version.folder / segment.path for segment in segments])
    columns = columns_sql(["hash", *CONTENT.names])
    return table_of(connection, f"SELECT {columns} FROM {source} WHERE hash IN ({listed})")
