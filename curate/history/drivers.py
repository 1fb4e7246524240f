"""The records behind the shift of a number: those that crossed where two distributions part."""

from typing import Any, Final, NamedTuple

from curate.history.causes import ChangeKind
from curate.store.catalog import Connection, table_of

EXAMPLES: Final = 5
"""How many records are named, those of different causes first."""


class Driver(NamedTuple):
    """A record whose number was on the one side, is on the other, or came or went there."""

    change: ChangeKind
    id: bytes
    copy: int
    source: str
    file: str
    line: int
    before: float | None
    after: float | None
    key: str
    """Its cause's key."""


class Drivers(NamedTuple):
    """The records that drive a shift."""

    number: int
    """How many moved the distribution the way it went."""
    against: int
    """How many moved it the other way."""
    causes: tuple[tuple[str, int], ...]
    """The keys of their causes, and how many have each; the most frequent first."""
    examples: tuple[Driver, ...]


def drivers_of(connection: Connection, values: str, at: float, up: bool) -> Drivers:
    """Find the records that moved a number over `at`, upwards or downwards.

    `values` is a SELECT of hash (of the content) and `measured`; the connection has `changes`. A
    record that is new counts where its number lies beyond `at`, one that is gone where it lay
    before it, and an edited one where it crossed.
    """
    bound = f"{at!r}::DOUBLE"
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE crossing AS
        SELECT c.*, a.measured AS value_before, b.measured AS value_after,
            a.measured <= {bound} AS was_below, b.measured <= {bound} AS is_below
        FROM changes c LEFT JOIN ({values}) a ON a.hash = c.before
        LEFT JOIN ({values}) b ON b.hash = c.after
        WHERE c.change <> 'moved'""")
    upwards = "coalesce(was_below, true) AND NOT coalesce(is_below, false)"
    downwards = "NOT coalesce(was_below, false) AND coalesce(is_below, true)"
    known = "(was_below IS NOT NULL OR is_below IS NOT NULL)"
    here, there = (upwards, downwards) if up else (downwards, upwards)
    names = "change, id, copy, source, file, line, value_before, value_after, key"
    rows = table_of(
        connection,
        f"""
        SELECT {names}, count(*) OVER (PARTITION BY key) AS alike,
            row_number() OVER (PARTITION BY key ORDER BY id, copy) AS rank
        FROM crossing WHERE {known} AND {here}
        QUALIFY rank <= {EXAMPLES} ORDER BY rank, alike DESC, key""",
    ).to_pylist()
    (against,) = table_of(
        connection, f"SELECT count(*) AS n FROM crossing WHERE {known} AND {there}"
    ).to_pylist()
    causes = {row["key"]: row["alike"] for row in rows}
    examples = tuple(_driver(row) for row in rows[:EXAMPLES])
    return Drivers(sum(causes.values()), against["n"], tuple(causes.items()), examples)


def _driver(row: dict[str, Any]) -> Driver:
    before, after = row.pop("value_before"), row.pop("value_after")
    del row["alike"], row["rank"]
    return Driver(**row, before=before, after=after)
