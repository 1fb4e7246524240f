"""The values of scores, on their way from signal steps to the steps that want them."""

import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.build.arrow_file import ARROW, read_arrow, write_arrow
from curate.build.cache import Cache
from curate.build.measuring import SIGNALS_FILE, pending
from curate.errors import OperatorError
from curate.fields import field_texts
from curate.hashing import hash_texts
from curate.recipe import Step
from curate.scores import ARROW_TYPES, Score, Wanted, with_columns
from curate.store.catalog import Connection, table_of
from curate.store.signals import COLUMNS, hash_values
from curate.store.views import SIGNALS, signals_sql

Files = Mapping[str, Path]
"""Of each score, by its key, the file of all values that are known: `hash`, sorted, and `value`."""


def write_scores(connection: Connection, cache: Cache, steps: Sequence[Step]) -> dict[str, Path]:
    """Write what is known of the scores that steps want, for workers to look up."""
    scores = {score.key: score for step in steps for score in step.operator.scores}
    files = [*cache.stored("signals"), *pending(cache, SIGNALS_FILE)] if scores else []
    written: dict[str, Path] = {}
    for key, score in scores.items() if files else ():
        table = table_of(
            connection,
            f"SELECT hash, min({COLUMNS[score.wanted.type]}) AS value FROM {signals_sql(files)} "
            "WHERE signal = ? AND fingerprint = ? GROUP BY hash ORDER BY hash",
            [score.name, score.fingerprint],
        )
        schema = pa.schema([("hash", pa.binary(16)), ("value", ARROW_TYPES[score.wanted.type])])
        written[key] = cache.work / f"{uuid.uuid4().hex}{ARROW}"
        write_arrow(written[key], table.cast(schema))
    return written


def with_scores(
    step: Step, batch: pa.RecordBatch, files: Files, new: Sequence[pa.Table] = ()
) -> pa.RecordBatch:
    """A batch with the scores that a step wants; `new` are values of this task (`SIGNALS`).

    Raises OperatorError where a text has none, as only a store does that has lost some.
    """
    found: list[tuple[Wanted, pa.Array]] = []
    for score in step.operator.scores:
        hashes = hash_texts(field_texts(batch, score.field))
        values, known = _looked_up(score, hashes, files, new)
        missing = int(np.count_nonzero(~known & hashes.is_valid().to_numpy(zero_copy_only=False)))
        if missing:
            raise OperatorError(
                f"step {step.name}",
                f"{missing:,} texts have no stored value of {score.name!r} (step {score.step})",
                "Delete the folder `cache` of the store and build again: it is measured anew.",
            )
        found.append((score.wanted, values))
    return with_columns(batch, found)


def _looked_up(
    score: Score, hashes: pa.Array, files: Files, new: Sequence[pa.Table]
) -> tuple[pa.Array, npt.NDArray[np.bool_]]:
    """The value for each hash (null where there is none), and whether it is known."""
    tables = [_of_file(files[score.key], hashes)] if score.key in files else []
    tables += [_of_task(score, table) for table in new]
    schema = pa.schema([("hash", pa.binary(16)), ("value", ARROW_TYPES[score.wanted.type])])
    rows = pa.concat_tables([schema.empty_table(), *tables]).combine_chunks()
    keys = rows.column("hash").combine_chunks().cast(pa.binary())
    places = pc.index_in(hashes.cast(pa.binary()), keys, skip_nulls=True)
    values = rows.column("value").combine_chunks().take(places)
    return values, np.asarray(places.is_valid().to_numpy(zero_copy_only=False), np.bool_)


def _of_file(path: Path, hashes: pa.Array) -> pa.Table:
    """The rows of a file that have one of some hashes; few pages of it are read."""
    table = read_arrow(path)
    wanted = np.unique(hash_values(hashes.drop_null()))
    if not len(table) or not len(wanted):
        return table.slice(0, 0)
    known = hash_values(table.column("hash").combine_chunks())
    places = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return table.take(pa.array(places[known[places] == wanted]))


def _of_task(score: Score, table: pa.Table) -> pa.Table:
    assert table.schema.equals(SIGNALS)
    fits = pc.and_(
        pc.equal(table["signal"], score.name), pc.equal(table["fingerprint"], score.fingerprint)
    )
    rows = table.filter(fits)
    return pa.table({"hash": rows["hash"], "value": rows[COLUMNS[score.wanted.type]]})
