"""Every member that differs between two versions, with what the ledgers say of it: sets, in SQL.

Payloads are not read, but for the prompts of records of keyless sources that are gone or new.
"""

from typing import Final

import pyarrow as pa

from curate.decision import NO_TWIN
from curate.history.matching import match_by_prompt
from curate.store import Version
from curate.store.catalog import Connection, quoted, reading, row_of, table_of
from curate.store.delta import columns_sql, files_sql

FAILED: Final = ("rule", "field", "value", "limit")

CHANGED: Final = pa.schema(
    [
        ("change", pa.string()),
        ("id", pa.binary()),
        ("copy", pa.int32()),
        *((name, pa.binary()) for name in ("matched", "before", "after")),
        *((name, pa.string()) for name in ("split_before", "split_after", "source", "file")),
        ("line", pa.int64()),
        *((name, pa.string()) for name in ("cause", "step")),
        ("details", pa.list_(pa.struct([(n, pa.string()) for n in FAILED]))),
        ("twin", pa.binary()),
        ("key", pa.string()),
    ]
)
"""`change` is added, removed, edited or moved; `matched` the id before, where it differs; `details`
the rules that dropped it, with value and limit; `twin` the record that was kept for it, or its
parent; `key` JSON of all that its cause consists of (`CAUSE`)."""

CAUSE: Final = (
    *("change", "cause", "step", "rules", "content_changed", "twin_changed"),
    *("steps_new", "steps_old", "steps_other", "named", "moved"),
)
"""What two changes must have in common to have one cause."""


def changes_between(before: Version, after: Version) -> pa.Table:
    """The members that differ, one row each (`CHANGED`), sorted by change, id and copy."""
    with reading(before.folder) as connection:
        _compare_members(connection, before, after)
        _load_same_files(connection, before, after)
        for side, version in (("a", before), ("b", after)):
            _load_ledger(connection, side, version)
            _load_read_hashes(connection, side)
        for side, version in (("a", before), ("b", after)):
            _find_twins(connection, side, "ba"[side == "b"], version)
        _compare_edits(connection)
        _find_causes(connection, before, after)
        match_by_prompt(connection, before, after)
        return table_of(
            connection, f"SELECT {columns_sql(CHANGED.names)} FROM caused ORDER BY change, id, copy"
        )


def _compare_members(connection: Connection, before: Version, after: Version) -> None:
    """The tables `changed` and `ids`, and `near_a` and `near_b`: all members of these ids."""
    touched = _touched_sql(before, after)
    connection.execute(f"CREATE TEMP TABLE touched AS {touched}")
    for side, version in (("a", before), ("b", after)):
        whole = version.with_split(None).members_sql()
        connection.execute(
            f"CREATE TEMP TABLE near_{side} AS SELECT * FROM ({whole}) SEMI JOIN touched USING (id)"
        )
        seen = "true" if version.split is None else f"split = {quoted(version.split)}"
        connection.execute(f"CREATE TEMP VIEW {side} AS SELECT * FROM near_{side} WHERE {seen}")
    connection.execute(f"""
        CREATE TEMP TABLE changed AS
        SELECT coalesce(b.id, a.id) AS id, coalesce(b.copy, a.copy) AS copy,
            a.hash AS before, b.hash AS after, a.split AS split_before, b.split AS split_after,
            coalesce(b.source, a.source) AS source, coalesce(b.file, a.file) AS file,
            coalesce(b.line, a.line) AS line,
            CASE WHEN b.id IS NULL THEN 'removed' WHEN a.id IS NULL THEN 'added'
                WHEN a.hash <> b.hash THEN 'edited' ELSE 'moved' END AS change
        FROM a FULL JOIN b ON a.id = b.id AND a.copy = b.copy WHERE {_DIFFERS}""")
    connection.execute("CREATE TEMP TABLE ids AS SELECT DISTINCT id FROM changed")


_DIFFERS: Final = "a.id IS NULL OR b.id IS NULL OR a.hash <> b.hash OR a.split <> b.split"


def _touched_sql(before: Version, after: Version) -> str:
    """The ids that may differ; between versions of one dataset the files of changes name them."""
    if (before.dataset, before.split) == (after.dataset, after.split):
        return f"SELECT DISTINCT id FROM ({before.touched_sql(after)})"
    return (
        f"SELECT DISTINCT coalesce(b.id, a.id) AS id FROM ({before.members_sql()}) a "
        f"FULL JOIN ({after.members_sql()}) b ON a.id = b.id AND a.copy = b.copy WHERE {_DIFFERS}"
    )


