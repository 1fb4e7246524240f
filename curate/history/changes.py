"""Every member that differs between two versions, with what the ledgers say of it: sets, in SQL.

Payloads are not read, but for the prompts of records of keyless sources that are gone or new.
"""

from typing import Final

import pyarrow as pa

from curate.store import Version
from curate.store.catalog import Connection, quoted, reading, row_of, table_of
from curate.store.delta import columns_sql, files_sql

COLUMNS: Final = (
    *("change", "id", "copy", "matched", "before", "after", "split_before", "split_after"),
    *("source", "file", "line", "cause", "step", "details", "twin", "key"),
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
    """The members that differ, one row each (`COLUMNS`), sorted by change, id and copy."""
    with reading(before.folder) as connection:
        _compare_members(connection, before, after)
        for side, version in (("a", before), ("b", after)):
            _load_ledger(connection, side, version)
            _load_read_hashes(connection, side)
        _compare_edits(connection)
        _find_causes(connection, before, after)
        _match(connection, before, after)
        return table_of(
            connection, f"SELECT {columns_sql(COLUMNS)} FROM caused ORDER BY change, id, copy"
        )


def _compare_members(connection: Connection, before: Version, after: Version) -> None:
    """The tables `changed` and `ids`, and the views `all_a` and `all_b` of whole versions."""
    for side, version in (("a", before), ("b", after)):
        connection.execute(f"CREATE TEMP VIEW {side} AS {version.members_sql()}")
        whole = version.with_split(None).members_sql()
        connection.execute(f"CREATE TEMP VIEW all_{side} AS {whole}")
    connection.execute("""
        CREATE TEMP TABLE changed AS
        SELECT coalesce(b.id, a.id) AS id, coalesce(b.copy, a.copy) AS copy,
            a.hash AS before, b.hash AS after, a.split AS split_before, b.split AS split_after,
            coalesce(b.source, a.source) AS source, coalesce(b.file, a.file) AS file,
            coalesce(b.line, a.line) AS line,
            CASE WHEN b.id IS NULL THEN 'removed' WHEN a.id IS NULL THEN 'added'
                WHEN a.hash <> b.hash THEN 'edited' ELSE 'moved' END AS change
        FROM a FULL JOIN b ON a.id = b.id AND a.copy = b.copy
        WHERE a.id IS NULL OR b.id IS NULL OR a.hash <> b.hash OR a.split <> b.split""")
    connection.execute("CREATE TEMP TABLE ids AS SELECT DISTINCT id FROM changed")


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
        SELECT id, copy, step, any_value("of") AS twin, any_value(before) AS before,
            list({{'rule': rule, 'field': field, 'value': value, 'limit': "limit"}} ORDER BY rule)
                AS details,
            list(rule ORDER BY rule) AS rules
        FROM {ledger} WHERE action = 'drop' GROUP BY id, copy, step""")
    connection.execute(f"""
        CREATE TEMP TABLE splits_{side} AS SELECT id, arg_max(step, place) AS step
        FROM {ledger} WHERE action = 'split' GROUP BY id""")
    connection.execute(f"""
        CREATE TEMP TABLE made_{side} AS
        SELECT id, any_value(step) AS step, any_value("of") AS twin
        FROM {ledger} WHERE action = 'add' GROUP BY id""")


def _load_read_hashes(connection: Connection, side: str) -> None:
    """The table `read_`: the hash of what the source said of each changed record."""
    connection.execute(f"""
        CREATE TEMP TABLE read_{side} AS
        SELECT ids.id, coalesce(e.before, d.before, m.hash) AS hash FROM ids
        LEFT JOIN (SELECT id, arg_min(before, place) AS before FROM edits_{side} GROUP BY id) e
            ON e.id = ids.id
        LEFT JOIN (SELECT id, min(before) AS before FROM drops_{side} GROUP BY id) d
            ON d.id = ids.id
        LEFT JOIN (SELECT id, min(hash) AS hash FROM all_{side} SEMI JOIN ids USING (id)
            GROUP BY id) m ON m.id = ids.id""")


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
            WHERE a.id IS NULL OR b.id IS NULL OR (a.before = b.before AND a.after <> b.after))
        GROUP BY id""")


