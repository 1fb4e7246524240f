"""How much each version changed, from the files of changes alone."""

from collections.abc import Sequence
from typing import NamedTuple

from curate.history.lookup import own_files
from curate.store import Version
from curate.store.catalog import reading, table_of
from curate.store.delta import files_sql


class Changed(NamedTuple):
    """Members of a version against those of its parent."""

    added: int = 0
    removed: int = 0
    edited: int = 0
    moved: int = 0


def changed_since_parent(versions: Sequence[Version]) -> dict[int, Changed]:
    """Count the changes of each version of one dataset, by its number."""
    files = own_files(versions, "members")
    if not files:
        return {}
    folder = versions[0].folder
    with reading(folder) as connection:
        rows = table_of(
            connection,
            f"""
            SELECT version, count(*) FILTER (NOT removed AND coalesce(was_removed, true)) AS added,
                count(*) FILTER (removed) AS removed,
                count(*) FILTER (NOT removed AND NOT was_removed AND hash <> old_hash) AS edited,
                count(*) FILTER (NOT removed AND NOT was_removed AND hash = old_hash) AS moved
            FROM (SELECT version, removed, hash, lag(removed) OVER past AS was_removed,
                    lag(hash) OVER past AS old_hash
                FROM {files_sql(folder, [file.path for file in files])}
                WINDOW past AS (PARTITION BY id, copy ORDER BY version))
            GROUP BY version""",
        )
    return {row.pop("version"): Changed(**row) for row in rows.to_pylist()}
