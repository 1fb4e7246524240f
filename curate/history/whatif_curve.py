"""What a rule would gain and lose at several limits."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.history.used_rules import UsedRule, evaluated
from curate.store.catalog import Connection, quoted, table_of

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""The quantiles of the values that the rule alone dropped at which its curve has points."""

TAILS = (0.01, 0.05, 0.25, 0.75, 0.95, 0.99)
"""Those of the values that passed."""


class Point(NamedTuple):
    """A limit, and what it would gain and lose; the rule's own loses and gains nothing."""

    limit: float
    gained: int
    lost: int


def curve(connection: Connection, rule: UsedRule) -> tuple[Point, ...]:
    """The counts at quantiles of a rule's value, by limit; none where its limit is no number.

    Reads the tables `came` and `measured` of the rule's field.
    """
    is_number = isinstance(rule.limit, int | float) and not isinstance(rule.limit, bool)
    if not is_number or rule.where is None:
        return ()
    names = ", ".join(f'v."{name}"' for name in rule.signals())
    judged = "true" if rule.undesirable else "NOT c.undesired"
    facts = table_of(
        connection,
        f"SELECT c.rules IS NULL AS passed, {names} FROM came c JOIN measured v ON v.hash = c.hash "
        f"WHERE {judged} AND (c.rules IS NULL OR c.rules = [{quoted(rule.id)}])",
    )
    limits = _limits(rule, facts)
    changed = [rule._replace(limit=limit) for limit in limits]
    failing = evaluated(rule, [one.failing() for one in changed], facts)
    passed = np.asarray(facts.column("passed").to_numpy(), np.bool_)
    points = []
    for limit, column in zip(limits, failing.columns, strict=True):
        fails = np.asarray(pc.fill_null(column, False).to_numpy(), np.bool_)
        points.append(Point(limit, int((~passed & ~fails).sum()), int((passed & fails).sum())))
    return tuple(points)


def _limits(rule: UsedRule, facts: pa.Table) -> list[float]:
    """The rule's limit, and values that records have."""
    assert isinstance(rule.limit, int | float)
    values = evaluated(rule, [rule.reported()], facts).column(0)
    if not (pa.types.is_integer(values.type) or pa.types.is_floating(values.type)):
        values = values.cast(pa.float64())
    passed = facts.column("passed")
    found = [rule.limit]
    for part, shares in ((pc.invert(passed), SHARES), (passed, TAILS)):
        found += pc.quantile(
            values.filter(part), q=list(shares), interpolation="nearest"
        ).to_pylist()
    return sorted({one for one in found if one is not None})
