"""Which records came to a step of a version, with which content, and what became of them."""

from curate.history.used_rules import UsedRule
from curate.store import Version
from curate.store.catalog import Connection, quoted


def load_came(connection: Connection, version: Version, step: str) -> None:
    """Make the table `came`, a row for each (id, copy) that came to the step.

    Columns: id, copy, hash (of the content as it came), source, file, line, split (null where it is
    no member), dropped_at (the step that dropped it, null for members) and rules (those that
    dropped it at this step, null where it passed).
    """
    names = [one["name"] for one in version.recipe["steps"]]
    at = names.index(step)
    places = ", ".join(f"({quoted(name)}, {place})" for place, name in enumerate(names))
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE decided AS
        SELECT l.id, l.copy, l.step, s.place, l.action, l.rule, l.value, l.before,
            l.source, l.file, l.line
        FROM ({version.ledger_sql()}) l JOIN (VALUES {places}) s(step, place) ON s.step = l.step
        WHERE s.place >= {at} OR l.action = 'copy'""")
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE came AS
        WITH later AS (SELECT * FROM decided WHERE place >= {at}),
        drops AS (
            SELECT id, copy, any_value(step) AS dropped_at, any_value(source) AS source,
                any_value(file) AS file, any_value(line) AS line,
                list(DISTINCT rule ORDER BY rule) FILTER (place = {at}) AS rules
            FROM later WHERE action = 'drop' GROUP BY id, copy),
        firsts AS (
            SELECT id, copy, arg_min(before, place * 2 + (action = 'drop')::INTEGER) AS hash
            FROM later WHERE before IS NOT NULL GROUP BY id, copy),
        seen AS (
            SELECT id, copy, hash, source, file, line, split, NULL AS dropped_at,
                NULL::VARCHAR[] AS rules
            FROM ({version.with_split(None).members_sql()})
            UNION ALL
            SELECT id, copy, NULL, source, file, line, NULL, dropped_at, rules FROM drops)
        SELECT s.* REPLACE (coalesce(f.hash, s.hash) AS hash)
        FROM seen s LEFT JOIN firsts f ON f.id = s.id AND f.copy = s.copy
        {_was_there(connection, at)}""")


def load_undesired(connection: Connection, version: Version) -> None:
    """Add the column `undesired` to `came`: what only some rules judge."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE came AS SELECT c.*, u.hash IS NOT NULL AS undesired "
        f"FROM came c LEFT JOIN (SELECT DISTINCT hash FROM {version.payloads_sql()} p "
        "WHERE p.desirable = false) u ON u.hash = c.hash"
    )


def _was_there(connection: Connection, at: int) -> str:
    """The condition that leaves out what later steps added: records, and copies of records."""
    found = connection.execute(
        "SELECT count(*) FROM decided WHERE action IN ('add', 'copy')"
    ).fetchall()
    if not found[0][0]:
        return ""
    return f"""
        LEFT JOIN (SELECT id, sum(value::INTEGER - 1) AS made FROM decided
            WHERE action = 'copy' AND place < {at} GROUP BY id) k ON k.id = s.id
        WHERE s.copy <= coalesce(k.made, 0)
            AND s.id NOT IN (SELECT id FROM decided WHERE action = 'add')"""


def signals_by_field(rules: list[UsedRule], step: str) -> dict[str, tuple[str, ...]]:
    """All signals that the rules of a step need, by the field they are measured on."""
    found: dict[str, set[str]] = {}
    for rule in rules:
        if rule.step == step and rule.where is not None:
            found.setdefault(rule.field, set()).update(rule.signals())
    return {field: tuple(sorted(names)) for field, names in found.items()}
