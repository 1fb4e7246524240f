"""The records that changed limits gain and lose: their number, size, slices and samples."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import pyarrow as pa

from curate.history.contents import Contents
from curate.store import Version
from curate.store.catalog import Connection, quoted, row_of, table_of

_SIZES: Final = (
    *("prompt_characters", "response_characters", "rejected_characters", "text_characters"),
)
"""The sizes that segments keep beside each payload."""

SLICES = 5
"""How many values of a source or label are named."""

FAILING: Final = pa.schema(
    [
        ("hash", pa.binary()),
        ("rule", pa.string()),
        ("value", pa.string()),
        ("undesired_too", pa.bool_()),
    ]
)
"""Contents that fail changed rules: `undesired_too` is whether a rule judges those that are not
desirable."""


class Slice(NamedTuple):
    """Records with one value of a label, or of one source."""

    by: str
    """`source`, or `labels.NAME`."""
    value: str
    records: int


class Sample(NamedTuple):
    """One of the records."""

    id: bytes
    copy: int
    values: tuple[tuple[str, str | None], ...]
    """Rule and value (a JSON scalar): those that dropped it, or that would."""
    source: str
    file: str
    line: int
    dropped_at: str | None
    """Of a lost one, the later step that dropped it anyway."""
    content: Mapping[str, Any] | None
    """As it came to the step; None where it is not stored any more."""


class Side(NamedTuple):
    """All that is gained, or lost."""

    records: int
    members: int
    """Those that are members now; a gained one never is."""
    dropped_later: tuple[tuple[str, int], ...]
    """Of the lost, the later steps that dropped some of them anyway."""
    characters: int
    """Of their prompts, answers and texts."""
    slices: tuple[Slice, ...]
    samples: tuple[Sample, ...]


def load_sides(
    connection: Connection, version: Version, changed: Sequence[str], failing: Sequence[pa.Table]
) -> None:
    """Make the table `sides` from `came` and the contents that fail changed rules.

    And `labelled`, of their contents: hash, labels and characters.

    Gained is what only changed rules dropped and none of them would drop; lost is what passed and
    one of them would drop.
    """
    connection.register("fails", pa.concat_tables([FAILING.empty_table(), *failing]))
    listed = ", ".join(quoted(rule) for rule in changed)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE sides AS
        WITH still AS (
            SELECT hash, bool_or(undesired_too) AS undesired_too FROM fails GROUP BY hash)
        SELECT c.*, CASE WHEN c.rules IS NULL THEN 'lost' ELSE 'gained' END AS side
        FROM came c LEFT JOIN still s ON s.hash = c.hash AND (s.undesired_too OR NOT c.undesired)
        WHERE CASE WHEN c.rules IS NULL THEN s.hash IS NOT NULL
            ELSE s.hash IS NULL AND list_has_all([{listed}]::VARCHAR[], c.rules) END""")
    size = " + ".join(f"coalesce({name}, 0)" for name in _SIZES)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE labelled AS SELECT hash, labels, {size} AS characters "
        f"FROM {version.payloads_sql()} WHERE hash IN (SELECT hash FROM sides)"
    )


def side_of(connection: Connection, version: Version, side: str, samples: int) -> Side:
    """Describe the rows of one side of the table `sides`."""
    where = f"side = {quoted(side)}"
    counted = row_of(
        connection,
        f"SELECT count(*), count(*) FILTER (dropped_at IS NULL) FROM sides WHERE {where}",
    )
    records, members = counted or (0, 0)
    if not records:
        return Side(0, 0, (), 0, (), ())
    later = connection.execute(
        f"SELECT dropped_at, count(*) FROM sides WHERE {where} AND dropped_at IS NOT NULL "
        "GROUP BY ALL ORDER BY 2 DESC, 1"
    ).fetchall()
    return Side(
        records,
        members if side == "lost" else 0,
        tuple((step, number) for step, number in later) if side == "lost" else (),
        _characters(connection, where),
        tuple(_slices(connection, where)),
        tuple(_samples(connection, version, where, samples)),
    )


def _characters(connection: Connection, where: str) -> int:
    total = row_of(
        connection,
        f"SELECT sum(characters)::BIGINT FROM sides JOIN labelled USING (hash) WHERE {where}",
    )
    return int(total[0] or 0) if total else 0


def _slices(connection: Connection, where: str) -> list[Slice]:
    """The sources, and the most frequent values of each label; ties by value."""
    rows = table_of(
        connection,
        f"""
        SELECT "by", value, records FROM (
            SELECT 'source' AS "by", source AS value, count(*) AS records FROM sides WHERE {where}
            GROUP BY ALL
            UNION ALL
            SELECT 'labels.' || one.key AS "by", coalesce(one.value ->> '$', 'null') AS value,
                sum(number)::BIGINT AS records
            FROM (SELECT unnest(map_entries(labels::JSON::MAP(VARCHAR, JSON))) AS one, number
                FROM (SELECT labels, count(*) AS number FROM sides JOIN labelled USING (hash)
                    WHERE {where} GROUP BY ALL))
            GROUP BY ALL)
        QUALIFY row_number() OVER (PARTITION BY "by" ORDER BY records DESC, value) <= {SLICES}
        ORDER BY "by" = 'source' DESC, "by", records DESC, value""",
    )
    return [Slice(**row) for row in rows.to_pylist()]


def _samples(connection: Connection, version: Version, where: str, number: int) -> list[Sample]:
    """Always the same records: those whose id has the lowest MD5."""
    rows = table_of(
        connection, f"SELECT * FROM sides WHERE {where} ORDER BY md5(id), copy LIMIT {number}"
    ).to_pylist()
    contents = Contents(connection, version, [row["hash"] for row in rows])
    return [
        Sample(
            *(row["id"], row["copy"], _values(connection, row)),
            *(row["source"], row["file"], row["line"]),
            dropped_at=None if row["rules"] is not None else row["dropped_at"],
            content=contents.get(row["hash"]),
        )
        for row in rows
    ]


def _values(connection: Connection, row: Mapping[str, Any]) -> tuple[tuple[str, str | None], ...]:
    """The rules that a sample failed, or would fail, each with its value."""
    if row["rules"] is None:
        judged = "undesired_too" if row["undesired"] else "true"
        statement = f"SELECT rule, value FROM fails WHERE hash = ? AND {judged} ORDER BY rule"
        values = [row["hash"]]
    else:
        statement = (
            "SELECT rule, value FROM decided WHERE id = ? AND copy = ? AND action = 'drop' "
            "AND step = ? ORDER BY rule"
        )
        values = [row["id"], row["copy"], row["dropped_at"]]
    return tuple(connection.execute(statement, values).fetchall())
