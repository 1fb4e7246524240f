"""Children and their parents at the end of a build: how many there are, and who stands apart."""

from typing import Any, Final

from curate.store.catalog import Connection, row_of

_CHILDREN: Final = "SELECT DISTINCT id, \"of\" FROM new_ledger WHERE action = 'add'"
_MADE: Final = (
    f'SELECT m.id, m.split, a."of" FROM new_members m JOIN ({_CHILDREN}) a ON a.id = m.id'
)


def families(connection: Connection) -> list[dict[str, Any]]:
    """The certificate `children` of a build that made some; nothing for others.

    It holds where each is in the split of its parent, of those whose parents are members as well.
    `new_members` and `new_ledger` are those of the build.
    """
    made = f'(SELECT m.id, m.split, a."of" FROM new_members m JOIN ({_CHILDREN}) a ON a.id = m.id)'
    counted = row_of(
        connection, f"SELECT (SELECT count(*) FROM ({_CHILDREN})), count(*) FROM {made}"
    )
    if not counted or not counted[0]:
        return []
    apart = row_of(
        connection,
        f'SELECT count(DISTINCT c.id) FROM {made} c SEMI JOIN new_members p ON p.id = c."of" '
        'ANTI JOIN new_members s ON s.id = c."of" AND s.split IS NOT DISTINCT FROM c.split',
    )
    slices = connection.execute(
        "SELECT m.source, coalesce(m.split, 'train') AS split, count(*), count(a.id) "
        f"FROM new_members m LEFT JOIN (SELECT DISTINCT id FROM ({_CHILDREN})) a ON a.id = m.id "
        "GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    names = ("source", "split", "records", "synthetic")
    return [
        {
            "kind": "children",
            "holds": not (apart and apart[0]),
            "children": counted[1],
            "apart": apart[0] if apart else 0,
            "slices": [dict(zip(names, row, strict=True)) for row in slices],
        }
    ]
