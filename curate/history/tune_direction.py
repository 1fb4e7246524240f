"""Which values fail a rule, smaller or larger ones: found by evaluating it around each value."""

from typing import Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.history.tune_facts import Facts
from curate.history.used_rules import evaluated
from curate.history.whatif_curve import Flags, Numbers
from curate.rulepacks.expression import LIMIT_COLUMN, parse_over_limits

Side = Literal["smaller", "larger"]

_STEP = 1e-9
"""How far beside a value the limit is put, as a share of it: more than rounding makes."""


class Direction(NamedTuple):
    """What the value says of the verdict."""

    fails: Side | None
    """The values that fail; None where the limit is not held against the value."""
    records: int
    """Records with a value."""
    turning: int
    """Those whose verdict turns so where the limit passes their value."""
    equal_fails: bool
    """Whether a value that is the limit fails."""

    @property
    def monotone(self) -> bool:
        """Whether the value alone decides, so that all that fail stand on one side of it."""
        return self.fails is not None and self.turning == self.records


def direction(facts: Facts) -> Direction:
    """Evaluate the rule with its limit just below and just above the value of each record.

    And far below and above all values: a verdict that turns between those, but not at the value,
    says that the limit is held against something else.
    """
    known = facts.known
    values, records = facts.values[known], facts.groups.records[known]
    signals = facts.groups.signals.filter(pa.array(known))
    steps = np.maximum(np.abs(values), 1.0) * _STEP
    reach = float(values.max() - values.min()) + 1.0
    below, above, least, most = (
        _failing(facts, signals, limits)
        for limits in (
            *(values - steps, values + steps),
            *(np.full(len(values), end) for end in (values.min() - reach, values.max() + reach)),
        )
    )
    counts = {
        "smaller": int(records[above & ~below].sum()),
        "larger": int(records[below & ~above].sum()),
    }
    elsewhere = int(records[(least != most) & (below == above)].sum())
    fails: Side = "smaller" if counts["smaller"] > counts["larger"] else "larger"
    turning = counts[fails]
    turns = above & ~below if fails == "smaller" else below & ~above
    equal = int(records[turns & _failing(facts, signals, values)].sum())
    others = sum(counts.values()) - turning + elsewhere
    side = fails if turning > others else None
    return Direction(side, int(records.sum()), turning, 2 * equal > turning)


def _failing(facts: Facts, signals: pa.Table, limits: Numbers) -> Flags:
    assert facts.rule.where is not None
    rows = signals.append_column(LIMIT_COLUMN, pa.array(limits))
    failing = parse_over_limits(facts.rule.where, facts.rule.known())
    column = evaluated(facts.rule, [failing], rows).column(0)
    return np.asarray(pc.fill_null(column, False).to_numpy(), np.bool_)
