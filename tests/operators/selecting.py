"""Runs a selection as a build does: facts of batches, then the query over all of them."""

from collections.abc import Sequence
from typing import Any

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
    answer = connection.sql(operator.query(seed)).to_arrow_table().to_pylist()
    return sorted(answer, key=lambda row: (row["id"], row["copy"]))


def _facts(operator: SelectionOperator, batch: pa.RecordBatch, seed: int) -> pa.Table:
    made = operator.facts(batch, seed)
    names = ["id", "copy", *made.schema.names]
    columns = [batch.column("id").cast(pa.binary()), batch.column("copy"), *made.columns]
    return pa.table(columns, names=names)