def _load_ledger(connection: Connection, side: str, version: Version) -> None:
    """What one ledger says of the changed records: `edits_`, `drops_`, `splits_`, `made_`."""
    steps = [step["name"] for step in version.recipe["steps"]]
    order = ", ".join(f"({quoted(name)}, {place})" for place, name in enumerate(steps))
    ledger = f"ledger_{side}"
    connection.execute(f"""
        CREATE TEMP TABLE {ledger} AS SELECT l.*, s.place FROM ({version.ledger_sql()}) l
        SEMI JOIN ids ON ids.id = l.id
        LEFT JOIN (VALUES {order or "('', 0)"}) s(step, place) ON s.step = l.step""")
    # A step edits all copies of a record alike, so that the copies' rows are one.
    connection.execute(f"""
        CREATE TEMP TABLE edits_{side} AS
        SELECT id, step, min(place) AS place, any_value(before) AS before, any_value(after) AS after
        FROM {ledger} WHERE action = 'edit' GROUP BY id, step""")
    connection.execute(f"""
        CREATE TEMP TABLE drops_{side} AS
        SELECT id, copy, step, any_value("of") FILTER (rule NOT IN {NO_TWIN}) AS twin,
            any_value(before) AS before,
            list({{'rule': rule, 'field': field, 'value': value, 'limit': "limit"}} ORDER BY rule)
                AS details,
            list(rule ORDER BY rule) AS rules
        FROM {ledger} WHERE action = 'drop' GROUP BY id, copy, step""")
    connection.execute(f"""
        CREATE TEMP TABLE splits_{side} AS SELECT id, arg_max(step, place) AS step
        FROM {ledger} WHERE action = 'split' GROUP BY id""")
    connection.execute(f"""
        CREATE TEMP TABLE made_{side} AS
        SELECT id, any_value(step) AS step, any_value("of") AS twin, any_value(after) AS after
        FROM {ledger} WHERE action = 'add' GROUP BY id""")


def _load_read_hashes(connection: Connection, side: str) -> None:
    """The table `read_`: the hash of what the source said of each changed record.

    It is null where that was scrubbed before it was written, so that nobody knows it.
    """
    connection.execute(f"""
        CREATE TEMP TABLE read_{side} AS
        SELECT ids.id, CASE WHEN e.id IS NULL THEN coalesce(d.before, m.hash) ELSE e.before END
            AS hash FROM ids
        LEFT JOIN (SELECT id, arg_min_null(before, place) AS before FROM edits_{side} GROUP BY id) e
            ON e.id = ids.id
        LEFT JOIN (SELECT id, min(before) AS before FROM drops_{side} GROUP BY id) d
            ON d.id = ids.id
        LEFT JOIN (SELECT id, min(hash) AS hash FROM near_{side} GROUP BY id) m
            ON m.id = ids.id""")


def _load_same_files(connection: Connection, before: Version, after: Version) -> None:
    """The table `same`: the files that both versions read, with the same content."""
    old, new = (
        {(one["source"], one["file"], one["sha256"]) for one in side.inputs}
        for side in (before, after)
    )
    pairs = sorted((source, file) for source, file, _ in old & new)
    connection.execute("CREATE TEMP TABLE same (source VARCHAR, file VARCHAR)")
    if pairs:
        connection.executemany("INSERT INTO same VALUES (?, ?)", pairs)


_CONTENT_CHANGED: Final = "coalesce(ra.hash <> rb.hash, s.file IS NULL)"
"""Whether the source says something else; by the file where it is not known of the record."""


def _find_twins(connection: Connection, here: str, there: str, version: Version) -> None:
    """The table `twins_`: which of the twins that stood in the way there are members here."""
    connection.execute(
        f"CREATE TEMP TABLE twins_{here} AS SELECT DISTINCT twin AS id FROM drops_{there} "
        "WHERE twin IS NOT NULL"
    )
    found = row_of(connection, f"SELECT count(*) FROM twins_{here}")
    if found is not None and found[0]:
        members = version.with_split(None).members_sql()
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE twins_{here} AS "
            f"SELECT DISTINCT m.id FROM ({members}) m SEMI JOIN twins_{here} t ON t.id = m.id"
        )


def _compare_edits(connection: Connection) -> None:
    """The table `edits`: for each record the steps that edit it in one version only, or otherwise.

    A step that edits otherwise since it was given another text is a consequence, not a cause.
    """
    connection.execute("""
        CREATE TEMP TABLE edits AS SELECT id,
            list(step ORDER BY place) FILTER (here AND NOT there) AS steps_new,
            list(step ORDER BY place) FILTER (there AND NOT here) AS steps_old,
            list(step ORDER BY place) FILTER (here AND there) AS steps_other
        FROM (SELECT coalesce(b.id, a.id) AS id, coalesce(b.step, a.step) AS step,
                coalesce(b.place, a.place) AS place, b.id IS NOT NULL AS here,
                a.id IS NOT NULL AS there
            FROM edits_a a FULL JOIN edits_b b ON a.id = b.id AND a.step = b.step
            WHERE a.id IS NULL OR b.id IS NULL
                OR (a.before IS NOT DISTINCT FROM b.before AND a.after IS DISTINCT FROM b.after))
        GROUP BY id""")


