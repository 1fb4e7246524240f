"""A check of records against suites: the facts of each record, and what they come to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa

from curate.contamination.index import Index, build_index
from curate.contamination.matching import HITS, hits_of
from curate.contamination.rule import Rule
from curate.contamination.verdict import Compared, Kind, Verdict, verdict
from curate.selection import Reference

QUESTIONS: Final = ("user", "text")
"""The fields of an instance that are its question; a document is one."""

ANSWERS: Final = ("response",)
"""The field of an instance that is its answer."""

COLUMNS: Final = ("id", "messages", "prompt_turns", "rejected", "text")
"""What of the instances is read."""

FACTS: Final = (
    "SELECT id, arg_min(questions, copy) AS questions, arg_min(answers, copy) AS answers "
    "FROM facts WHERE questions IS NOT NULL OR answers IS NOT NULL GROUP BY id"
)
"""The facts of records that have any, each once, whatever their copies; what `verdict` takes."""


class Side(NamedTuple):
    """Questions, or answers, and what of records they are compared with."""

    kind: Kind
    indexed: Index
    fields: tuple[str, ...]
    exempt: bool
    """Whether stock phrases do not count."""


@dataclass(frozen=True)
class Check:
    """What is compared, and how; equal where the suites have equal contents."""

    rule: Rule
    answers: bool
    """Whether answers are compared, and not questions alone."""
    seed: int
    digests: tuple[str, ...]
    suites: tuple[Reference, ...] = field(compare=False)

    @classmethod
    def of(cls, suites: Sequence[Reference], rule: Rule, answers: bool, seed: int) -> "Check":
        """A check against suites."""
        return cls(rule, answers, seed, tuple(suite.digest for suite in suites), tuple(suites))

    def sides(self) -> tuple[Side, ...]:
        """The indexes; those of the last few checks are kept."""
        return _sides(self)

    def facts(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """`questions` and `answers`, each the hits of a record (`matching.HITS`) or null."""
        columns = {name: pa.nulls(len(batch), HITS) for name in ("questions", "answers")}
        for side in self.sides():
            hits = hits_of(side.indexed, batch, side.fields, side.exempt)
            columns[f"{side.kind}s"] = hits
        return pa.RecordBatch.from_arrays(list(columns.values()), list(columns))

    def verdict(self, facts: pa.Table) -> Verdict:
        """Judge records by their facts: `id` (each once), `questions` and `answers`."""
        table = facts.sort_by("id").combine_chunks()
        sides = [
            Compared(side.kind, side.indexed, _whole(table[f"{side.kind}s"]), side.exempt)
            for side in self.sides()
        ]
        return verdict(_whole(table["id"]), sides, len(self.suites))

    def compared(self) -> list[dict[str, Any]]:
        """Of each suite: name, digest, and how many questions and answers are compared."""
        count = len(self.suites)
        found: list[dict[str, Any]] = [
            {"name": suite.name, "digest": suite.digest} for suite in self.suites
        ]
        for side in self.sides():
            instances = side.indexed.instances
            counts = {
                "instances": instances.suites,
                f"{side.kind}s": instances.suites[instances.totals > 0],
                f"short_{side.kind}s": instances.suites[instances.short],
            }
            for name, numbers in counts.items():
                for one, number in zip(found, np.bincount(numbers, minlength=count), strict=True):
                    one[name] = int(number)
        return found


@lru_cache(maxsize=4)
def _sides(check: Check) -> tuple[Side, ...]:
    rule = check.rule

    def index(fields: Sequence[str], whole: bool) -> Index:
        loaded = (suite.load(COLUMNS) for suite in check.suites)
        return build_index(list(loaded), fields, rule, check.seed, whole)

    questions = Side("question", index(QUESTIONS, True), rule.questions, rule.exempt)
    if not check.answers:
        return (questions,)
    return questions, Side("answer", index(ANSWERS, False), rule.answers, True)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays([pa.array([], column.type), *column.chunks])
