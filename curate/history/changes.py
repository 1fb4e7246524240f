"""Every member that differs between two versions, with what the ledgers say of it: sets, in SQL.

Payloads are not read, but for the prompts of records of keyless sources that are gone or new.
"""

from typing import Final

import pyarrow as pa

from curate.store import Version
from curate.store.catalog import Connection, quoted, reading, table_of
from curate.store.delta import files_sql

COLUMNS: Final = (
    *("change", "id", "copy", "matched", "before", "after", "split_before", "split_after"),
    *("source", "file", "line", "cause", "step", "details", "twin", "key"),
)
"""`change` is added, removed, edited or moved; `matched` the id before, where it differs; `details`
the rules that dropped it, with value and limit; `twin` the record that is kept for it, or its parent;
`key` JSON of all that its cause consists of."""

CAUSE: Final = (
    *("change", "cause", "step", "rules", "content_changed", "twin_changed"),
    *("steps_new", "steps_old", "steps_other", "named", "moved"),
)
"""What the causes of two changes must have in common to be one."""


def changes_between(before: Version, after: Version) -> pa.Table:
    """The members that differ, one row each (`COLUMNS`), sorted by change, id and copy."""
    with reading(before.folder) as connection:
        _members(connection, before, after)
        for side, version in (("a", before), ("b", after)):
            _ledgers(connection, side, version)
        _edited(connection)
        _caused(connection, before, after)
        _match(connection, before, after)
        listed = ", ".join(f'"{name}"' for name in COLUMNS)
        return table_of(connection, f"SELECT {listed} FROM caused ORDER BY change, id, copy")


def _members(connection: Connection, before: Version, after: Version) -> None:
    """The tables `changed` and `ids`, and the views `all_a` and `all_b` of whole versions."""
    connection.execute(f"CREATE TEMP VIEW a AS {before.members_sql()}")
    connection.execute(f"CREATE TEMP VIEW b AS {after.members_sql()}")
    connection.execute(f"CREATE TEMP VIEW all_a AS {before.with_split(None).members_sql()}")
    connection.execute(f"CREATE TEMP VIEW all_b AS {after.with_split(None).members_sql()}")
    origin = ", ".join(f"coalesce(b.{n}, a.{n}) AS {n}" for n in ("source", "file", "line"))
    connection.execute(
        "CREATE TEMP TABLE changed AS SELECT coalesce(b.id, a.id) AS id, coalesce(b.copy, a.copy) "
        "AS copy, a.hash AS before, b.hash AS after, a.split AS split_before, "
        f"b.split AS split_after, {origin}, CASE WHEN b.id IS NULL THEN 'removed' WHEN a.id IS NULL "
        "THEN 'added' WHEN a.hash <> b.hash THEN 'edited' ELSE 'moved' END AS change "
        "FROM a FULL JOIN b ON a.id = b.id AND a.copy = b.copy "
        "WHERE a.id IS NULL OR b.id IS NULL OR a.hash <> b.hash OR a.split <> b.split"
    )
    connection.execute("CREATE TEMP TABLE ids AS SELECT DISTINCT id FROM changed")


def _ledgers(connection: Connection, side: str, version: Version) -> None:
    """What one ledger says of the changed records: `edits_`, `drops_`, `splits_`, `made_`."""
    steps = [step["name"] for step in version.recipe["steps"]]
    order = ", ".join(f"({quoted(name)}, {at})" for at, name in enumerate(steps)) or "('', 0)"
    connection.execute(
        f"CREATE TEMP TABLE ledger_{side} AS SELECT l.*, s.at FROM ({version.ledger_sql()}) l "
        f"SEMI JOIN ids ON ids.id = l.id LEFT JOIN (VALUES {order}) s(step, at) ON s.step = l.step"
    )
    # A step edits all copies of a record alike, so the copies' rows are one.
    connection.execute(
        f"CREATE TEMP TABLE edits_{side} AS SELECT id, step, min(at) AS at, any_value(before) AS "
        f"before, any_value(after) AS after FROM ledger_{side} WHERE action = 'edit' GROUP BY id, step"
    )
    details = (
        "list({'rule': rule, 'field': field, 'value': value, 'limit': \"limit\"} ORDER BY rule)"
    )
    connection.execute(
        f"CREATE TEMP TABLE drops_{side} AS SELECT id, copy, step, {details} AS details, "
        f'list(rule ORDER BY rule) AS rules, any_value("of") AS twin, any_value(before) AS before '
        f"FROM ledger_{side} WHERE action = 'drop' GROUP BY id, copy, step"
    )
    connection.execute(
        f"CREATE TEMP TABLE splits_{side} AS SELECT id, arg_max(step, at) AS step "
        f"FROM ledger_{side} WHERE action = 'split' GROUP BY id"
    )
    connection.execute(
        f'CREATE TEMP TABLE made_{side} AS SELECT id, any_value(step) AS step, any_value("of") AS twin '
        f"FROM ledger_{side} WHERE action = 'add' GROUP BY id"
    )
    connection.execute(
        f"CREATE TEMP TABLE read_{side} AS SELECT ids.id, "
        f"coalesce(e.before, d.before, m.hash) AS hash FROM ids "
        f"LEFT JOIN (SELECT id, arg_min(before, at) AS before FROM edits_{side} GROUP BY id) e "
        f"ON e.id = ids.id LEFT JOIN (SELECT id, min(before) AS before FROM drops_{side} GROUP BY id)"
        f" d ON d.id = ids.id LEFT JOIN (SELECT id, min(hash) AS hash FROM all_{side} SEMI JOIN ids "
        f"USING (id) GROUP BY id) m ON m.id = ids.id"
    )


