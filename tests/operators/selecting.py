"""Runs a selection as a build does: facts of batches, then what decides over all of them."""

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from curate.hashing import hash_batch
from curate.selection import SelectionOperator

_ENGINE = ("id", "copy", "hash", "source")


class Gathering:
    """The facts of some batches, and their contents (`selection.Gathered`)."""

    def __init__(
        self,
        operator: SelectionOperator,
        batches: Sequence[pa.RecordBatch],
        seed: int = 0,
        others: Sequence[pa.RecordBatch] = (),
    ) -> None:
        self.batches = [_hashed(batch) for batch in (*batches, *others)]
        own = len(batches)
        facts = pa.concat_tables([_facts(operator, one, seed) for one in self.batches[:own]])
        beside = [facts.slice(0, 0), *(_facts(operator, o, seed) for o in self.batches[own:])]
        self.connection = duckdb.connect()
        self.connection.register("facts", facts)
        known = pa.concat_tables(beside)
        self.connection.register(
            "others", known.append_column("reference", pa.array(["other"] * len(known)))
        )

    def table(self, query: str) -> pa.Table:
        return self.connection.sql(query).to_arrow_table()

    def contents(self, hashes: pa.Array) -> Iterator[pa.RecordBatch]:
        wanted = set(hashes.to_pylist())
        for batch in self.batches:
            rows = []
            for row, content in enumerate(batch.column("hash").to_pylist()):
                if content in wanted:
                    wanted.remove(content)
                    rows.append(row)
            if rows:
                yield batch.take(pa.array(rows))


def select(
    operator: SelectionOperator,
    batches: Sequence[pa.RecordBatch],
    seed: int = 0,
    others: Sequence[pa.RecordBatch] = (),
) -> list[dict[str, Any]]:
    """The rows of the selection, ordered by (id, copy)."""
    gathering = Gathering(operator, batches, seed, others)
    for name, table in operator.find(gathering, seed).items():
        gathering.connection.register(name, table)
    answer = gathering.table(operator.query(seed)).to_pylist()
    return sorted(answer, key=lambda row: (row["id"], row["copy"]))


def _hashed(batch: pa.RecordBatch) -> pa.RecordBatch:
    place = batch.schema.get_field_index("hash")
    return batch.set_column(place, batch.schema.field("hash"), hash_batch(batch))


def _facts(operator: SelectionOperator, batch: pa.RecordBatch, seed: int) -> pa.Table:
    made = operator.facts(batch, seed)
    binary = ("id", "hash")
    columns = [
        batch.column(name).cast(pa.binary()) if name in binary else batch.column(name)
        for name in _ENGINE
    ]
    return pa.table([*columns, *made.columns], names=[*_ENGINE, *made.schema.names])
