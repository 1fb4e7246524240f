"""What a pack holds: its rules, described, and how many examples they have."""

from typing import Any

from curate.rulepacks.expression import parse_expression
from curate.rulepacks.line_rule import LineRule, line_signals
from curate.rulepacks.pack import Pack
from curate.rulepacks.rule import Predicate
from curate.signals import SIGNALS


def every_rule(pack: Pack) -> tuple[Predicate, ...]:
    """All rules of a pack in the order in which they run: those on lines come first."""
    return (*pack.lines, *pack.rules)


def number_of_examples(pack: Pack) -> int:
    """How many good and bad examples the rules of a pack have together."""
    return sum(len(rule.good) + len(rule.bad) for rule in every_rule(pack))


def rule_signals(rule: Predicate) -> tuple[str, ...]:
    """The signals that a rule is made of, sorted; none where it has a pattern."""
    texts = [text for text in (rule.where, rule.value) if text is not None]
    known = frozenset(SIGNALS) | frozenset(line_signals()) | frozenset(rule.scores)
    parts = (parse_expression(text, known, rule.limit) for text in texts)
    return tuple(sorted({name for part in parts for name in part.signals}))


def described(rule: Predicate) -> dict[str, Any]:
    """A rule as JSON: all that its pack says, the pattern of its phrase, and its signals."""
    more = {
        "on": "lines" if isinstance(rule, LineRule) else "records",
        "pattern": rule.pattern,
        "signals": list(rule_signals(rule)),
    }
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
