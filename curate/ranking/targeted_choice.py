"""Choosing records for a target, and why the others go."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from curate.decision import CONTAMINATED
from curate.errors import RefusedError
from curate.ranking.baselines import Baseline, Flags, Numbers, Places, baseline, first_ones
from curate.ranking.choice import DECIDED
from curate.ranking.target_check import RULE, Checked
from curate.ranking.targeted import Picked, Pool, round_robin
from curate.selection import TRAINED, Gathered
from curate.semantic.similarity import Budget

RECORDS: Final = (
    f"SELECT id, copy, hash, amount, length, position, vector FROM facts WHERE {TRAINED} "
    "ORDER BY id, copy"
)
TARGET: Final = "SELECT reference, id, vector FROM others ORDER BY reference, id, copy"


class Asked(NamedTuple):
    """What is asked for (`operators.rds`)."""

    top: float
    """A whole number of a unit, or a share below 1."""
    instead: Baseline | None
    drops: bool
    """Whether what shares too much text with the target goes."""


class Chosen(NamedTuple):
    """What is taken for a target."""

    records: pa.Table
    rows: Places
    """Those that may be chosen, of all."""
    pool: Pool
    nearness: Numbers
    """[tasks, rows]"""
    picked: Picked
    picks: Flags
    """What the method chooses, of `rows`."""
    taken: Flags
    """What is taken, a baseline or not."""
    drawn: Places
    """`rows` in random order."""

    @property
    def best(self) -> Numbers:
        """Of each of `rows` the largest cosine with any instance."""
        found: Numbers = self.nearness.max(axis=0)
        return found

    @property
    def lengths(self) -> Numbers:
        """Of each of `rows` how long it is, in tokens."""
        found: Numbers = self.records["length"].to_numpy()[self.rows]
        return found


def choose(gathered: Gathered, target: Sequence[str], asked: Asked) -> Chosen:
    """Choose; raises RefusedError where a task has no instance with a vector."""
    records, instances = gathered.table(RECORDS), gathered.table(TARGET)
    instances = instances.filter(instances["vector"].is_valid())
    tasks = np.array([target.index(name) for name in instances["reference"].to_pylist()], np.int64)
    for task, name in enumerate(target):
        if task not in tasks:
            raise RefusedError(
                f"target {name!r}",
                "no record of it has a text that the model's chat template writes",
                "Name a file whose records are prompts, conversations or documents",
            )
    known = records["vector"].is_valid()
    rows = np.flatnonzero(known.to_numpy())
    pool = Pool.of(records["vector"].filter(known), instances["vector"], tasks)
    nearness = pool.nearness()
    counted = isinstance(asked.top, int)
    sizes = records["amount"].to_numpy()[rows] if counted else np.ones(len(rows))
    budget = float(asked.top) if counted else float(max(1, round(asked.top * len(rows))))
    picked = round_robin(nearness, Budget(sizes, budget))
    picks = first_ones(picked.rows, sizes, budget)
    some = picks[picked.rows]
    picked = Picked(picked.rows[some], picked.tasks[some])
    drawn = np.argsort(records["position"].to_numpy()[rows], kind="stable")
    lengths = records["length"].to_numpy()[rows]
    taken = picks if asked.instead is None else baseline(asked.instead, picks, lengths, drawn)
    return Chosen(records, rows, pool, nearness, picked, picks, taken, drawn)


def decided(chosen: Chosen, asked: Asked, checked: Checked) -> pa.Table:
    """The records that go (schema `DECIDED`), each with its reason."""
    ids = chosen.records["id"].cast(pa.binary())
    count = len(chosen.records)
    rules = np.full(count, "rds-no-vector", object)
    values, limits, of = (np.full(count, None, object) for _ in range(3))
    gone = np.ones(count, np.bool_)
    gone[chosen.rows] = ~chosen.taken
    rules[chosen.rows] = "rds-below" if asked.instead is None else "rds-not-drawn"
    values[chosen.rows] = [_shown(round(value, 4)) for value in chosen.best.tolist()]
    if asked.instead is None:
        limits[chosen.rows] = _limits(chosen)
    hits = {hit.id: hit for hit in checked.verdict.worst} if asked.drops else {}
    wanted = pa.array(list(hits), pa.binary())
    for row in np.flatnonzero(pc.is_in(ids, wanted).to_numpy()).tolist():
        hit = hits[ids[row].as_py()]
        if not gone[row]:
            gone[row], rules[row], of[row] = True, CONTAMINATED, hit.instance
            values[row], limits[row] = _shown(hit.share), _shown(RULE.share)
    columns = [
        ids,
        chosen.records["copy"].cast(pa.int32()),
        *(pa.array(each, pa.string()) for each in (rules, values, limits)),
        pa.array(of, pa.binary()),
    ]
    return pa.table(columns, schema=DECIDED).filter(pa.array(gone))


def _limits(chosen: Chosen) -> list[str | None]:
    """Of each row the lowest cosine that the task which it is most like took."""
    cuts = [
        float(chosen.nearness[task, chosen.picked.rows[chosen.picked.tasks == task]].min(initial=2))
        for task in range(len(chosen.nearness))
    ]
    shown = [None if cut > 1.5 else _shown(round(cut, 4)) for cut in cuts]
    return [shown[task] for task in np.argmax(chosen.nearness, axis=0).tolist()]


def _shown(value: float) -> str:
    return orjson.dumps(value).decode()
