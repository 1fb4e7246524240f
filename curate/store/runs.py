"""Runs: trainings and evaluations, bound to the snapshot that they read."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import orjson

from curate.store.catalog import Connection

TIMES = ("started", "finished")
JSON_COLUMNS = ("metrics", "excluded")

Status = Literal["running", "done", "failed", "interrupted"]


@dataclass(frozen=True)
class Run:
    """One training or evaluation (docs/format.md, view `runs`)."""

    run: str
    kind: Literal["train", "eval"]
    method: str
    dataset: str
    version: int
    snapshot: str
    split: str
    model: str
    model_hash: str
    output: str
    records: int
    fed_hash: str | None = None
    output_hash: str | None = None
    """The hash of the model that came out; a run with this `model_hash` started from it."""
    excluded: list[str] = field(default_factory=list)
    """The records that could not be fed: id, `:` and copy."""
    status: Status = "running"
    metrics: dict[str, Any] = field(default_factory=dict)
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    finished: datetime | None = None


def put_run(connection: Connection, run: Run) -> None:
    """Write a run into an open catalog, over the row of the same id if there is one."""
    row = asdict(run)
    row |= {name: orjson.dumps(row[name]).decode() for name in JSON_COLUMNS}
    row |= {name: _naive(row[name]) for name in TIMES}
    marks = ", ".join("?" for _ in row)
    names = ", ".join(row)
    connection.execute(
        f"INSERT OR REPLACE INTO cat.base.runs ({names}) VALUES ({marks})",
        list(row.values()),
    )


def read_runs(
    connection: Connection, where: str = "true", values: tuple[Any, ...] = ()
) -> list[Run]:
    """The runs that a condition of ours selects, oldest first."""
    result = connection.execute(
        f"SELECT * FROM cat.base.runs WHERE {where} ORDER BY started, run", list(values)
    )
    names = [column[0] for column in result.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    for row in rows:
        row |= {name: orjson.loads(row[name]) for name in JSON_COLUMNS}
        row |= {name: row[name] and row[name].replace(tzinfo=UTC) for name in TIMES}
    return [Run(**row) for row in rows]


def descendants(run: Run, runs: Sequence[Run]) -> list[Run]:
    """The runs that started from the model of a run, or from one that did, oldest first."""
    found: list[Run] = []
    makers = [run]
    while makers:
        made = makers.pop().output_hash
        next_ones = [r for r in runs if made and r.model_hash == made and r not in found]
        found += next_ones
        makers += next_ones
    return sorted(found, key=lambda one: (one.started, one.run))


def makers(models: Sequence[str], runs: Sequence[Run]) -> list[Run]:
    """The trainings that made one of some models (by hash), or what it started from, oldest first.

    The other way round it is `descendants`.
    """
    found: list[Run] = []
    wanted = list(models)
    while wanted:
        made = wanted.pop()
        next_ones = [
            run
            for run in runs
            if run.kind == "train" and run.output_hash == made and run not in found
        ]
        found += next_ones
        wanted += [run.model_hash for run in next_ones]
    return sorted(found, key=lambda one: (one.started, one.run))


def _naive(time: datetime | None) -> datetime | None:
    return time and time.astimezone(UTC).replace(tzinfo=None)
