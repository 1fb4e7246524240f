"""What another limit of a rule would gain and lose, from what the rules measured.

First order: the other rules of the step hold; earlier and later steps are not run again.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from curate.errors import UsageError
from curate.history.used_rules import UsedRule, evaluated, used_rules
from curate.history.whatif_came import load_came, load_undesired
from curate.history.whatif_changes import RuleChange, find_rule, parse_changes
from curate.history.whatif_curve import Point, curve_of
from curate.history.whatif_sides import FAILING, Side, load_sides, side_of
from curate.history.whatif_values import Measured, load_values
from curate.store import Version
from curate.store.catalog import Connection, quoted, reading, row_of, table_of
from curate.store.delta import columns_sql

SAMPLES = 3


class RuleOutcome(NamedTuple):
    """A rule with its limit, and what it dropped."""

    rule: UsedRule
    changed: RuleChange | None
    dropped: int
    """Records that fail it, as built."""
    alone: int
    """Those that fail no other rule of the step."""
    curve: tuple[Point, ...] = ()


class StepOutcome(NamedTuple):
    """What changed limits do to one step."""

    step: str
    came: int
    """Records that came to the step."""
    passed: int
    rules: tuple[RuleOutcome, ...]
    """The rules that are changed or whose curve is drawn."""
    gained: Side
    lost: Side
    before: tuple[str, ...]
    after: tuple[str, ...]
    """The steps before and after it, which are not run again."""
    measured: Measured

    @property
    def changes(self) -> tuple[RuleChange, ...]:
        """The changes of its rules."""
        return tuple(one.changed for one in self.rules if one.changed is not None)


def whatif(
    version: Version, changes: Sequence[str], curves: Sequence[str] = (), samples: int = SAMPLES
) -> list[StepOutcome]:
    """Say what changes such as `rule=limit` would gain and lose, a step each, in their order.

    `curves` names rules of which the counts at several limits are wanted. Raises UsageError,
    NotFoundError and RecipeError (`whatif_changes.parse_changes`).
    """
    rules = rules_before_split(version)
    parsed = parse_changes(rules, changes)
    drawn = [find_rule(rules, name) for name in curves]
    places = {one.place for one in (*drawn, *(change.rule for change in parsed))}
    outcomes = []
    with reading(version.folder) as connection:
        for place in sorted(places):
            here = _Step(connection, version, rules, place, parsed, drawn)
            outcomes.append(here.outcome(samples))
    return outcomes


def try_rule(version: Version, name: str, samples: int = SAMPLES) -> StepOutcome:
    """Say what a rule loses that no build applied (`trial.with_trial`)."""
    rules = rules_before_split(version)
    rule = find_rule(rules, name)
    with reading(version.folder) as connection:
        change = RuleChange(rule, rule.limit, is_trial=True)
        return _Step(connection, version, rules, rule.place, [change], []).outcome(samples)


def rules_before_split(version: Version) -> list[UsedRule]:
    """The rules of a whole version. Raises UsageError for a split, which comes after them."""
    if version.split is not None:
        right = f"Ask {version.dataset}@{version.number}: rules come before splits."
        raise UsageError(version.ref, "a split", right)
    return used_rules(version)


def limits_of(version: Version) -> list[RuleOutcome]:
    """Every rule of a version with what it dropped."""
    outcomes = []
    with reading(version.folder) as connection:
        for step, rules in groupby(used_rules(version), key=lambda rule: rule.step):
            counts = _dropped(connection, version, step)
            outcomes += [RuleOutcome(one, None, *counts.get(one.id, (0, 0))) for one in rules]
    return outcomes


def _dropped(connection: Connection, version: Version, step: str) -> dict[str, tuple[int, int]]:
    """For each rule how many records it dropped at a step, and how many it alone."""
    rows = table_of(
        connection,
        f"""
        SELECT rule, count(*) AS dropped, count(*) FILTER (others = 1) AS alone FROM (
            SELECT rule, count(*) OVER (PARTITION BY id, copy) AS others FROM (
                SELECT DISTINCT id, copy, rule FROM ({version.ledger_sql()})
                WHERE action = 'drop' AND step = {quoted(step)}))
        GROUP BY rule""",
    )
    return {row["rule"]: (row["dropped"], row["alone"]) for row in rows.to_pylist()}


class _Step:
    """One step under its changed rules."""

    def __init__(
        self,
        connection: Connection,
        version: Version,
        rules: list[UsedRule],
        place: int,
        changes: Sequence[RuleChange],
        drawn: Sequence[UsedRule],
    ) -> None:
        self.connection, self.version, self.rules = connection, version, rules
        names = [step["name"] for step in version.recipe["steps"]]
        self.step, self.before, self.after = names[place], names[:place], names[place + 1 :]
        self.changes = [one for one in changes if one.rule.place == place]
        self.drawn = [one for one in drawn if one.place == place]

    def outcome(self, samples: int) -> StepOutcome:
        load_came(self.connection, self.version, self.step)
        load_undesired(self.connection, self.version)
        measured = Measured(0, 0)
        failing: list[pa.Table] = []
        curves: dict[str, tuple[Point, ...]] = {}
        for field in sorted({rule.field for rule in self._measured_rules()}):
            found = self._load_field(field)
            measured = Measured(*(a + b for a, b in zip(measured, found, strict=True)))
            failing += [self._failing(one) for one in self.changes if one.rule.field == field]
            for rule in self.drawn:
                if rule.field == field:
                    curves[rule.id] = curve_of(self.connection, rule)
        load_sides(self.connection, self.version, [one.rule.id for one in self.changes], failing)
        counted = row_of(
            self.connection, "SELECT count(*), count(*) FILTER (rules IS NULL) FROM came"
        )
        came, passed = counted or (0, 0)
        return StepOutcome(
            self.step,
            came,
            passed,
            self._rule_outcomes(curves),
            side_of(self.connection, self.version, "gained", samples),
            side_of(self.connection, self.version, "lost", samples),
            tuple(self.before),
            tuple(self.after),
            measured,
        )

    def _rule_outcomes(self, curves: dict[str, tuple[Point, ...]]) -> tuple[RuleOutcome, ...]:
        counts = _dropped(self.connection, self.version, self.step)
        changed = {one.rule.id: one for one in self.changes}
        named = [*(one.rule for one in self.changes), *self.drawn]
        return tuple(
            RuleOutcome(
                rule, changed.get(rule.id), *counts.get(rule.id, (0, 0)), curves.get(rule.id, ())
            )
            for rule in self.rules
            if rule in named
        )

    def _measured_rules(self) -> list[UsedRule]:
        """The rules of which values are needed: one that is left out needs none."""
        changed = [one.rule for one in self.changes if not one.off]
        return [rule for rule in (*changed, *self.drawn) if rule.where is not None]

    def _load_field(self, field: str) -> Measured:
        here = [rule for rule in self._measured_rules() if rule.field == field]
        wanted = sorted({name for rule in here for name in rule.signals()})
        return load_values(self.connection, self.version, self.rules, self.step, field, wanted)

    def _failing(self, change: RuleChange) -> pa.Table:
        """The contents that fail a changed rule: hash, rule, value and `undesired_too`."""
        rule = change.changed()
        if rule is None:
            return FAILING.empty_table()
        facts = table_of(
            self.connection, f"SELECT {columns_sql(['hash', *rule.signals()])} FROM measured"
        )
        hit = pc.fill_null(evaluated(rule, [rule.failing()], facts).column(0), False)
        failing = facts.filter(hit)
        values = evaluated(rule, [rule.reported()], failing).column(0).to_pylist()
        count = len(failing)
        columns = [
            failing.column("hash").cast(pa.binary()),
            pa.repeat(rule.id, count),
            pa.array([scalar(value) for value in values], pa.string()),
            pa.repeat(rule.undesirable, count),
        ]
        return pa.table(columns, schema=FAILING)


def scalar(value: Any) -> str:
    """A value as JSON; a decimal as the nearest double."""
    return orjson.dumps(value, default=float).decode()
