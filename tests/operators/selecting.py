"""Runs a selection as a build does: facts of batches, what it finds, then the query over all."""

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from curate.hashing import hash_batch
from curate.record import WORKING
from curate.selection import SelectionOperator


class Facts:
    """The facts of some records, and their contents (`selection.Gathered`)."""

    def __init__(
        self,
        operator: SelectionOperator,
        batches: Sequence[pa.RecordBatch],
        seed: int = 0,
        others: Sequence[pa.RecordBatch] = (),
    ) -> None:
        self.connection = duckdb.connect()
        self.contents_of = pa.concat_tables(map(_hashed, [*batches, *others]))
        self.asked: list[int] = []
        for name, given in (("facts", batches), ("others", others)):
            table = pa.concat_tables(_facts(operator, one, seed) for one in given or [NOTHING])
            reference = pa.array(["other"] * len(table), pa.string())
            self.connection.register(name, table.append_column("reference", reference))

    def table(self, query: str) -> pa.Table:
        return self.connection.sql(query).to_arrow_table()

    def contents(self, hashes: pa.Array) -> Iterator[pa.RecordBatch]:
        wanted = self.contents_of.filter(pc.is_in(self.contents_of["hash"], hashes))
        self.asked.append(len(wanted))
        # Backwards, since no order is promised.
        yield from reversed(wanted.to_batches(max(3, len(wanted) // 5)))


NOTHING = pa.RecordBatch.from_pylist([], schema=WORKING)


def _hashed(batch: pa.RecordBatch) -> pa.Table:
    place = WORKING.get_field_index("hash")
    return pa.Table.from_batches([batch]).set_column(place, "hash", hash_batch(batch))


def _facts(operator: SelectionOperator, batch: pa.RecordBatch, seed: int) -> pa.Table:
    made = operator.facts(batch, seed)
    names = ["id", "copy", "hash", "source", *made.schema.names]
    own = [batch.column("id").cast(pa.binary()), batch.column("copy"), hash_batch(batch)]
    return pa.table([*own, batch.column("source"), *made.columns], names=names)


def select(
    operator: SelectionOperator,
    batches: Sequence[pa.RecordBatch],
    seed: int = 0,
    others: Sequence[pa.RecordBatch] = (),
) -> list[dict[str, Any]]:
    """The rows of the selection, ordered by (id, copy)."""
    facts = Facts(operator, batches, seed, others)
    for name, table in operator.find(facts, seed).items():
        facts.connection.register(name, table)
    answer = facts.table(operator.query(seed)).to_pylist()
    return sorted(answer, key=lambda row: (row["id"], row["copy"]))
