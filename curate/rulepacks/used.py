"""Rules as a step uses them, as data that a manifest keeps (`RulesOperator.definitions`)."""

from collections.abc import Sequence
from typing import Any, Final

from curate.rulepacks.inventory import rule_signals
from curate.rulepacks.rule import Limit, Rule
from curate.scores import Score

_KEPT: Final = {"id", "what", "field", "where", "match", "limit", "value", "undesirable"}


def defined(rule: Rule, field: str, limit: Limit | None) -> dict[str, Any]:
    """A rule with the field that it judges and its limit; a phrase or list as its pattern."""
    kept = rule.model_dump(mode="json", include=_KEPT)
    return kept | {"field": field, "limit": limit, "match": rule.pattern}


def scores_of(rule: Rule, field: str, scores: Sequence[Score]) -> dict[str, Any]:
    """The scores that a rule on a field is made of, under `scores`; nothing where there are none.

    Raises RuntimeError where one was not given, which a recipe does not let happen.
    """
    named = [name for name in rule_signals(rule) if name in rule.scores]
    given = {one.name: one for one in scores if one.wanted.field == field}
    missing = [name for name in named if name not in given]
    if missing:
        raise RuntimeError(f"rule {rule.id}: no step gives {', '.join(missing)}")
    return {"scores": [given[name].as_json() for name in named]} if named else {}
