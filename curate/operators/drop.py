"""Dropping records by one expression, where a whole rule pack would be too much."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Self

import pyarrow as pa
from pydantic import Field, model_validator

from curate.operator import Judged, RulesOperator
from curate.rulepacks import Judge, Pack, Rule
from curate.rulepacks.declared import Declared, as_signals
from curate.rulepacks.expression import ExpressionError, names_in
from curate.rulepacks.inventory import rule_signals
from curate.rulepacks.rule import Limit, rule_faults
from curate.rulepacks.used import defined, scores_of
from curate.scores import Wanted
from curate.setting_types import JudgedField, Names
from curate.signals import SIGNALS


class Drop(RulesOperator):
    """Drop records for which an expression over signals and scores is true.

    A name that is no signal (`curate rules list --signals`) is a score, which a signal step before
    this one gives, such as `toxicity`. Where a score is missing the record stays.
    """

    name: ClassVar[str] = "drop"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = ("duckdb", "pyarrow")
    scans: ClassVar[bool] = True

    where: str
    """A boolean SQL expression, such as `toxicity > limit`; records for which it is true go."""
    limit: Limit | None = None
    """What `limit` means in it; one that is named here can be tuned (`curate tune`)."""
    field: JudgedField = "response"
    """The field that signals are measured on, and scores are of."""
    rule: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] = "drop"
    """What the ledger calls it."""
    value: str | None = None
    """What the ledger tells: an expression; by default the first signal of `where`."""
    labels: Names = ()
    """Which of the scores are labels; the others are numbers."""
    undesirable: bool = False
    """Whether records with `desirable: false` are judged too."""

    @model_validator(mode="after")
    def _expression_is_right(self) -> Self:
        faults = [fault.what for fault in rule_faults(self._rule())]
        if faults:
            raise ValueError("; ".join(faults))
        unused = [name for name in self.labels if name not in self._scores_named()]
        if unused:
            raise ValueError(f"labels: `where` names no score {unused[0]!r}")
        return self

    def files(self) -> Sequence[bytes]:
        """The code of the user's own signals that it names."""
        named = [SIGNALS[name] for name in rule_signals(self._rule()) if name in SIGNALS]
        return [each.code for each in named if each.code]

    def wants(self) -> Sequence[Wanted]:
        """What it names that is no signal."""
        return self._judge().wants()

    def rule_ids(self) -> Sequence[str]:
        """Its one rule."""
        return (self.rule,)

    def definitions(self) -> Sequence[Mapping[str, Any]]:
        """Its one rule, with the scores that it is made of."""
        rule = self._rule()
        return [defined(rule, self.field, self.limit) | scores_of(rule, self.field, self.scores)]

    def judge(self, batch: pa.RecordBatch) -> pa.Table:
        """Return the failures among the rows of a batch."""
        return self.judged(batch).failures

    def judged(self, batch: pa.RecordBatch) -> Judged:
        """Return the failures, and the signals that the expression is made of."""
        return self._judge().judged(batch)

    def _scores_named(self) -> list[str]:
        texts = (self.where, *([] if self.value is None else [self.value]))
        try:
            names = {name for text in texts for name in names_in(text, self.limit)}
        except ExpressionError:
            return []  # The fault is told as one of the rule.
        return sorted(names - set(SIGNALS))

    def _rule(self) -> Rule:
        rule = Rule.model_construct(
            id=self.rule,
            what=f"Records with {self.where}.",
            why="",
            where=self.where,
            limit=self.limit,
            value=self.value,
            field=self.field,
            undesirable=self.undesirable,
            good=(),
            bad=(),
        )
        return rule.over(as_signals({name: self._declared(name) for name in self._scores_named()}))

    def _declared(self, name: str) -> Declared:
        what = "What a signal step gave."
        return Declared(what=what, type="label" if name in self.labels else "number")

    def _judge(self) -> Judge:
        return _judge(self.model_dump_json())


@lru_cache(maxsize=32)
def _judge(settings: str) -> Judge:
    made = Drop.model_validate_json(settings)
    pack = Pack.model_construct(pack="drop", version=1, what="", rules=(made._rule(),))
    return Judge(pack, made.field)
