"""What the limit of one rule does, from what the rule measured, and what labels say of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from curate.history.tune_direction import Direction, direction
from curate.history.tune_facts import Facts, load_facts, tunable
from curate.history.tune_histogram import Histogram, histogram
from curate.history.tune_labelling import Labelling, labelling
from curate.history.tune_labels import read_labels
from curate.history.tune_limits import Limit, grid, limits_tried
from curate.history.tune_samples import Sample, around, draw
from curate.history.used_rules import UsedRule
from curate.history.whatif_changes import RuleChange
from curate.history.whatif_curve import Point, curve
from curate.history.whatif_settings import settings_of
from curate.history.whatif_values import Measured
from curate.store import Version
from curate.store.catalog import reading

SAMPLES = 3
GRID = 60
"""Limits of a drawn curve, beside those of the table."""


class Tuning(NamedTuple):
    """All that is known of the limit of a rule."""

    rule: UsedRule
    came: int
    passed: int
    failing: int
    """Records that fail the rule as it is."""
    direction: Direction
    histogram: Histogram
    curve: tuple[Point, ...]
    drawn_curve: tuple[Point, ...]
    """The same at more limits; none unless it is asked for."""
    failing_samples: tuple[Sample, ...]
    passing_samples: tuple[Sample, ...]
    labelling: Labelling | None
    settings: Mapping[str, Any]
    """The settings of the step that make the recommended limit last; none without one."""
    measured: Measured

    def point(self, limit: float) -> Point:
        """The point of the curve at a limit that was tried."""
        return next(one for one in self.curve if one.limit == limit)


def tune(
    version: Version,
    name: str,
    samples: int = SAMPLES,
    labels: Path | None = None,
    precision: float | None = None,
    drawn: bool = False,
) -> Tuning:
    """Say what the limit of a rule does, and by labels what it should be.

    Raises as `tune_facts.tunable` and `load_facts`, and InputError for a broken file of labels.
    """
    rule = tunable(version, name)
    said = None if labels is None else read_labels(labels, rule)
    with reading(version.folder) as connection:
        facts = load_facts(connection, version, rule)
        towards = direction(facts)
        on_scale = towards.fails is not None
        told = None
        if said is not None:
            told = labelling(connection, facts, on_scale, said, precision)
        advised = _advised(facts, told)
        limits = limits_tried(facts, on_scale, [] if advised is None else [advised])
        spread = histogram(facts, towards)
        more = grid(facts, spread.scale == "ratios", GRID) if drawn and on_scale else []
        failing, passing = around(connection, version, facts, on_scale, samples)
    points = curve(rule, facts.groups, sorted({*limits, *more}))
    change = [] if advised is None else [RuleChange(rule, advised)]
    return Tuning(
        rule,
        facts.came,
        facts.passed,
        int(facts.groups.records[facts.fails].sum()),
        towards,
        spread,
        tuple(one for one in points if one.limit in set(limits)),
        points if drawn else (),
        tuple(failing),
        tuple(passing),
        told,
        settings_of(version, rule.step, change) if change else {},
        facts.measured,
    )


def draw_samples(version: Version, name: str, number: int, seed: int) -> list[Sample]:
    """Records to label, from both sides of the limit, near and far. Raises as `tune`."""
    rule = tunable(version, name)
    with reading(version.folder) as connection:
        facts = load_facts(connection, version, rule)
        on_scale = direction(facts).fails is not None
        return draw(connection, version, facts, on_scale, number, seed)


def _advised(facts: Facts, told: Labelling | None) -> Limit | None:
    """The recommended limit, as one writes it."""
    if told is None or told.advice.best is None:
        return None
    limit = told.advice.best.limit
    if limit == facts.limit:
        return facts.rule.limit  # type: ignore[return-value]  # a rule that is tuned has a number
    return int(limit) if limit.is_integer() else limit
