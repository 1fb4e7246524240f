"""The records around a limit, and those that are drawn to be labelled."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa

from curate.history.contents import Contents
from curate.history.tune_facts import Facts
from curate.history.whatif_curve import Counts, Flags, Numbers, judged_sql
from curate.store import Version
from curate.store.catalog import Connection, quoted, table_of

BANDS: Final = (0.02, 0.1, 0.5)
"""Shares of the records of one side, the nearest to the limit first, where bands end."""


class Sample(NamedTuple):
    """A record that came to the step, with what the rule says of it."""

    id: bytes
    copy: int
    value: float
    fails: bool
    others: tuple[str, ...]
    """The other rules of the step that dropped it."""
    dropped_later: str | None
    """The later step that dropped it."""
    source: str
    file: str
    line: int
    content: Mapping[str, Any] | None
    """As it came to the step; None where it is not stored any more."""


def distances(facts: Facts, on_scale: bool) -> Numbers:
    """How far from the limit each group is; all alike where the limit says nothing of the value."""
    if on_scale:
        return np.abs(facts.values - facts.limit)
    return np.where(facts.known, 0.0, np.nan)


def around(
    connection: Connection, version: Version, facts: Facts, on_scale: bool, number: int
) -> tuple[list[Sample], list[Sample]]:
    """The records nearest to the limit: those that fail, and those that pass.

    Of equally near ones, always the same: those whose id has the lowest MD5.
    """
    far = distances(facts, on_scale)
    sides: list[list[Sample]] = []
    for side in (facts.fails, ~facts.fails):
        chosen = _nearest(far, side & facts.known, facts.groups.records, number)
        _load_chosen(connection, facts, chosen, far)
        order = f"ORDER BY far, md5(id), copy LIMIT {number}"
        sides.append(_samples(connection, version, facts, f"true {order}"))
    return sides[0], sides[1]


def _nearest(far: Numbers, side: Flags, records: Counts, number: int) -> Flags:
    """The groups of a side that hold its nearest records; all of those as near as the last."""
    places = np.flatnonzero(side)
    if not len(places) or not number:
        return np.zeros(len(far), np.bool_)
    order = places[np.argsort(far[places], kind="stable")]
    enough = int(np.searchsorted(np.cumsum(records[order]), number))
    last = far[order[min(enough, len(order) - 1)]]
    near: Flags = side & (far <= last)
    return near


def cells(facts: Facts, on_scale: bool) -> Counts:
    """The cell of each group: its side of the limit and how near to it; -1 without a value.

    Even numbers fail, and the nearer a cell, the lower its number.
    """
    far, found = distances(facts, on_scale), np.full(len(facts.values), -1, np.int64)
    for place, side in enumerate((facts.fails, ~facts.fails)):
        here = np.flatnonzero(side & facts.known)
        if not len(here):
            continue
        order = here[np.argsort(far[here], kind="stable")]
        ends = np.cumsum(facts.groups.records[order])
        cuts = far[order][np.searchsorted(ends, np.multiply(BANDS, ends[-1]))]
        found[here] = 2 * np.searchsorted(cuts, far[here]) + place
    return found


def draw(
    connection: Connection,
    version: Version,
    facts: Facts,
    on_scale: bool,
    number: int,
    seed: int,
) -> list[Sample]:
    """Draw records from all cells alike, by a hash of id and seed; a larger draw adds to it.

    They come in an order that says nothing of their cell: that of another hash, since of a large
    cell those drawn have lower hashes than those of a small one.
    """
    cell = cells(facts, on_scale)
    sizes = np.bincount(cell[cell >= 0], facts.groups.records[cell >= 0]).astype(np.int64)
    drawn: list[Sample] = []
    for at, share in enumerate(_shares(number, sizes.tolist())):
        if share:
            _load_chosen(connection, facts, cell == at, distances(facts, on_scale))
            order = f"copy = 0 ORDER BY {_hashed(seed, 'draw')}, id LIMIT {share}"
            drawn += _samples(connection, version, facts, order)
    connection.register("drawn", pa.table({"id": pa.array([one.id for one in drawn], pa.binary())}))
    statement = f"SELECT id FROM drawn ORDER BY {_hashed(seed, 'order')}, id"
    by_id = {one.id: one for one in drawn}
    return [by_id[one] for (one,) in connection.execute(statement).fetchall()]


def _hashed(seed: int, use: str) -> str:
    return f"md5(hex(id) || {quoted(f' {use} {seed}')})"


def _shares(number: int, sizes: Sequence[int]) -> list[int]:
    """How many to draw of each cell: one after the other in turn, as far as they last."""
    shares = [0] * len(sizes)
    left = min(number, sum(sizes))
    while left:
        for at, size in enumerate(sizes):
            if left and shares[at] < size:
                shares[at] += 1
                left -= 1
    return shares


def groups_of(connection: Connection, facts: Facts, ids: Sequence[bytes]) -> dict[bytes, int]:
    """The place of the group of each record, by id; what the rule did not judge is not there."""
    table = facts.groups.signals.append_column("at", pa.array(np.arange(len(facts.values))))
    connection.register("grouped", table)
    connection.register("asked", pa.table({"id": pa.array(ids, pa.binary())}))
    rows = connection.execute(
        "SELECT c.id, min(n.at) FROM came c SEMI JOIN asked a ON a.id = c.id "
        f"JOIN measured v ON v.hash = c.hash JOIN grouped n ON {_same(facts)} "
        f"WHERE {judged_sql(facts.rule)} GROUP BY c.id ORDER BY c.id"
    ).fetchall()
    return dict(rows)


def _load_chosen(connection: Connection, facts: Facts, chosen: Flags, far: Numbers) -> None:
    """Register some groups as `chosen`: their signals, value, verdict and distance."""
    table = facts.groups.signals.append_column("reported", pa.array(facts.values))
    table = table.append_column("fails", pa.array(facts.fails))
    table = table.append_column("far", pa.array(far))
    connection.register("chosen", table.filter(pa.array(chosen)))


def _samples(
    connection: Connection, version: Version, facts: Facts, condition: str
) -> list[Sample]:
    """The records of the groups in `chosen` that a condition, with its order, is true of."""
    rows = table_of(
        connection,
        "SELECT * FROM (SELECT c.*, n.reported, n.fails, n.far FROM came c "
        f"JOIN measured v ON v.hash = c.hash JOIN chosen n ON {_same(facts)} "
        f"WHERE {judged_sql(facts.rule)}) WHERE {condition}",
    ).to_pylist()
    contents = Contents(connection, version, [row["hash"] for row in rows])
    return [
        Sample(
            *(row["id"], row["copy"], row["reported"], row["fails"]),
            others=tuple(one for one in row["rules"] or () if one != facts.rule.id),
            dropped_later=None if row["rules"] else row["dropped_at"],
            **{name: row[name] for name in ("source", "file", "line")},
            content=contents.get(row["hash"]),
        )
        for row in rows
    ]


def _same(facts: Facts) -> str:
    """The condition that a row `v` of `measured` is of the group `n`."""
    names = facts.rule.signals()
    return " AND ".join(f'v."{name}" IS NOT DISTINCT FROM n."{name}"' for name in names)
