"""Records of sources without a key: those of equal prompt are one, edited."""

from curate.store import Version
from curate.store.catalog import Connection, quoted, row_of


def match_by_prompt(connection: Connection, before: Version, after: Version) -> None:
    """Pair removed and added records of equal prompt, of sources without a key, in `caused`.

    Identity is then the whole record as read, so that an edit of the file makes another id.
    """
    sources = [*before.recipe["sources"], *after.recipe["sources"]]
    keyed = {source["name"] for source in sources if source.get("key") is not None}
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
