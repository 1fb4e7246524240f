"""The end of a build: what was decided as tables, and their commit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pyarrow as pa

from curate.build.selecting import CURRENT
from curate.decision import LEDGER as DECIDED
from curate.recipe import Recipe
from curate.record import ORIGIN_FIELDS
from curate.store import Store, Version
from curate.store.catalog import Connection, table_of
from curate.store.delta import MEMBERS, StoredFile, columns_sql
from curate.store.members import Members
from curate.store.writing import Facts, commit_version, name_files


@dataclass(frozen=True)
class Outcome:
    """All that a build found out, ready to be committed."""

    recipe: Recipe
    snapshot: str
    records: int
    dropped: int
    edited: int
    quarantined: int
    inputs: list[dict[str, Any]]
    counts: list[dict[str, Any]]
    certificates: list[dict[str, Any]]
    warnings: list[str]
    manifest: dict[str, Any]

    @classmethod
    def of(cls, recipe: Recipe, version: Version) -> Self:
        """What the build of a version found out."""
        return cls(
            recipe,
            version.snapshot,
            version.records,
            version.dropped,
            version.edited,
            version.quarantined,
            version.inputs,
            version.counts,
            version.certificates,
            version.warnings,
            version.manifest,
        )

    def is_like(self, version: Version | None) -> bool:
        """Whether a version has this snapshot, recipe and input."""
        if version is None or version.snapshot != self.snapshot:
            return False
        same_recipe = version.recipe_hash == self.recipe.hash()
        return same_recipe and _contents(version.inputs) == _contents(self.inputs)


def _contents(inputs: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted((one["source"], one["sha256"]) for one in inputs)


def begin_ledger(connection: Connection) -> None:
    """Make the empty table `new_ledger`, which the steps fill."""
    connection.register("no_ledger", pa.schema([*DECIDED, *ORIGIN_FIELDS]).empty_table())
    connection.execute("CREATE OR REPLACE TABLE new_ledger AS SELECT * FROM no_ledger")
    connection.unregister("no_ledger")


def load_members(connection: Connection) -> Members:
    """Make the table `new_members` of the current records; return what it has."""
    columns = columns_sql(MEMBERS.columns)
    connection.execute(f"CREATE OR REPLACE TABLE new_members AS SELECT {columns} FROM {CURRENT}")
    return Members(table_of(connection, f"SELECT {columns} FROM new_members"))


def commit(
    connection: Connection,
    store: Store,
    outcome: Outcome,
    members: Members,
    payloads: Iterable[pa.Table],
    quarantine: Sequence[Path],
    measured: Sequence[StoredFile],
) -> Version:
    """Commit the members and the table `new_ledger`, and return the new version.

    `payloads` are tables of all contents that are not stored, `measured` files of the store that
    the catalog shall name as well.
    """
    recipe = outcome.recipe
    facts = Facts(
        dataset=recipe.dataset,
        recipe=recipe.normalised(),
        recipe_text=recipe.text,
        recipe_hash=recipe.hash(),
        dropped=outcome.dropped,
        edited=outcome.edited,
        quarantined=outcome.quarantined,
        inputs=outcome.inputs,
        counts=outcome.counts,
        certificates=outcome.certificates,
        warnings=outcome.warnings,
        manifest=outcome.manifest,
    )
    return commit_version(
        store,
        connection,
        facts,
        members=members,
        ledger="new_ledger",
        payloads=payloads,
        quarantine=quarantine,
        files=measured,
    )


def keep_measured(store: Store, measured: Sequence[StoredFile]) -> None:
    """Have the catalog name what was measured where a build makes no version."""
    if measured:
        with store.commit() as catalog:
            name_files(catalog, measured)
