"""Facts that selections take of records, each once for an id and a content.

cache/facts/KEY/*.parquet has the facts of one operator and seed, beside `curate_id` and
`curate_hash`; cache/facts/KEY-DIGEST/*.parquet those of the records of a reference, beside
`curate_copy` and `curate_source` as well.
"""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from curate.build.cache import Cache, whole_folder, write_fast, write_whole
from curate.build.culprit import guarded
from curate.build.pool import Piece, as_working, contents, without_origin
from curate.build.scores import with_scores
from curate.build.selecting import CURRENT
from curate.hashing import digest
from curate.progress import Progress
from curate.recipe import Step
from curate.record import WORKING
from curate.scores import without_values
from curate.selection import Reference, SelectionOperator
from curate.store.catalog import Connection, row_of
from curate.store.parquet import parquet_sql

ID: Final = "curate_id"
HASH: Final = "curate_hash"
COPY: Final = "curate_copy"
SOURCE: Final = "curate_source"


class FactTask(NamedTuple):
    """Take facts of records for the selections that lack them."""

    pieces: tuple[Piece, ...]
    told: pa.Table
    """Of each record `hash`, `id`, `source` and `lacking`: bit n is set for the n-th selection."""
    selections: tuple[Step, ...]
    homes: tuple[Path, ...]
    seed: int
    scores: dict[str, Path]
    """What `scores.write_scores` wrote."""


def facts_home(cache: Cache, step: Step, seed: int) -> Path:
    """Where the facts of a selection are."""
    fingerprint = _selection(step).facts_fingerprint()
    key = digest(b"curate.facts.1", fingerprint.encode(), str(seed).encode())
    return cache.group("facts") / key.hex()


def take_facts_of_reference(
    step: Step, reference: Reference, home: Path, seed: int, progress: Progress
) -> list[Path]:
    """The files of facts of the records of a reference, made where they are not kept."""
    folder = home.with_name(f"{home.name}-{reference.digest}")
    if not folder.is_dir():
        progress.stage(f"facts of {reference.name}", None)
        with whole_folder(folder) as half:
            for number, batch in enumerate(reference.load(None)):
                read = without_values(without_origin(batch), step.operator.scores)
                table = _facts(step, read, seed)
                for name, column in ((ID, "id"), (HASH, "hash"), (COPY, "copy")):
                    table = table.append_column(name, batch.column(column))
                table = table.append_column(SOURCE, batch.column("source"))
                write_fast(half / f"{number:06d}.parquet", table)
                progress.advance(len(batch))
    return fact_files(folder)


def fact_files(home: Path) -> list[Path]:
    """The files of facts of one selection."""
    return sorted(home.glob("*.parquet"))


def lacking_facts(connection: Connection, homes: Sequence[Path]) -> None:
    """Make `wanted(hash, id, source, lacking)`: the records of which facts are to be taken."""
    files = [fact_files(home) for home in homes]
    every = f"SELECT hash, id, source, {(1 << len(homes)) - 1}::BIGINT AS lacking FROM {CURRENT}"
    bits = " UNION ALL ".join(_bit(number, known) for number, known in enumerate(files))
    some = (
        f"SELECT hash, id, source, bit_or(bit)::BIGINT AS lacking FROM ({bits}) "
        "GROUP BY hash, id, source"
    )
    # Nothing comes twice where nothing was copied, and nothing is known in most first builds.
    copied = row_of(connection, f"SELECT max(copy) FROM {CURRENT}")
    rows = some if any(files) or copied != (0,) else every
    connection.execute(f"CREATE OR REPLACE TEMP TABLE wanted AS {rows}")


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
        table = _facts(step, with_scores(step, part, task.scores), task.seed)
        table = table.append_column(ID, part.column("id"))
        table = table.append_column(HASH, part.column("hash"))
        write_whole(home / f"{uuid.uuid4().hex}.parquet", table)
    return len(batch)


def _facts(step: Step, batch: pa.RecordBatch, seed: int) -> pa.Table:
    operator = _selection(step)

    def facts_of(rows: pa.RecordBatch) -> pa.RecordBatch:
        facts = operator.facts(rows, seed)
        if len(facts) != len(rows):
            raise ValueError(f"{len(rows)} records in, facts of {len(facts)} out")
        return facts

    return pa.Table.from_batches([guarded(step.name, facts_of, batch)])


def _selection(step: Step) -> SelectionOperator:
    if not isinstance(step.operator, SelectionOperator):
        raise TypeError(f"step {step.name}: {type(step.operator).__name__} is no selection")
    return step.operator


def no_facts(step: Step, folder: Path, seed: int) -> Path:
    """Write the facts of no record: a selection's query needs their columns."""
    nothing = pa.RecordBatch.from_pylist([], schema=WORKING)
    table = _facts(step, without_values(nothing, step.operator.scores), seed)
    for name in (ID, HASH):
        table = table.append_column(name, pa.array([], pa.binary(16)))
    path = folder / f"{uuid.uuid4().hex}.parquet"
    write_whole(path, table)
    return path
