"""Whether the settings of a step fit its pack: limits, rules left out, lists of words."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from curate.rulepacks.line_rule import LineRule, line_rule_faults
from curate.rulepacks.pack import Pack
from curate.rulepacks.rule import Fault, Limit, Predicate, Rule, rule_faults


def list_faults(pack: Pack, lists: Iterable[str]) -> Iterator[str]:
    """What is wrong with the names of the lists that a step gives."""
    known = sorted({rule.words for rule in (*pack.lines, *pack.rules) if rule.words is not None})
    for name in lists:
        if name not in known:
            right = f"its lists: {', '.join(known)}" if known else "it asks for none"
            yield f"the pack has no list {name!r}; {right}"


def setting_faults(
    pack: Pack, limits: Mapping[str, Limit], disable: Iterable[str]
) -> Iterator[str]:
    """What is wrong with the limits and the rules left out of a step."""
    by_id: dict[str, Predicate] = {rule.id: rule for rule in (*pack.lines, *pack.rules)}
    for rule_id in (*limits, *disable):
        if rule_id not in by_id:
            yield _unknown(rule_id, list(by_id))
    for rule_id, limit in limits.items():
        if rule_id not in by_id:
            continue
        own = by_id[rule_id].limit
        if own is None:
            yield f"the rule {rule_id!r} has no limit to set"
        elif _sort(limit) != _sort(own):
            found = f"limit {limit!r} of {rule_id!r} must be a {_sort(own)}"
            yield f"{found}, like the pack's {own!r}"
        else:
            changed = by_id[rule_id].model_copy(update={"limit": limit})
            for fault in _faults(changed):
                yield f"limit {limit!r} of {rule_id!r}: {fault.what}"


def _faults(rule: Predicate) -> Iterator[Fault]:
    if isinstance(rule, LineRule):
        yield from line_rule_faults(rule)
    elif isinstance(rule, Rule):
        yield from rule_faults(rule)


def _sort(limit: Limit | None) -> str:
    if isinstance(limit, str):
        return "text"
    return "truth value" if isinstance(limit, bool) else "number"


def _unknown(rule_id: str, known: list[str]) -> str:
    near = get_close_matches(rule_id, known, n=1)
    guess = f"did you mean {near[0]!r}?" if near else f"its rules: {', '.join(known)}"
    return f"the pack has no rule {rule_id!r}; {guess}"
