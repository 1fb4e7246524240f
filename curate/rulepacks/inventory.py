"""What a pack holds: its rules, described, and how many examples they have."""

from typing import Any

from curate.rulepacks.expression import parse_expression
from curate.rulepacks.pack import Pack
from curate.rulepacks.rule import Rule
from curate.signals import SIGNALS


def every_rule(pack: Pack) -> tuple[Rule, ...]:
    """All rules of a pack, of whatever sort, in its order."""
    return pack.rules


def number_of_examples(pack: Pack) -> int:
    """How many good and bad examples the rules of a pack have together."""
    return sum(len(rule.good) + len(rule.bad) for rule in every_rule(pack))


def rule_signals(rule: Rule) -> tuple[str, ...]:
    """The signals that a rule is made of, sorted; none where it has a pattern."""
    texts = [text for text in (rule.where, rule.value) if text is not None]
    parts = (parse_expression(text, frozenset(SIGNALS), rule.limit) for text in texts)
    return tuple(sorted({name for part in parts for name in part.signals}))


def described(rule: Rule) -> dict[str, Any]:
    """A rule as JSON: all that its pack says, the pattern of its phrase, and its signals."""
    more = {"pattern": rule.pattern, "signals": list(rule_signals(rule))}
    return rule.model_dump(mode="json") | more


def signals_listed() -> list[dict[str, str]]:
    """Every signal: name, unit, type, whether it is measured on a text or a record, and what."""
    return [
        {
            "signal": name,
            "unit": one.unit,
            "type": str(one.type),
            "of": "text" if one.of_text else "record",
            "what": one.what,
        }
        for name, one in sorted(SIGNALS.items())
    ]
