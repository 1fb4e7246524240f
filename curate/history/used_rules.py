"""The rules that a version was built with, as its manifest keeps them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import duckdb
import pyarrow as pa

from curate.errors import OperatorError, RefusedError
from curate.rulepacks.declared import Declared, as_signals
from curate.rulepacks.expression import Expression, ExpressionError, Scalar, parse_expression
from curate.rulepacks.locked import TimeLimitError, evaluate
from curate.scores import Score
from curate.signals import SIGNALS, Signal
from curate.store import Version


class UsedRule(NamedTuple):
    """A rule of a step, with the field and the limit that it was used with."""

    step: str
    place: int
    """The step's place in the recipe, from 0."""
    id: str
    what: str
    field: str
    where: str | None
    match: str | None
    limit: Scalar | None
    value: str | None
    undesirable: bool
    scores: tuple[Score, ...] = ()
    """The scores that it is made of, with the steps that gave them."""

    @property
    def name(self) -> str:
        """The rule with its step, such as `rules.refusal`."""
        return f"{self.step}.{self.id}"

    def failing(self) -> Expression:
        """The expression that is true where a record fails. Only of a rule with `where`."""
        assert self.where is not None
        return self._parsed(self.where)

    def reported(self) -> Expression:
        """The expression of the value that is reported. Only of a rule with `where`."""
        text = self.value or f'"{self.failing().signals[0]}"'
        return self._parsed(text)

    def _parsed(self, text: str) -> Expression:
        try:
            return parse_expression(text, self.known(), self.limit)
        except ExpressionError as error:
            right = "Signals of your own are known where they are installed (docs/format.md)."
            raise RefusedError(f"rule {self.name}", str(error), right) from error

    def known(self) -> frozenset[str]:
        """The signals that its expressions may name."""
        return frozenset(SIGNALS) | {score.name for score in self.scores}

    def score_signals(self) -> dict[str, Signal]:
        """Its scores as signals, by name."""
        return as_signals(
            {
                one.name: Declared(
                    what=one.step, type="label" if one.wanted.type == "label" else "number"
                )
                for one in self.scores
            }
        )

    def signals(self) -> tuple[str, ...]:
        """The signals that the rule is made of, sorted; none where it has a pattern."""
        if self.where is None:
            return ()
        return tuple(sorted({*self.failing().signals, *self.reported().signals}))


def used_rules(version: Version) -> list[UsedRule]:
    """The rules of all steps, in the order of steps and packs.

    Raises RefusedError where the version does not hold them, which an older curate did not write.
    """
    kept: Mapping[str, Sequence[Mapping[str, Any]]] | None = version.manifest.get("rules")
    if kept is None:
        raise RefusedError(
            version.ref,
            "it does not hold its rules, since an older curate built it",
            "Build it again, and ask the new version.",
        )
    places = {step["name"]: place for place, step in enumerate(version.recipe["steps"])}
    return [
        UsedRule(step, places[step], **{name: one[name] for name in _WRITTEN}, scores=_scores(one))
        for step, rules in kept.items()
        for one in rules
    ]


_WRITTEN: Final = tuple(name for name in UsedRule._fields[2:] if name != "scores")


def _scores(rule: Mapping[str, Any]) -> tuple[Score, ...]:
    """The scores of a rule as a manifest keeps it; an older one has none."""
    return tuple(Score.of_json(one) for one in rule.get("scores", ()))


def evaluated(rule: UsedRule, expressions: Sequence[Expression], facts: pa.Table) -> pa.Table:
    """Evaluate expressions of a rule over a table of its signals, a column each.

    Raises OperatorError, which names the rule, where they cannot be evaluated.
    """
    try:
        return evaluate([one.sql for one in expressions], facts)
    except (duckdb.Error, TimeLimitError) as error:
        slow = isinstance(error, TimeLimitError)
        found = "it took too long" if slow else str(error).partition("\n")[0]
        right = "Hold the limit against the types of its signals."
        raise OperatorError(f"rule {rule.name}", found, right) from error
