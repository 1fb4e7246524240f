"""Facts that selections take of records, each once for an id and a content.

cache/facts/KEY/*.parquet has the facts of one operator and seed, beside `curate_id` and
`curate_hash`.
"""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from curate.build.cache import Cache, write_whole
from curate.build.culprit import guarded
from curate.build.pool import Piece, as_working, contents
from curate.build.selecting import CURRENT
from curate.hashing import digest
from curate.operator import SelectionOperator
from curate.recipe import Step
from curate.record import WORKING
from curate.store.catalog import Connection
from curate.store.parquet import parquet_sql

ID: Final = "curate_id"
HASH: Final = "curate_hash"


class FactTask(NamedTuple):
    """Take facts of records for the selections that lack them."""

    pieces: tuple[Piece, ...]
    told: pa.Table
    """Of each record `hash`, `id`, `source` and `lacking`: bit n is set for the n-th selection."""
    selections: tuple[Step, ...]
    homes: tuple[Path, ...]
    seed: int


def facts_home(cache: Cache, step: Step, seed: int) -> Path:
    """Where the facts of a selection are."""
    key = digest(b"curate.facts.1", step.operator.fingerprint().encode(), str(seed).encode())
    return cache.group("facts") / key.hex()


def fact_files(home: Path) -> list[Path]:
    """The files of facts of one selection."""
    return sorted(home.glob("*.parquet"))


def lacking_facts(connection: Connection, homes: Sequence[Path]) -> None:
    """Make `wanted(hash, id, source, lacking)`: the records of which facts are to be taken."""
    bits = [_bit(number, fact_files(home)) for number, home in enumerate(homes)]
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE wanted AS "
        "SELECT hash, id, source, bit_or(bit)::BIGINT AS lacking "
        f"FROM ({' UNION ALL '.join(bits)}) GROUP BY hash, id, source"
    )


def _bit(number: int, files: Sequence[Path]) -> str:
    known = f"ANTI JOIN {parquet_sql(files)} f ON f.{ID} = c.id AND f.{HASH} = c.hash"
    return f"SELECT c.hash, c.id, c.source, {1 << number}::BIGINT AS bit FROM {CURRENT} c " + (
        known if files else ""
    )


def take_facts(task: FactTask) -> int:
    """Run a task; its files are there when it returns. Returns how many records it had."""
    batch = as_working(contents(task.pieces), task.told)
    lacking = task.told.column("lacking").to_numpy()
    for number, (step, home) in enumerate(zip(task.selections, task.homes, strict=True)):
        rows = np.flatnonzero(lacking & (1 << number))
        if not len(rows):
            continue
        part = batch if len(rows) == len(batch) else batch.take(pa.array(rows))
        table = _facts(step, part, task.seed)
        table = table.append_column(ID, part.column("id"))
        table = table.append_column(HASH, part.column("hash"))
        write_whole(home / f"{uuid.uuid4().hex}.parquet", table)
    return len(batch)


def _facts(step: Step, batch: pa.RecordBatch, seed: int) -> pa.Table:
    operator = step.operator
    if not isinstance(operator, SelectionOperator):
        raise TypeError(f"step {step.name}: {type(operator).__name__} is no selection")

    def facts_of(rows: pa.RecordBatch) -> pa.RecordBatch:
        facts = operator.facts(rows, seed)
        if len(facts) != len(rows):
            raise ValueError(f"{len(rows)} records in, facts of {len(facts)} out")
        return facts

    return pa.Table.from_batches([guarded(step.name, facts_of, batch)])


def no_facts(step: Step, folder: Path, seed: int) -> Path:
    """Write the facts of no record: a selection's query needs their columns."""
    nothing = pa.RecordBatch.from_pylist([], schema=WORKING)
    table = _facts(step, nothing, seed)
    for name in (ID, HASH):
        table = table.append_column(name, pa.array([], pa.binary(16)))
    path = folder / f"{uuid.uuid4().hex}.parquet"
    write_whole(path, table)
    return path
