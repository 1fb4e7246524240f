"""Runs a selection as a build does: facts of batches, what it finds, then the query over all."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from curate.selection import SelectionOperator


def select(
    operator: SelectionOperator,
    batches: Sequence[pa.RecordBatch],
    seed: int = 0,
    others: Sequence[pa.RecordBatch] = (),
) -> list[dict[str, Any]]:
    """The rows of the selection, ordered by (id, copy)."""
    connection = duckdb.connect()
    facts = pa.concat_tables([_facts(operator, batch, seed) for batch in batches])
    beside = [facts.slice(0, 0), *(_facts(operator, batch, seed) for batch in others)]
    connection.register("facts", facts)
    connection.register("others", pa.concat_tables(beside))
    for name, table in operator.find(_Facts(connection), seed).items():
        connection.register(name, table)
    answer = connection.sql(operator.query(seed)).to_arrow_table().to_pylist()
    return sorted(answer, key=lambda row: (row["id"], row["copy"]))


class _Facts(NamedTuple):
    """What a selection is given (`curate.selection.Gathered`); contents are not at hand."""

    connection: duckdb.DuckDBPyConnection

    def table(self, query: str) -> pa.Table:
        return self.connection.sql(query).to_arrow_table()

    def contents(self, hashes: pa.Array) -> Iterator[pa.RecordBatch]:
        raise NotImplementedError


def _facts(operator: SelectionOperator, batch: pa.RecordBatch, seed: int) -> pa.Table:
    made = operator.facts(batch, seed)
    names = ["id", "copy", *made.schema.names]
    columns = [batch.column("id").cast(pa.binary()), batch.column("copy"), *made.columns]
    return pa.table(columns, names=names)
