"""Records that came to steps of rules, counted by the set of rules that they fail."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from curate.errors import NotFoundError, RefusedError
from curate.history.audit_slicing import Slicing
from curate.store import Version
from curate.store.catalog import Connection, quoted, row_of, table_of

MOST_VALUES: Final = 1000
"""A label with more values than this tells records apart, not slices."""


class Group(NamedTuple):
    """Some of the records that came to a step."""

    came: int
    failing: Counter[tuple[str, ...]]
    """How many fail exactly these rules, sorted by id; what passes is not in here."""

    @property
    def dropped(self) -> int:
        """How many fail a rule at all."""
        return self.failing.total()


Groups = dict[str, Group]
"""Groups by the value of what is sliced by."""


def sum_of(groups: Groups) -> Group:
    """All records that came."""
    failing: Counter[tuple[str, ...]] = Counter()
    for group in groups.values():
        failing.update(group.failing)
    return Group(sum(group.came for group in groups.values()), failing)


def groups_of(
    connection: Connection, version: Version, steps: Sequence[str], slicing: Slicing
) -> dict[str, Groups]:
    """The records that came to each of some steps of rules, by step and value.

    Raises NotFoundError where they are sliced by a label that no record has, RefusedError where it
    has more than `MOST_VALUES` values.
    """
    _load_ends(connection, version, slicing)
    _check_values(connection, version, slicing)
    ends = table_of(connection, "SELECT * FROM ends").to_pylist()
    names = [one["name"] for one in version.recipe["steps"]]
    return {step: _at(ends, step, names.index(step)) for step in steps}


def _load_ends(connection: Connection, version: Version, slicing: Slicing) -> None:
    """Make the table `ends`: how records came to their end, counted.

    Columns: value (of what is sliced by), step and place (of the step that dropped them; null and a
    place after all steps where they are members), rules (that dropped them, a line each, in any
    order), born (the place of the step that added them or made the copy, -1 where they were read),
    records, and there (those that have what is sliced by).
    """
    steps = [one["name"] for one in version.recipe["steps"]]
    places = ", ".join(f"({quoted(name)}, {place})" for place, name in enumerate(steps))
    payloads = f"LEFT JOIN {version.payloads_sql()} p ON p.hash = c.hash" * slicing.of_content
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE ends AS
        WITH decided AS (
            SELECT l.*, s.place FROM ({version.ledger_sql()}) l
            JOIN (VALUES {places}) s(step, place) ON s.step = l.step),
        came AS (
            SELECT id, copy, hash, source, split, NULL AS step, {len(steps)} AS place, NULL AS rules
            FROM ({version.members_sql()})
            UNION ALL
            SELECT id, copy, any_value(before), any_value(source), NULL, any_value(step),
                any_value(place), string_agg(rule, chr(10))
            FROM decided WHERE action = 'drop' GROUP BY id, copy),
        made AS (
            SELECT id, place, sum(value::INTEGER - 1) OVER (PARTITION BY id ORDER BY place) AS upto
            FROM decided WHERE action = 'copy'),
        copies AS (
            SELECT c.id, c.copy, min(m.place) AS place FROM came c
            JOIN made m ON m.id = c.id AND c.copy > 0 AND c.copy <= m.upto GROUP BY ALL),
        added AS (SELECT id, min(place) AS place FROM decided WHERE action = 'add' GROUP BY id)
        SELECT {slicing.value} AS value, c.step, c.place, c.rules,
            greatest(coalesce(k.place, -1), coalesce(a.place, -1)) AS born,
            count(*) AS records, count({slicing.there}) AS there
        FROM came c {payloads}
        LEFT JOIN copies k ON k.id = c.id AND k.copy = c.copy
        LEFT JOIN added a ON a.id = c.id
        GROUP BY ALL""")


def _at(ends: Sequence[dict[str, Any]], step: str, place: int) -> Groups:
    """The records that came to the step at a place."""
    came: Counter[str] = Counter()
    failing: defaultdict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for row in ends:
        if row["born"] < place <= row["place"]:
            came[row["value"]] += row["records"]
            if row["step"] == step:
                rules = tuple(sorted(set(row["rules"].split("\n"))))
                failing[row["value"]][rules] += row["records"]
    return {value: Group(records, failing[value]) for value, records in came.items()}


def _check_values(connection: Connection, version: Version, slicing: Slicing) -> None:
    counted = row_of(connection, "SELECT count(DISTINCT value), sum(there) FROM ends")
    values, there = counted or (0, None)
    if values > MOST_VALUES:
        found = f"it has {values:,} values: it tells records apart, not slices"
        raise RefusedError(f"--by {slicing.by}", found, "Slice by what many records share.")
    if there == 0:
        found = f"no record of {version.ref} has this label"
        right = f"Labels: {', '.join(_labels(connection, version)) or 'none'}."
        raise NotFoundError(f"--by {slicing.by}", found, right)


def _labels(connection: Connection, version: Version) -> list[str]:
    rows = connection.execute(
        "SELECT DISTINCT unnest(json_keys(labels)) FROM "
        f"{version.payloads_sql()} p SEMI JOIN ({version.members_sql()} UNION ALL BY NAME "
        f"SELECT before AS hash FROM ({version.ledger_sql()}) WHERE action = 'drop') c "
        "ON p.hash = c.hash ORDER BY 1"
    ).fetchall()
    return [f"labels.{name}" for (name,) in rows]
