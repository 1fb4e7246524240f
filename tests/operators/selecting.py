"""Runs a selection as a build does: facts of batches, what it finds, then the query over all."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.hashing import hash_batch
from curate.record import WORKING
from curate.scores import with_columns
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
            nothing = with_columns(NOTHING, [(one, pa.nulls(0)) for one in operator.wants()])
            table = pa.concat_tables(_facts(operator, one, seed) for one in given or [nothing])
            against = next(iter(operator.against()), "other")
            reference = pa.array([against] * len(table), pa.string())
            self.connection.register(name, table.append_column("reference", reference))

    def table(self, query: str, given: Mapping[str, pa.Table] | None = None) -> pa.Table:
        for name, table in (given or {}).items():
            self.connection.register(name, table)
        return self.connection.sql(query).to_arrow_table()

    def contents(self, hashes: pa.Array) -> Iterator[pa.RecordBatch]:
        _, first = np.unique(self.contents_of["hash"].to_pylist(), return_index=True)
        each = self.contents_of.take(pa.array(np.sort(first)))
        wanted = each.filter(pc.is_in(each["hash"], hashes))
        self.asked.append(len(wanted))
        # Backwards, since no order is promised.
        yield from reversed(wanted.to_batches(max(3, len(wanted) // 5)))


NOTHING = pa.RecordBatch.from_pylist([], schema=WORKING)


def _hashed(batch: pa.RecordBatch) -> pa.Table:
    place = WORKING.get_field_index("hash")
    return pa.Table.from_batches([batch]).set_column(place, "hash", hash_batch(batch))


def _facts(operator: SelectionOperator, batch: pa.RecordBatch, seed: int) -> pa.Table:
    made = operator.facts(batch, seed)
    names = ["id", "copy", "hash", "source", "split", *made.schema.names]
    own = [batch.column("id").cast(pa.binary()), batch.column("copy"), hash_batch(batch)]
    return pa.table([*own, batch["source"], batch["split"], *made.columns], names=names)


class Selected(NamedTuple):
    """What a selection says, ordered."""

    rows: list[dict[str, Any]]
    cuts: list[dict[str, Any]]
    notes: list[str]


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
    facts = Facts(operator, batches, seed, others)
    for name, table in operator.find(facts, seed).items():
        facts.connection.register(name, table)
    facts.connection.execute(f"CREATE TABLE chosen AS {operator.query(seed)}")
    cuts: list[dict[str, Any]] = []
    query = operator.cuts(seed)
    if query is not None:
        facts.connection.execute(f"CREATE TABLE cuts AS {query}")
        gone = "(SELECT id, copy FROM chosen WHERE action = 'drop')"
        kept = f"SELECT * FROM cuts ANTI JOIN {gone} USING (id, copy) ORDER BY ALL"
        cuts = facts.table(kept).to_pylist()
    rows = facts.table("SELECT * FROM chosen ORDER BY id, copy").to_pylist()
    return Selected(rows, cuts, list(operator.notes(facts)))
