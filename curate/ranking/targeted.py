"""Choosing what is like a target: round-robin over its tasks, as RDS+ does.

Ivison et al. 2025, arXiv 2503.01807, section 3: for each task a record counts by its largest cosine
with any instance of the task; in turn each task takes its best record that none has taken.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from curate.models.vectors import vectors_of
from curate.ranking.baselines import Flags, Numbers, Places
from curate.semantic.similarity import Budget, Sized, nearest_taken


class Pool(NamedTuple):
    """Records that may be chosen, and the instances of tasks behind them, as vectors."""

    given: Sized
    records: int
    tasks: Places
    """Of each instance the number of its task."""

    @classmethod
    def of(cls, records: pa.ChunkedArray, instances: pa.ChunkedArray, tasks: Places) -> "Pool":
        """Of columns of vectors without nulls (`models.vectors`)."""
        chunks = [*records.chunks, *instances.chunks]
        vectors = vectors_of(pa.chunked_array(chunks, pa.binary()))
        return cls(Sized.of(vectors), len(records), tasks)

    def nearness(self) -> Numbers:
        """Of each task and record the largest cosine with an instance, [tasks, records]."""
        rows = np.arange(self.records)
        found = [
            nearest_taken(self.given, rows, self.records + np.flatnonzero(self.tasks == task))
            for task in range(int(self.tasks.max()) + 1)
        ]
        return np.stack([each.cosines for each in found])

    def reached(self, taken: Flags) -> Numbers:
        """Of each instance the cosine with the most similar record that is taken."""
        rows = self.records + np.arange(len(self.tasks))
        return nearest_taken(self.given, rows, np.flatnonzero(taken)).cosines


class Picked(NamedTuple):
    """Records in the order in which they are taken, and the task that takes each."""

    rows: Places
    tasks: Places


def round_robin(nearness: Numbers, budget: Budget) -> Picked:
    """In turn each task takes its nearest record that is left, until amounts reach the budget.

    `nearness` is [tasks, records]; of equal ones the lowest record is taken.
    """
    orders = [np.argsort(-each, kind="stable") for each in nearness]
    places = [0] * len(orders)
    left = np.ones(nearness.shape[1], np.bool_)
    rows: list[int] = []
    tasks: list[int] = []
    whole = 0.0
    while whole < budget.enough and len(rows) < len(left):
        task = len(rows) % len(orders)
        while not left[orders[task][places[task]]]:
            places[task] += 1
        row = int(orders[task][places[task]])
        left[row] = False
        rows.append(row)
        tasks.append(task)
        whole += float(budget.amounts[row])
    return Picked(np.array(rows, np.int64), np.array(tasks, np.int64))


class Task(NamedTuple):
    """What a task of the target has taken."""

    name: str
    instances: int
    taken: int
    cut: float | None
    """The lowest cosine that it took; None where it took nothing."""


def told_tasks(names: Sequence[str], pool: Pool, nearness: Numbers, picked: Picked) -> list[Task]:
    """What each task has taken."""
    found = []
    for task, name in enumerate(names):
        rows = picked.rows[picked.tasks == task]
        cut = round(float(nearness[task, rows].min()), 6) if len(rows) else None
        found.append(Task(name, int((pool.tasks == task).sum()), len(rows), cut))
    return found
