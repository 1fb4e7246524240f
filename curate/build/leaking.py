"""Before a commit: nothing that a recipe scrubs may be left, as another way of looking finds it."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from curate.build.applied import texts_of
from curate.build.pool import Piece, as_working, contents, pool, slices
from curate.build.reading import ReadResult
from curate.build.records import quarantine_of
from curate.build.site import Site
from curate.errors import LeakError
from curate.fields import Leaf
from curate.operator import ScrubOperator
from curate.recipe import Step
from curate.store.catalog import Connection, row_of, table_of
from curate.store.parquet import parquet_sql

SHOWN: Final = 5
"""Leaks that an error names."""


class LeakTask(NamedTuple):
    """Look at contents."""

    pieces: tuple[Piece, ...]
    steps: tuple[Step, ...]
    surrogates: Path


class Found(NamedTuple):
    """A leak in a content."""

    step: str
    content: bytes
    field: str
    what: str
    shown: str


def check_leaks(site: Site, steps: Sequence[Step], results: Sequence[ReadResult]) -> list[str]:
    """Look at all contents that a version has or had; return warnings, and leave certificates.

    The tables `new_members` and `new_ledger` are those of the version, `results` have its bad
    input. Raises `LeakError` where something is left and a step says to stop.
    """
    scrubbing = tuple(step for step in steps if isinstance(step.operator, ScrubOperator))
    if not scrubbing:
        return []
    connection = site.connection
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE checked AS SELECT hash FROM new_members "
        "UNION SELECT before FROM new_ledger WHERE before IS NOT NULL "
        "UNION SELECT after FROM new_ledger WHERE after IS NOT NULL"
    )
    of_bad = [path for result in results for path in result.files("surrogates")]
    surrogates = _surrogates(connection, of_bad, site.cache.work / "surrogates.parquet")
    found = slices(connection, pool(site.cache), "checked", site.batch_size)
    tasks = [LeakTask(each.pieces, scrubbing, surrogates) for each in found]
    count = sum(len(each.told) for each in found)
    site.progress.stage("check for leaks", count)
    leaks: list[Found] = []
    for task, answer in zip(found, site.engine.map(look, tasks), strict=True):
        leaks += answer
        site.progress.advance(len(task.told))
    leaks += _in_bad_input(scrubbing, quarantine_of(results), surrogates)
    return _told(site, scrubbing, leaks, count)


def look(task: LeakTask) -> list[Found]:
    """Run a task; return what is left."""
    batch = as_working(contents(task.pieces))
    known = _read_surrogates(task.surrogates)
    hashes = batch.column("hash")
    found = []
    for step in task.steps:
        operator = step.operator
        assert isinstance(operator, ScrubOperator)
        for leaf in texts_of(operator, batch):
            for row, what, shown in operator.leaks(leaf.texts, known):
                where = leaf.path(row) if isinstance(leaf, Leaf) else leaf.column
                at = hashes[int(leaf.rows[row])].as_py()
                found.append(Found(step.name, at, where, what, shown))
    return found


def _in_bad_input(steps: Sequence[Step], files: Sequence[Path], surrogates: Path) -> list[Found]:
    known = _read_surrogates(surrogates)
    found = []
    for file in files:
        bad = pq.read_table(file, columns=["file", "line", "raw", "reason"]).to_pylist()
        raws = pa.array([each["raw"].decode("utf-8", "replace") for each in bad], pa.string())
        reasons = pa.array([each["reason"] for each in bad], pa.string())
        for step in steps:
            assert isinstance(step.operator, ScrubOperator)
            for texts in (raws, reasons):
                for row, what, shown in step.operator.leaks(texts, known):
                    where = f"{bad[row]['file']}:{bad[row]['line']} bad input"
                    found.append(Found(step.name, b"", where, what, shown))
    return found


def _surrogates(connection: Connection, of_bad: Sequence[Path], path: Path) -> Path:
    """Write down all that stand in the version or in its bad input."""
    table = table_of(
        connection,
        "SELECT DISTINCT s.surrogate AS surrogate FROM "
        "(SELECT unnest(spans) AS s FROM new_ledger WHERE spans IS NOT NULL) "
        "WHERE s.surrogate IS NOT NULL"
        + (f" UNION SELECT surrogate FROM {parquet_sql(of_bad)}" if of_bad else ""),
    )
    pq.write_table(table, path)
    return path


@lru_cache(maxsize=1)
def _read_surrogates(path: Path) -> frozenset[str]:
    return frozenset(pq.read_table(path).column("surrogate").to_pylist())


def _told(site: Site, steps: Sequence[Step], leaks: Sequence[Found], count: int) -> list[str]:
    warnings = []
    for step in steps:
        own = [each for each in leaks if each.step == step.name]
        site.certificates.append(_certificate(step.name, own, count))
        if not own:
            continue
        operator = step.operator
        assert isinstance(operator, ScrubOperator)
        values = "one value" if len(own) == 1 else f"{len(own):,} values"
        head = f"a second detector finds {values} left"
        listed = "; ".join(_line(site.connection, each) for each in own[:SHOWN])
        if operator.on_leak() == "stop":
            raise LeakError(
                f"step {step.name}",
                f"{head}: {listed}",
                "Nothing was committed. A step `repair` before it takes out what hides values; "
                "`on_leak: warn` commits all the same.",
            )
        warnings.append(f"step {step.name}: {head}: {listed}")
    return warnings


def _certificate(step: str, leaks: Sequence[Found], count: int) -> dict[str, Any]:
    by_kind: dict[str, int] = {}
    for each in leaks:
        by_kind[each.what] = by_kind.get(each.what, 0) + 1
    return {"kind": "scrubbed", "step": step, "contents": count, "leaks": by_kind}


def _line(connection: Connection, leak: Found) -> str:
    """Where a leak is, in words; of the records with that content the one with the lowest id."""
    row = row_of(
        connection,
        "SELECT id, file, line FROM (SELECT id, hash, file, line FROM new_members UNION ALL "
        "SELECT id, before, file, line FROM new_ledger UNION ALL "
        "SELECT id, after, file, line FROM new_ledger) WHERE hash = ? ORDER BY id LIMIT 1",
        [leak.content],
    )
    where = f"{row[1]}:{row[2]} ({row[0].hex()[:12]}) " if row else ""
    return f"{where}{leak.field}: {leak.what} {leak.shown}"