def _find_causes(connection: Connection, before: Version, after: Version) -> None:
    """The table `caused`: `changed` with the cause of each."""
    # Where nobody knows what was read, a step of one version only is the likelier cause.
    edited = f"""
        SELECT c.*, e.* EXCLUDE (id), mb.step, mb.twin,
            {_CONTENT_CHANGED} AND mb.id IS NULL AS content_changed,
            CASE WHEN ma.after <> mb.after THEN 'made' WHEN ra.hash <> rb.hash THEN 'source'
                WHEN {_CONTENT_CHANGED} AND coalesce(steps_new, steps_old) IS NULL THEN 'source'
                WHEN e.id IS NULL THEN 'unknown' ELSE 'steps' END AS cause
        FROM changed c LEFT JOIN edits e ON e.id = c.id
        LEFT JOIN made_a ma ON ma.id = c.id LEFT JOIN made_b mb ON mb.id = ma.id
        LEFT JOIN read_a ra ON ra.id = c.id LEFT JOIN read_b rb ON rb.id = c.id
        LEFT JOIN same s ON s.source = c.source AND s.file = c.file
        WHERE c.change = 'edited'"""
    moved = """
        SELECT c.*, 'split' AS cause, coalesce(sb.step, sa.step) AS step FROM changed c
        LEFT JOIN splits_a sa ON sa.id = c.id LEFT JOIN splits_b sb ON sb.id = c.id
        WHERE c.change = 'moved'"""
    removed = _absence_sql("removed", "a", "b", after)
    added = _absence_sql("added", "b", "a", before)
    parts = " UNION ALL BY NAME ".join(f"({part})" for part in (removed, added, edited, moved))
    key = ", ".join(f"'{name}': {name}" for name in CAUSE)
    connection.execute(f"""
        CREATE TEMP TABLE caused AS
        SELECT *, NULL::BLOB AS matched, to_json({{{key}}})::VARCHAR AS key
        FROM (SELECT *,
            CASE WHEN cause IN ('gone', 'new', 'recipe', 'quarantine', 'source') THEN source END
                AS named,
            CASE WHEN cause = 'split' THEN [split_before, split_after] END AS moved
        FROM ({parts}))""")


def _absence_sql(change: str, here: str, there: str, other: Version) -> str:
    """Why members of the side `here` are none of the side `there`, which is the version `other`."""
    known = {one["name"] for one in other.recipe["sources"]}
    # The records of a version that is a source keep the sources that they have.
    known |= {one["source"] for one in other.counts}
    sources = ", ".join(quoted(name) for name in sorted(known))
    bad = [f.path for f in other.files if f.kind == "quarantine" and f.version == other.number]
    nothing = "(SELECT '' AS source, '' AS file, 0 AS line WHERE false)"
    quarantine = files_sql(other.folder, bad) if bad else nothing
    return f"""
        SELECT c.* REPLACE (o.split AS split_{"after" if change == "removed" else "before"}),
            coalesce(d.details, d0.details) AS details, coalesce(d.rules, d0.rules) AS rules,
            coalesce(d.step, d0.step, m.step) AS step, coalesce(d.twin, d0.twin, m.twin) AS twin,
            {_CONTENT_CHANGED} AS content_changed,
            coalesce(d.twin, d0.twin) IS NOT NULL AND t.id IS NULL AS twin_changed,
            CASE WHEN d.id IS NOT NULL OR d0.id IS NOT NULL THEN 'dropped'
                WHEN o.id IS NOT NULL THEN 'split' WHEN k.id IS NOT NULL THEN 'copies'
                WHEN m.id IS NOT NULL THEN 'made' WHEN c.source NOT IN ({sources}) THEN 'recipe'
                WHEN q.file IS NOT NULL THEN 'quarantine'
                ELSE '{"gone" if change == "removed" else "new"}' END AS cause
        FROM changed c
        LEFT JOIN drops_{there} d ON d.id = c.id AND d.copy = c.copy
        LEFT JOIN drops_{there} d0 ON d0.id = c.id AND d0.copy = 0
        LEFT JOIN near_{there} o ON o.id = c.id AND o.copy = c.copy
        LEFT JOIN (SELECT DISTINCT id FROM near_{there}) k ON k.id = c.id
        LEFT JOIN made_{here} m ON m.id = c.id
        LEFT JOIN (SELECT DISTINCT source, file, line FROM {quarantine}) q
            ON q.source = c.source AND q.file = c.file AND q.line = c.line
        LEFT JOIN twins_{here} t ON t.id = coalesce(d.twin, d0.twin)
        LEFT JOIN read_a ra ON ra.id = c.id LEFT JOIN read_b rb ON rb.id = c.id
        LEFT JOIN same s ON s.source = c.source AND s.file = c.file
        WHERE c.change = '{change}'"""
