"""What a selection for a target chose, checked, and told beside its baselines."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import pyarrow as pa

from curate.ranking.baselines import compared
from curate.ranking.target_check import Checked
from curate.ranking.targeted import Task, told_tasks
from curate.ranking.targeted_choice import Asked, Chosen, choose, decided
from curate.selection import Gathered, Reference

METHOD: Final = "rds"

DECIMALS: Final = 6


class Targeted(NamedTuple):
    """A choice, and what is told of it."""

    gone: pa.Table
    """`choice.DECIDED`."""
    tasks: list[Task]
    compared: Mapping[str, Mapping[str, float]]
    counts: Mapping[str, int]
    checked: Checked
    drops: bool

    @classmethod
    def of(
        cls,
        gathered: Gathered,
        target: Sequence[str],
        references: Sequence[Reference],
        asked: Asked,
        seed: int,
    ) -> "Targeted":
        """Choose. Raises RefusedError where a task has no instance with a vector."""
        chosen = choose(gathered, target, asked)
        known = chosen.records.select(["id", "hash"])
        kept = known.take(pa.array(chosen.rows[chosen.taken]))
        checked = Checked.of(gathered, kept, references, seed)
        gone = decided(chosen, asked, checked)
        counts = {
            "records": len(chosen.records),
            "chosen": int(chosen.taken.sum()),
            "kept": len(chosen.records) - len(gone),
            "without_vector": len(chosen.records) - len(chosen.rows),
        }
        tasks = told_tasks(target, chosen.pool, chosen.nearness, chosen.picked)
        return cls(gone, tasks, _compared(chosen), counts, checked, asked.drops)

    def lines(self, tokens: str) -> Iterator[str]:
        """The same in sentences."""
        yield f"{self.counts['kept']:,} of {self.counts['records']:,} records kept"
        for task in self.tasks:
            cut = "" if task.cut is None else f", of cosines of {task.cut:.4f} and more"
            yield f"{task.name}: {task.instances:,} instances took {task.taken:,} records{cut}"
        for name, one in self.compared.items():
            yield (
                f"{name}: {one['records']:,} records, {one['amount']:,.0f} {tokens}, mean cosine "
                f"with the nearest instance {one['score']:.4f}, mean length {one['length']:,.0f}, "
                f"{100 * one['overlap']:.1f} % of the choice; an instance has a record of cosine "
                f"{one['reached']:.4f} on average"
            )
        if self.counts["without_vector"]:
            yield f"{self.counts['without_vector']:,} records without a vector are dropped"
        yield from self.checked.lines(self.counts["chosen"], self.drops)

    def document(self) -> dict[str, Any]:
        """The same as JSON."""
        found = self.checked.document()
        return {
            "kind": "targeted selection",
            "holds": self.drops or not found["contaminated"],
            **self.counts,
            "tasks": [task._asdict() for task in self.tasks],
            "compared": self.compared,
            "contamination": found,
        }


def _compared(chosen: Chosen) -> dict[str, dict[str, float]]:
    every, told = compared({METHOD: chosen.picks}, chosen.best, chosen.lengths, chosen.drawn)
    for name, flags in every.items():
        told[name]["reached"] = round(float(chosen.pool.reached(flags).mean()), DECIMALS)
    return told
