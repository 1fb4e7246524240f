"""Runs a selection as a build does: facts of batches, then the query over all of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from curate.hashing import hash_batch
from curate.selection import SelectionOperator


class Selected(NamedTuple):
    """What a selection says, ordered."""

    rows: list[dict[str, Any]]
    cuts: list[dict[str, Any]]
    notes: list[str]


class Held(NamedTuple):
    """Facts in a connection, and contents in memory (`selection.Gathered`)."""

    connection: duckdb.DuckDBPyConnection
    batches: Sequence[pa.RecordBatch]

    def table(self, query: str, given: Mapping[str, pa.Table] | None = None) -> pa.Table:
        for name, table in (given or {}).items():
            self.connection.register(name, table)
        return self.connection.sql(query).to_arrow_table()

    def contents(self, hashes: pa.Array) -> Iterator[pa.RecordBatch]:
        wanted = set(hashes.to_pylist())
        for batch in self.batches:
            own = hash_batch(batch)
            chosen = []
            for row, each in enumerate(own.to_pylist()):
                if each in wanted:
                    wanted.remove(each)
                    chosen.append(row)
            if chosen:
                rows = pa.array(chosen)
                place = batch.schema.get_field_index("hash")
                filled = batch.set_column(place, batch.schema.field(place), own)
                yield filled.take(rows)
        assert not wanted


def select(
    operator: SelectionOperator,
    batches: Sequence[pa.RecordBatch],
    seed: int = 0,
    others: Sequence[pa.RecordBatch] = (),
) -> list[dict[str, Any]]:
    """The rows of the selection, ordered by (id, copy)."""
    return selected(operator, batches, seed, others).rows


def selected(
    operator: SelectionOperator,
    batches: Sequence[pa.RecordBatch],
    seed: int = 0,
    others: Sequence[pa.RecordBatch] = (),
) -> Selected:
    """The rows of the selection, its cuts of records that stay, and its notes."""
    connection = duckdb.connect()
    facts = pa.concat_tables([_facts(operator, batch, seed) for batch in batches])
    beside = [facts.slice(0, 0), *(_facts(operator, batch, seed) for batch in others)]
    connection.register("facts", facts)
    connection.register("others", pa.concat_tables(beside))
    held = Held(connection, [*batches, *others])
    for name, table in operator.find(held, seed).items():
        connection.register(name, table)
    connection.execute(f"CREATE TABLE chosen AS {operator.query(seed)}")
    cuts: list[dict[str, Any]] = []
    query = operator.cuts(seed)
    if query is not None:
        connection.execute(f"CREATE TABLE cuts AS {query}")
        gone = "(SELECT id, copy FROM chosen WHERE action = 'drop')"
        kept = f"SELECT * FROM cuts ANTI JOIN {gone} USING (id, copy) ORDER BY ALL"
        cuts = connection.sql(kept).to_arrow_table().to_pylist()
    rows = connection.sql("SELECT * FROM chosen ORDER BY id, copy").to_arrow_table().to_pylist()
    return Selected(rows, cuts, list(operator.notes(held)))


def _facts(operator: SelectionOperator, batch: pa.RecordBatch, seed: int) -> pa.Table:
    made = operator.facts(batch, seed)
    names = ["id", "copy", "hash", *made.schema.names]
    known = [batch.column("id").cast(pa.binary()), batch.column("copy")]
    return pa.table([*known, hash_batch(batch).cast(pa.binary()), *made.columns], names=names)
