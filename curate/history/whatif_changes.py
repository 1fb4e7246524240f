"""What `whatif` is asked to change: `rule=limit`, `step.rule=limit`, or `rule=off`."""

import json
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, Final, NamedTuple

from curate.errors import NotFoundError, RecipeError, UsageError
from curate.history.used_rules import UsedRule
from curate.rulepacks.expression import Scalar
from curate.rulepacks.rule import Rule, rule_faults

OFF: Final = "off"
"""Instead of a limit: the rule is left out."""


class RuleChange(NamedTuple):
    """A rule, and what it shall be."""

    rule: UsedRule
    limit: Scalar | None
    off: bool = False
    is_trial: bool = False
    """Whether no build applied the rule, so that its limit is no other one."""

    def changed(self) -> UsedRule | None:
        """The rule with its new limit, or None where it is left out."""
        return None if self.off else self.rule._replace(limit=self.limit)


def parse_changes(rules: Sequence[UsedRule], texts: Sequence[str]) -> list[RuleChange]:
    """Read changes of the rules of a version.

    Raises UsageError where one is not written as a change or stands twice, NotFoundError where no
    step has such a rule, RecipeError where the rule cannot have such a limit.
    """
    changes: list[RuleChange] = []
    for text in texts:
        name, mark, limit = text.partition("=")
        if not mark or not name or not limit:
            right = "Write rule=limit, or rule=off to leave the rule out."
            raise UsageError(f"change {text!r}", "not a rule and its limit", right)
        change = _change(find_rule(rules, name), limit)
        if any(one.rule == change.rule for one in changes):
            raise UsageError(f"change {text!r}", "a second change of this rule", "Give it once.")
        changes.append(change)
    return changes


def find_rule(rules: Sequence[UsedRule], name: str) -> UsedRule:
    """The rule of a name: its id, or step and id with a dot between, where several have the id."""
    fitting = [rule for rule in rules if name in (rule.id, rule.name)]
    if len(fitting) > 1:
        listed = " or ".join(rule.name for rule in fitting)
        raise UsageError(f"rule {name!r}", f"{len(fitting)} steps have it", f"Name one: {listed}.")
    if fitting:
        return fitting[0]
    known = sorted({rule.id for rule in rules} | {rule.name for rule in rules})
    near = get_close_matches(name, known, n=1)
    listed = ", ".join(rule.name for rule in rules) or "no rules at all"
    right = f"Did you mean {near[0]!r}?" if near else f"There is: {listed}."
    raise NotFoundError(f"rule {name!r}", "no step of this version has it", right)


def _change(rule: UsedRule, text: str) -> RuleChange:
    if text == OFF:
        return RuleChange(rule, None, off=True)
    where = f"rule {rule.name}"
    if rule.limit is None:
        found = "it has a pattern, and no limit" if rule.match is not None else "it has no limit"
        right = f"`{rule.id}={OFF}` leaves the rule out; another rule needs a pack."
        raise RecipeError(where, found, right)
    if rule.where is not None:
        rule.failing()  # raises where a signal of the rule is known no more
    limit = _limit(rule, text)
    known = rule._asdict() | {"limit": limit, "good": (), "bad": (), "why": ""}
    known = {name: known[name] for name in Rule.model_fields if name in known}
    for fault in rule_faults(Rule.model_construct(**known).over(rule.score_signals())):
        raise RecipeError(where, f"the limit {text} does not work: {fault.what}", _right(rule))
    return RuleChange(rule, limit)


def _limit(rule: UsedRule, text: str) -> Scalar:
    """The limit in the sort that the rule has; a text may stand in quotation marks or not."""
    try:
        value: Any = json.loads(text, parse_constant=lambda _: None)
    except json.JSONDecodeError:
        value = text
    if isinstance(rule.limit, str):
        return value if isinstance(value, str) else text
    of_number = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(value, bool) if isinstance(rule.limit, bool) else of_number:
        return value  # type: ignore[no-any-return]  # JSON of the sort the rule has
    raise RecipeError(f"rule {rule.name}", f"got the limit {text!r}", _right(rule))


def _right(rule: UsedRule) -> str:
    sort = "true or false" if isinstance(rule.limit, bool) else "a number"
    sort = "a text" if isinstance(rule.limit, str) else sort
    return f"Expected {sort}, like {json.dumps(rule.limit)} now."