def _find_causes(connection: Connection, before: Version, after: Version) -> None:
    """The table `caused`: `changed` with the cause of each."""
    edited = """
        SELECT c.*, e.* EXCLUDE (id), ra.hash <> rb.hash AS content_changed,
            CASE WHEN ra.hash <> rb.hash THEN 'source'
                WHEN e.id IS NULL THEN 'unknown' ELSE 'steps' END AS cause
        FROM changed c LEFT JOIN edits e ON e.id = c.id
        LEFT JOIN read_a ra ON ra.id = c.id LEFT JOIN read_b rb ON rb.id = c.id
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
    sources = ", ".join(quoted(source["name"]) for source in other.recipe["sources"])
    bad = [f.path for f in other.files if f.kind == "quarantine" and f.version == other.number]
    nothing = "(SELECT '' AS source, '' AS file, 0 AS line WHERE false)"
    quarantine = files_sql(other.folder, bad) if bad else nothing
    return f"""
        SELECT c.* REPLACE (o.split AS split_{"after" if change == "removed" else "before"}),
            coalesce(d.details, d0.details) AS details, coalesce(d.rules, d0.rules) AS rules,
            coalesce(d.step, d0.step, m.step) AS step, coalesce(d.twin, d0.twin, m.twin) AS twin,
            ra.hash <> rb.hash AS content_changed,
            coalesce(d.twin, d0.twin) IS NOT NULL AND t.id IS NULL AS twin_changed,
            CASE WHEN d.id IS NOT NULL OR d0.id IS NOT NULL THEN 'dropped'
                WHEN o.id IS NOT NULL THEN 'split' WHEN k.id IS NOT NULL THEN 'copies'
                WHEN m.id IS NOT NULL THEN 'made' WHEN c.source NOT IN ({sources}) THEN 'recipe'
                WHEN q.file IS NOT NULL THEN 'quarantine'
                ELSE '{"gone" if change == "removed" else "new"}' END AS cause
        FROM changed c
        LEFT JOIN drops_{there} d ON d.id = c.id AND d.copy = c.copy
        LEFT JOIN drops_{there} d0 ON d0.id = c.id AND d0.copy = 0
        LEFT JOIN all_{there} o ON o.id = c.id AND o.copy = c.copy
        LEFT JOIN (SELECT DISTINCT id FROM all_{there} SEMI JOIN ids USING (id)) k ON k.id = c.id
        LEFT JOIN made_{here} m ON m.id = c.id
        LEFT JOIN (SELECT DISTINCT source, file, line FROM {quarantine}) q
            ON q.source = c.source AND q.file = c.file AND q.line = c.line
        LEFT JOIN (SELECT DISTINCT id FROM all_{here}) t ON t.id = coalesce(d.twin, d0.twin)
        LEFT JOIN read_a ra ON ra.id = c.id LEFT JOIN read_b rb ON rb.id = c.id
        WHERE c.change = '{change}'"""


def _match(connection: Connection, before: Version, after: Version) -> None:
    """Pair removed and added records of equal prompt, where the source declares no key.

    Identity is then the whole record as read, so that an edit of the file makes another id.
    """
    sources = [*before.recipe["sources"], *after.recipe["sources"]]
    keyed = {source["name"] for source in sources if source["key"] is not None}
    names = sorted({source["name"] for source in sources} - keyed)
    listed = ", ".join(quoted(name) for name in names) or "NULL"
    candidates = (
        f"source IN ({listed}) AND (cause = 'gone' AND change = 'removed' "
        "OR cause = 'new' AND change = 'added')"
    )
    sides = row_of(connection, f"SELECT count(DISTINCT change) FROM caused WHERE {candidates}")
    if sides is None or sides[0] < len(("removed", "added")):
        return
    connection.execute(f"""
        CREATE TEMP TABLE prompts AS SELECT *, row_number() OVER (
            PARTITION BY change, source, prompt ORDER BY file, line, id, copy) AS place
        FROM (SELECT c.*, md5(to_json(p.messages[1:p.prompt_turns])::VARCHAR) AS prompt
            FROM caused c JOIN {after.payloads_sql()} p ON p.hash = coalesce(c.after, c.before)
            WHERE {candidates} AND p.prompt_turns > 0 AND p.messages IS NOT NULL)""")
    connection.execute("""
        CREATE TEMP TABLE pairs AS SELECT n.* REPLACE (
            'edited' AS change, 'matched' AS cause, o.id AS matched, o.before AS before,
            o.split_before AS split_before,
            to_json({'change': 'edited', 'cause': 'matched', 'named': n.source})::VARCHAR AS key)
        FROM prompts n JOIN prompts o ON n.change = 'added' AND o.change = 'removed'
            AND n.source = o.source AND n.prompt = o.prompt AND n.place = o.place""")
    connection.execute("""
        DELETE FROM caused USING pairs p WHERE caused.copy = p.copy AND
            (caused.change = 'added' AND caused.id = p.id
            OR caused.change = 'removed' AND caused.id = p.matched)""")
    connection.execute("INSERT INTO caused BY NAME SELECT * EXCLUDE (prompt, place) FROM pairs")