def _edited(connection: Connection) -> None:
    """For each record the steps whose edits differ: in one version only, or otherwise in both.

    An edit of other text is a consequence, not a cause, and is left out.
    """
    connection.execute(
        "CREATE TEMP TABLE edited AS SELECT id, "
        "list(step ORDER BY at) FILTER (here AND NOT there) AS steps_new, "
        "list(step ORDER BY at) FILTER (there AND NOT here) AS steps_old, "
        "list(step ORDER BY at) FILTER (here AND there) AS steps_other FROM ("
        "SELECT coalesce(b.id, a.id) AS id, coalesce(b.step, a.step) AS step, "
        "coalesce(b.at, a.at) AS at, b.id IS NOT NULL AS here, a.id IS NOT NULL AS there "
        "FROM edits_a a FULL JOIN edits_b b ON a.id = b.id AND a.step = b.step "
        "WHERE a.id IS NULL OR b.id IS NULL OR (a.before = b.before AND a.after <> b.after)"
        ") GROUP BY id"
    )


def _caused(connection: Connection, before: Version, after: Version) -> None:
    """The table `caused`: `changed` with the cause of each."""
    removed = _presence_sql("removed", "a", "b", after)
    added = _presence_sql("added", "b", "a", before)
    edited = (
        "SELECT c.*, CASE WHEN ra.hash <> rb.hash THEN 'source' WHEN coalesce(e.steps_new, "
        "e.steps_old, e.steps_other) IS NULL THEN 'unknown' ELSE 'steps' END AS cause, "
        "NULL AS step, NULL AS details, NULL AS twin, NULL::VARCHAR[] AS rules, "
        "ra.hash <> rb.hash AS content_changed, false AS twin_changed, "
        "e.steps_new, e.steps_old, e.steps_other FROM changed c LEFT JOIN edited e ON e.id = c.id "
        "LEFT JOIN read_a ra ON ra.id = c.id LEFT JOIN read_b rb ON rb.id = c.id "
        "WHERE c.change = 'edited'"
    )
    moved = (
        "SELECT c.*, 'split' AS cause, coalesce(sb.step, sa.step) AS step FROM changed c "
        "LEFT JOIN splits_a sa ON sa.id = c.id LEFT JOIN splits_b sb ON sb.id = c.id "
        "WHERE c.change = 'moved'"
    )
    parts = " UNION ALL BY NAME ".join(f"({part})" for part in (edited, removed, added, moved))
    named = "CASE WHEN cause IN ('gone', 'new', 'recipe', 'quarantine', 'source') THEN source END"
    moved_to = "CASE WHEN cause = 'split' THEN [split_before, split_after] END"
    whole = f"SELECT *, {named} AS named, {moved_to} AS moved FROM ({parts})"
    struct = ", ".join(f"'{name}': {name}" for name in CAUSE)
    connection.execute(
        "CREATE TEMP TABLE caused AS SELECT *, NULL::BLOB AS matched, "
        f"to_json({{{struct}}})::VARCHAR AS key FROM ({whole})"
    )


