"""What each rule of a version dropped: how many, how many alone, and which rules fail together.

Counts come from the ledger, which has a drop for every failing rule; nothing is measured again.
"""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import NamedTuple

from curate.errors import NotFoundError, UsageError
from curate.history.audit_figures import (
    Overlap,
    RuleFigures,
    SliceFigures,
    overlaps_of,
    rule_figures,
    slice_figures,
    with_reasons,
)
from curate.history.audit_groups import Groups, groups_of, sum_of
from curate.history.audit_slicing import WHOLE, slicing
from curate.history.used_rules import UsedRule, used_rules
from curate.store import Version
from curate.store.catalog import reading


class StepAudit(NamedTuple):
    """What the rules of one step did."""

    step: str
    came: int
    """Records that came to the step."""
    dropped: int
    """Records that fail at least one of its rules."""
    rules: tuple[RuleFigures, ...]
    """In the order of the pack."""
    overlaps: tuple[Overlap, ...]
    """The pairs of rules that fail together, the strongest first."""
    by: str | None
    slices: tuple[SliceFigures, ...]
    """The largest first; none where no slices are asked for."""


def audit(version: Version, by: str | None = None, step: str | None = None) -> list[StepAudit]:
    """Count what the rules of each step of a version dropped, or of one step.

    `by` is `source`, `kind`, `license`, `split` or `labels.NAME`: the figures of each value are
    told too. Raises UsageError for a split or an unknown way of slicing, NotFoundError where the
    version has no such step of rules, or no record of it such a label, and RefusedError where the
    label has too many values.
    """
    if version.split is not None:
        right = f"Ask {version.dataset}@{version.number}: rules come before splits."
        raise UsageError(version.ref, "a split", right)
    sliced = WHOLE if by is None else slicing(by)
    rules = used_rules(version)
    steps = _steps(version, rules, step)
    if not steps:
        return []
    with reading(version.folder) as connection:
        groups = groups_of(connection, version, steps, sliced)
    return [_step_audit(one, rules, groups[one], by) for one in steps]


def _steps(version: Version, rules: Sequence[UsedRule], step: str | None) -> list[str]:
    """The steps to tell of, in the order of the recipe."""
    steps = list(dict.fromkeys(rule.step for rule in rules))
    if step is None or step in steps:
        return steps if step is None else [step]
    near = get_close_matches(step, steps, n=1)
    guess = f"Did you mean {near[0]!r}? " if near else ""
    right = f"{guess}Steps with rules: {', '.join(steps) or 'none'}."
    raise NotFoundError(f"step {step!r}", f"{version.ref} has no such step of rules", right)


def _step_audit(step: str, rules: Sequence[UsedRule], groups: Groups, by: str | None) -> StepAudit:
    whole = sum_of(groups)
    own = with_reasons([rule for rule in rules if rule.step == step], whole)
    return StepAudit(
        step,
        whole.came,
        whole.dropped,
        rule_figures(own, whole),
        overlaps_of(own, whole),
        by,
        () if by is None else slice_figures(own, groups),
    )
