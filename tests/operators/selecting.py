"""Runs a selection as a build does: facts of batches, then the query over all of them."""

from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa

from curate.selection import SelectionOperator


def select(
    operator: SelectionOperator, batches: Sequence[pa.RecordBatch], seed: int = 0
) -> list[dict[str, Any]]:
    """The rows of the selection, ordered by (id, copy)."""
    parts = []
    for batch in batches:
        made = operator.facts(batch, seed)
        names = ["id", "copy", *made.schema.names]
        columns = [batch.column("id").cast(pa.binary()), batch.column("copy"), *made.columns]
        parts.append(pa.table(columns, names=names))
    connection = duckdb.connect()
    connection.register("facts", pa.concat_tables(parts))
    answer = connection.sql(operator.query(seed)).to_arrow_table().to_pylist()
    return sorted(answer, key=lambda row: (row["id"], row["copy"]))