def _presence_sql(change: str, here: str, there: str, other: Version) -> str:
    """Why members of the side `here` are not in the version `other`, the side `there`."""
    sources = [quoted(source["name"]) for source in other.recipe["sources"]]
    bad = [f.path for f in other.files if f.kind == "quarantine" and f.version == other.number]
    quarantine = (
        files_sql(other.folder, bad) if bad else "(SELECT '' AS source, '' AS file, 0 AS line)"
    )
    gone = "'gone'" if change == "removed" else "'new'"
    return (
        f"SELECT c.*, CASE WHEN d.id IS NOT NULL OR d0.id IS NOT NULL THEN 'dropped' "
        f"WHEN o.hash IS NOT NULL THEN 'split' WHEN k.id IS NOT NULL THEN 'copies' "
        f"WHEN m.id IS NOT NULL THEN 'made' "
        f"WHEN c.source NOT IN ({', '.join(sources)}) THEN 'recipe' "
        f"WHEN q.file IS NOT NULL THEN 'quarantine' ELSE {gone} END AS cause, "
        "coalesce(d.step, d0.step, m.step) AS step, coalesce(d.details, d0.details) AS details, "
        "coalesce(d.twin, d0.twin, m.twin) AS twin, coalesce(d.rules, d0.rules) AS rules, "
        "ra.hash <> rb.hash AS content_changed, coalesce(d.twin, d0.twin) IS NOT NULL AND t.id IS NULL "
        "AS twin_changed "
        f"FROM changed c LEFT JOIN drops_{there} d ON d.id = c.id AND d.copy = c.copy "
        f"LEFT JOIN drops_{there} d0 ON d0.id = c.id AND d0.copy = 0 "
        f"LEFT JOIN all_{there} o ON o.id = c.id AND o.copy = c.copy "
        f"LEFT JOIN (SELECT DISTINCT id FROM all_{there} SEMI JOIN ids USING (id)) k ON k.id = c.id "
        f"LEFT JOIN made_{here} m ON m.id = c.id "
        f"LEFT JOIN (SELECT DISTINCT source, file, line FROM {quarantine}) q "
        "ON q.source = c.source AND q.file = c.file AND q.line = c.line "
        f"LEFT JOIN (SELECT DISTINCT id FROM all_{here}) t ON t.id = coalesce(d.twin, d0.twin) "
        "LEFT JOIN read_a ra ON ra.id = c.id LEFT JOIN read_b rb ON rb.id = c.id "
        f"WHERE c.change = '{change}'"
    )


def _match(connection: Connection, before: Version, after: Version) -> None:
    """Pair removed and added records of equal prompt, where the source declares no key.

    Identity is then the whole record as read, so that an edit of the file makes another id.
    """
    sources = [*before.recipe["sources"], *after.recipe["sources"]]
    keyed = {source["name"] for source in sources if source["key"] is not None}
    names = sorted({source["name"] for source in sources} - keyed)
    listed = ", ".join(quoted(name) for name in names)
    candidates = (
        f"source IN ({listed}) AND (cause = 'gone' AND change = 'removed' "
        "OR cause = 'new' AND change = 'added')"
    )
    both = connection.execute(
        f"SELECT count(DISTINCT change) FROM caused WHERE {candidates}" if names else "SELECT 0"
    ).fetchone()
    if both is None or both[0] < len(("removed", "added")):
        return
    place = "row_number() OVER (PARTITION BY change, source, prompt ORDER BY file, line, id, copy)"
    connection.execute(
        f"CREATE TEMP TABLE prompts AS SELECT *, {place} AS place FROM (SELECT c.*, "
        "md5(to_json(p.messages[1:p.prompt_turns])::VARCHAR) AS prompt FROM caused c "
        f"JOIN {after.payloads_sql()} p ON p.hash = coalesce(c.after, c.before) "
        f"WHERE {candidates} AND p.prompt_turns > 0 AND p.messages IS NOT NULL)"
    )
    connection.execute(
        "CREATE TEMP TABLE pairs AS SELECT n.* REPLACE ('edited' AS change, o.before AS before, "
        "o.split_before AS split_before, 'matched' AS cause, o.id AS matched, to_json({"
        "'change': 'edited', 'cause': 'matched', 'named': n.source})::VARCHAR AS key) "
        "FROM prompts n JOIN prompts o ON n.change = 'added' AND o.change = 'removed' "
        "AND n.source = o.source AND n.prompt = o.prompt AND n.place = o.place"
    )
    connection.execute(
        "DELETE FROM caused USING pairs p WHERE caused.change = 'added' AND caused.id = p.id "
        "AND caused.copy = p.copy OR caused.change = 'removed' AND caused.id = p.matched"
    )
    connection.execute("INSERT INTO caused BY NAME SELECT * EXCLUDE (prompt, place) FROM pairs")
