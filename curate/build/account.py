"""Law 1: in + added = kept + dropped + quarantined, for every step and source."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from curate.errors import AccountingError
from curate.recipe.step import READ


class Count(NamedTuple):
    """What one step did with the records of one source."""

    came: int = 0
    added: int = 0
    kept: int = 0
    dropped: int = 0
    edited: int = 0
    quarantined: int = 0

    def plus(self, other: "Count") -> "Count":
        """Add two counts up."""
        return Count(*(a + b for a, b in zip(self, other, strict=True)))


class Account:
    """The counts of a build, by step and source."""

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self.counts: dict[tuple[str, str], Count] = defaultdict(Count)

    def add(self, counts: Mapping[tuple[str, str], Count]) -> None:
        """Add counts of a batch, a part or a whole step."""
        for key, count in counts.items():
            self.counts[key] = self.counts[key].plus(count)

    def check(self, steps: Iterable[str], members: Mapping[str, int]) -> None:
        """Check every equation, and that each step got what the one before kept.

        `members` is the number of members of the snapshot by source, counted on its own.
        """
        sources = {source for _, source in self.counts}
        for source in sorted(sources):
            before: int | None = None
            for step in [READ, *steps]:
                count = self.counts[step, source]
                self._check_one(step, source, count, before)
                before = count.kept
            if before != members.get(source, 0):
                raise _unequal(
                    "snapshot", source, f"{members.get(source, 0)} members", f"{before} kept"
                )

    @staticmethod
    def _check_one(step: str, source: str, count: Count, before: int | None) -> None:
        if before is not None and count.came != before:
            raise _unequal(step, source, f"{count.came} came", f"{before} were kept before")
        if count.came + count.added != count.kept + count.dropped + count.quarantined:
            raise _unequal(step, source, f"{count.came} in + {count.added} added", str(count))

    def rows(self, steps: Iterable[str]) -> list[dict[str, Any]]:
        """The counts as rows, in the order of the steps."""
        sources = sorted({source for _, source in self.counts})
        rows = []
        for step in [READ, *steps]:
            for source in sources:
                count = self.counts[step, source]._asdict()
                rows.append({"step": step, "source": source, "in": count.pop("came"), **count})
        return rows

    def total(self, name: str) -> int:
        """The sum of one kind of count over all steps and sources."""
        return sum(getattr(count, name) for count in self.counts.values())


def _unequal(step: str, source: str, found: str, expected: str) -> AccountingError:
    return AccountingError(
        f"step {step}, source {source}",
        f"{found} but {expected}",
        "This is a defect of curate or of the operator: please report it. Nothing was committed.",
    )
