"""The figures of an audit, made of counts by the set of rules that fail."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from curate.history.audit_groups import Group
from curate.history.used_rules import UsedRule


class RuleFigures(NamedTuple):
    """What one rule dropped."""

    rule: str
    what: str
    field: str
    limit: Any
    failed: int
    """Records that fail it."""
    alone: int
    """Those that fail no other rule of the step."""
    share: float
    """`failed` of those that came to the step; 0 where none came."""
    dead: bool
    """It never fired, though records came to it."""


class Overlap(NamedTuple):
    """Two rules of a step, in the order of the pack, that fail together."""

    first: str
    second: str
    both: int
    """Records that fail both."""
    jaccard: float
    """`both` of those that fail at least one of the two."""


class RuleInSlice(NamedTuple):
    """What a rule dropped of one slice."""

    rule: str
    failed: int
    alone: int
    share: float
    """`failed` of those of the slice that came to the step."""


class SliceFigures(NamedTuple):
    """The records with one value of what is sliced by."""

    value: str
    came: int
    dropped: int
    rules: tuple[RuleInSlice, ...]
    """In the order of the pack, those too that never fired."""


def with_reasons(rules: Sequence[UsedRule], group: Group) -> list[UsedRule]:
    """The rules of a step, and after them what else it dropped records for.

    A step that edits drops pairs that became identical, which no rule of its pack says.
    """
    known = {rule.id for rule in rules}
    named = {name for failing in group.failing for name in failing}
    return [*rules, *(_reason(rules[0], name) for name in sorted(named - known))]


def _reason(rule: UsedRule, name: str) -> UsedRule:
    what = "A reason of the step itself, not a rule of its pack."
    nothing = dict.fromkeys(("where", "match", "limit", "value"))
    return UsedRule(**rule._asdict() | nothing | {"id": name, "what": what, "field": "record"})


def rule_figures(rules: Sequence[UsedRule], group: Group) -> tuple[RuleFigures, ...]:
    """What each rule dropped of a group."""
    return tuple(
        RuleFigures(
            *(rule.id, rule.what, rule.field, rule.limit),
            *(one.failed, one.alone, one.share),
            dead=group.came > 0 and not one.failed,
        )
        for rule, one in zip(rules, _in_slice(rules, group), strict=True)
    )


def overlaps_of(rules: Sequence[UsedRule], group: Group) -> tuple[Overlap, ...]:
    """The pairs that fail together, by Jaccard index, then by number, then by name."""
    place = {rule.id: at for at, rule in enumerate(rules)}
    failed = _failed(group)
    both: Counter[tuple[str, str]] = Counter()
    for failing, records in group.failing.items():
        for first, second in combinations(sorted(failing, key=place.__getitem__), 2):
            both[first, second] += records
    found = [
        Overlap(first, second, number, number / (failed[first] + failed[second] - number))
        for (first, second), number in both.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.jaccard, -one.both, one.first, one.second)))


def slice_figures(
    rules: Sequence[UsedRule], groups: Mapping[str, Group]
) -> tuple[SliceFigures, ...]:
    """What each rule dropped of each slice; the slices of which the most records came first."""
    ordered = sorted(groups.items(), key=lambda pair: (-pair[1].came, pair[0]))
    return tuple(
        SliceFigures(value, group.came, group.dropped, _in_slice(rules, group))
        for value, group in ordered
    )


def _in_slice(rules: Sequence[UsedRule], group: Group) -> tuple[RuleInSlice, ...]:
    failed = _failed(group)
    return tuple(
        RuleInSlice(
            rule.id,
            failed[rule.id],
            group.failing[rule.id,],
            failed[rule.id] / group.came if group.came else 0.0,
        )
        for rule in rules
    )


def _failed(group: Group) -> Counter[str]:
    failed: Counter[str] = Counter()
    for failing, records in group.failing.items():
        for rule in failing:
            failed[rule] += records
    return failed
