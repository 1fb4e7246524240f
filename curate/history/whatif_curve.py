"""What a rule would gain and lose at several limits."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.history.used_rules import UsedRule, evaluated
from curate.store.catalog import Connection, quoted, table_of

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""The quantiles of the values that the rule alone dropped at which its curve has points."""

TAILS = (0.01, 0.05, 0.25, 0.75, 0.95, 0.99)
"""Those of the values that passed."""

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]


class Point(NamedTuple):
    """A limit, and what it would gain and lose; the rule's own loses and gains nothing."""

    limit: float
    gained: int
    lost: int
    failing: int
    """Records that would fail the rule, whatever the other rules of the step say."""


class Groups(NamedTuple):
    """The records that a rule judged, those of equal signals together."""

    signals: pa.Table
    """One row a group: the signals that the rule is made of."""
    records: Counts
    passed: Counts
    """Those of the records that no rule of the step dropped."""
    alone: Counts
    """Those that this rule dropped and no other of the step."""


def judged_sql(rule: UsedRule) -> str:
    """The condition on a row `c` of `came` that the rule judges it, if it has the field."""
    return "true" if rule.undesirable else "NOT c.undesired"


def load_groups(connection: Connection, rule: UsedRule) -> Groups:
    """Read the groups of a rule from the tables `came` and `measured` of its field."""
    names = [f'v."{name}"' for name in rule.signals()]
    alone = f"c.rules = [{quoted(rule.id)}]"
    table = table_of(
        connection,
        f"SELECT count(*) AS n, count(*) FILTER (c.rules IS NULL) AS p, "
        f"count(*) FILTER ({alone}) AS a, {', '.join(names)} "
        f"FROM came c JOIN measured v ON v.hash = c.hash WHERE {judged_sql(rule)} "
        f"GROUP BY {', '.join(names)}",
    )
    counts = [table.column(name).to_numpy().astype(np.int64) for name in ("n", "p", "a")]
    return Groups(table.drop_columns(["n", "p", "a"]), *counts)


def has_number(rule: UsedRule) -> bool:
    """Whether the rule's limit is a number that its expression uses."""
    is_number = isinstance(rule.limit, int | float) and not isinstance(rule.limit, bool)
    return is_number and rule.where is not None


def reported_values(rule: UsedRule, signals: pa.Table) -> tuple[Numbers, bool] | None:
    """The rule's value of each row, NaN where there is none, and whether all are whole numbers.

    None where the value is no number, such as a text.
    """
    values = evaluated(rule, [rule.reported()], signals).column(0)
    whole = pa.types.is_integer(values.type) or pa.types.is_boolean(values.type)
    if not (whole or pa.types.is_floating(values.type) or pa.types.is_decimal(values.type)):
        return None
    if pa.types.is_boolean(values.type):
        values = values.cast(pa.int8())
    numbers = pc.fill_null(values.cast(pa.float64(), safe=False), np.nan)
    return np.asarray(numbers.to_numpy(), np.float64), whole


def failing_at(rule: UsedRule, limits: Sequence[float], signals: pa.Table) -> list[Flags]:
    """For each limit, which rows fail."""
    if not limits:
        return []
    changed = [rule._replace(limit=limit).failing() for limit in limits]
    columns = evaluated(rule, changed, signals).columns
    return [np.asarray(pc.fill_null(one, False).to_numpy(), np.bool_) for one in columns]


def curve(rule: UsedRule, groups: Groups, limits: Sequence[float]) -> tuple[Point, ...]:
    """What each limit would gain and lose beside the other rules of the step."""
    return tuple(
        Point(
            limit,
            int(groups.alone[~fails].sum()),
            int(groups.passed[fails].sum()),
            int(groups.records[fails].sum()),
        )
        for limit, fails in zip(limits, failing_at(rule, limits, groups.signals), strict=True)
    )


def curve_of(connection: Connection, rule: UsedRule) -> tuple[Point, ...]:
    """The counts at quantiles of a rule's value, by limit; none where its limit is no number.

    Reads the tables `came` and `measured` of the rule's field.
    """
    if not has_number(rule):
        return ()
    groups = load_groups(connection, rule)
    found = reported_values(rule, groups.signals)
    return () if found is None else curve(rule, groups, _limits(rule, groups, *found))


def _limits(rule: UsedRule, groups: Groups, values: Numbers, whole: bool) -> list[float]:
    """The rule's limit, and values that records have."""
    assert isinstance(rule.limit, int | float)
    near = quantiles(values, groups.alone, SHARES) + quantiles(values, groups.passed, TAILS)
    return sorted({rule.limit, *(int(one) if whole else one for one in near)})


def quantiles(values: Numbers, counts: Counts, shares: Sequence[float]) -> list[float]:
    """The values nearest to shares of the records; each value stands for `counts` of them.

    >>> quantiles(np.array([3.0, 1.0, np.nan]), np.array([1, 3, 9]), [0.0, 0.5, 1.0])
    [1.0, 1.0, 3.0]
    """
    known = np.isfinite(values) & (counts > 0)
    values, counts = values[known], counts[known]
    if not len(values):
        return []
    order = np.argsort(values, kind="stable")
    ends = np.cumsum(counts[order])
    places = np.rint(np.asarray(shares) * (ends[-1] - 1))
    return [float(one) for one in values[order][np.searchsorted(ends, places, "right")]]
