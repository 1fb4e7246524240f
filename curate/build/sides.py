"""Records that are on another side of a split than they were in the version before."""

from curate.store import Version
from curate.store.catalog import Connection
from curate.store.members import Members

SHOWN = 3


def moved_sides(connection: Connection, before: Version | None, now: Members) -> list[str]:
    """A warning that names the members which changed sides; `new_members` has those of now.

    What was trained on before and is evaluated on now is a leak into every model of old.
    """
    if before is None or before.snapshot == now.snapshot:
        return []
    rows = connection.execute(
        "SELECT b.split, n.split, count(*), list(lower(hex(n.id)) ORDER BY n.id)[:?] "
        f"FROM ({before.members_sql()}) b JOIN new_members n USING (id, copy) "
        "WHERE b.split <> coalesce(n.split, 'train') GROUP BY ALL ORDER BY ALL",
        [SHOWN],
    ).fetchall()
    if not rows:
        return []
    total = sum(row[2] for row in rows)
    ways = "; ".join(
        f"{old} to {new or 'train'} {number:,}: {', '.join(each[:12] for each in ids)}"
        + (" ..." if number > len(ids) else "")
        for old, new, number, ids in rows
    )
    return [
        f"{total:,} record{'s' * (total > 1)} changed sides since {before.ref} ({ways}); "
        f"`curate diff {before.ref} {before.dataset}@{before.number + 1}` lists them"
    ]
