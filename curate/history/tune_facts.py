"""What a rule measured on all records that came to its step, and which of them fail it."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from curate.errors import RefusedError
from curate.history.used_rules import UsedRule
from curate.history.whatif import rules_before_split
from curate.history.whatif_came import load_came, load_undesired
from curate.history.whatif_changes import find_rule
from curate.history.whatif_curve import (
    Flags,
    Groups,
    Numbers,
    failing_at,
    has_number,
    load_groups,
    reported_values,
)
from curate.history.whatif_values import Measured, load_values
from curate.store import Version
from curate.store.catalog import Connection, row_of


class Facts(NamedTuple):
    """A rule with its values, those of equal signals as one group."""

    rule: UsedRule
    limit: float
    came: int
    """Records that came to the step."""
    passed: int
    """Those that no rule of the step dropped."""
    groups: Groups
    values: Numbers
    """The rule's value in each group; NaN where there is none."""
    whole: bool
    """Whether values are whole numbers."""
    fails: Flags
    """Whether a group fails the rule as it is."""
    measured: Measured

    @property
    def known(self) -> Flags:
        """The groups that have a value."""
        return np.isfinite(self.values)


def tunable(version: Version, name: str) -> UsedRule:
    """The rule of a name, if it has a limit that can be moved.

    Raises UsageError for a split, NotFoundError where no step has such a rule, RefusedError where
    it has no number for a limit.
    """
    rule = find_rule(rules_before_split(version), name)
    if has_number(rule):
        return rule
    if rule.match is not None:
        found = "it has a pattern, and no limit to tune"
    elif rule.limit is None:
        found = "it has no limit to tune"
    else:
        sort = "a text" if isinstance(rule.limit, str) else "true or false"
        found = f"its limit is {sort}, not a number that can be tuned"
    ask = f"curate whatif {version.ref} {rule.name}"
    right = f"`{ask}=off` says what leaving it out would gain"
    if rule.limit is not None:
        right += f", `{ask}=LIMIT` what another one would"
    raise RefusedError(f"rule {rule.name}", found, f"{right}.")


def load_facts(connection: Connection, version: Version, rule: UsedRule) -> Facts:
    """Make the tables `came` and `measured` of a rule's step and field, and sum them up.

    Raises RefusedError where no record that came to the step has a value that is a number.
    """
    assert isinstance(rule.limit, int | float)
    load_came(connection, version, rule.step)
    load_undesired(connection, version)
    rules = rules_before_split(version)
    measured = load_values(connection, version, rules, rule.step, rule.field, rule.signals())
    groups = load_groups(connection, rule)
    values, whole = _values(rule, groups.signals)
    if not np.isfinite(values).any():
        found = "it measured nothing on the records that came to its step"
        right = f"Ask for a rule that judges them: `curate whatif {version.ref}` lists the rules."
        raise RefusedError(f"rule {rule.name}", found, right)
    fails = failing_at(rule, [rule.limit], groups.signals)[0]
    counted = row_of(connection, "SELECT count(*), count(*) FILTER (rules IS NULL) FROM came")
    came, passed = counted or (0, 0)
    return Facts(rule, rule.limit, came, passed, groups, values, whole, fails, measured)


def _values(rule: UsedRule, signals: pa.Table) -> tuple[Numbers, bool]:
    found = reported_values(rule, signals)
    if found is None:
        shown = rule.value or rule.failing().signals[0]
        right = "Give the rule a `value:` in its pack that is what the limit is held against."
        raise RefusedError(f"rule {rule.name}", f"its value, `{shown}`, is no number", right)
    return found
