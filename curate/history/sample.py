"""A few records of a version: always the same, and as if drawn at random."""

from typing import Any

from curate.store import Version
from curate.store.catalog import reading, table_of


def sample(version: Version, number: int) -> list[dict[str, Any]]:
    """Return so many members with their content (rows of the schema `record.WORKING`).

    They are those whose id has the lowest MD5, so that later versions show the same ones.
    """
    with reading(version.folder) as connection:
        rows = table_of(
            connection,
            f"SELECT * FROM ({version.members_sql()}) ORDER BY md5(id), copy LIMIT {number}",
        ).to_pylist()
    contents = version.payloads([row["hash"] for row in rows])
    return [contents[row["hash"]] | row for row in rows if row["hash"] in contents]
