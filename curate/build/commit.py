"""The end of a build: what was decided as tables, and their commit."""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from curate.build.parts import parts_of
from curate.build.selecting import CURRENT
from curate.build.stage import Stage
from curate.decision import LEDGER as DECIDED
from curate.recipe import Recipe
from curate.store import Store, Version
from curate.store.catalog import Connection, quoted, table_of
from curate.store.delta import StoredFile
from curate.store.parquet import parquet_sql
from curate.store.snapshot import DEFAULT_SPLIT, snapshot_id
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

    def is_like(self, version: Version | None) -> bool:
        """Whether a version has this snapshot, recipe and input."""
        if version is None or version.snapshot != self.snapshot:
            return False
        same_recipe = version.recipe_hash == self.recipe.hash()
        return same_recipe and _contents(version.inputs) == _contents(self.inputs)


def _contents(inputs: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted((one["source"], one["sha256"]) for one in inputs)


def load_tables(connection: Connection, stages: list[Stage], ledgers: list[pa.Table]) -> str:
    """Make the tables `new_members` and `new_ledger`; return the snapshot id."""
    connection.execute(
        "CREATE OR REPLACE TABLE new_members AS SELECT id, copy, hash, "
        f"coalesce(split, {quoted(DEFAULT_SPLIT)}) AS split, source, file, line FROM {CURRENT}"
    )
    for number, ledger in enumerate(ledgers):
        connection.register(f"selected_{number}", ledger)
    selected = [f"SELECT * FROM selected_{number}" for number in range(len(ledgers))]
    paths = [path for stage in stages for path in parts_of(stage.folder, "ledger")]
    rows = [f"SELECT * FROM {parquet_sql(paths)}"] if paths else []
    connection.register("no_ledger", DECIDED.empty_table())
    union = " UNION ALL BY NAME ".join([*rows, *selected, "SELECT * FROM no_ledger"])
    connection.execute(
        "CREATE OR REPLACE TABLE new_ledger AS SELECT l.*, o.source, o.file, o.line "
        f"FROM ({union}) l LEFT JOIN ({_origins(stages[0])}) o ON o.id = l.id"
    )
    members = table_of(connection, "SELECT id, copy, hash, split FROM new_members")
    return snapshot_id(members)


def _origins(stage: Stage) -> str:
    """Where each record was read, also those that no member will tell of."""
    keys = parts_of(stage.folder, "keys")
    if not keys:
        return "SELECT id, source, file, line FROM new_members"
    return f"SELECT id, source, file, line FROM {parquet_sql(keys)}"


def commit(
    connection: Connection,
    store: Store,
    stages: list[Stage],
    outcome: Outcome,
    signals: list[StoredFile],
) -> Version:
    """Commit what was built (`load_tables` has filled its tables) and return the new version.

    `signals` are files of signals, which the catalog shall name as well.
    """
    parts = [path for stage in stages for path in parts_of(stage.folder, "payload")]
    recipe = outcome.recipe
    facts = Facts(
        dataset=recipe.dataset,
        snapshot=outcome.snapshot,
        records=outcome.records,
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
        members="new_members",
        ledger="new_ledger",
        payloads=[*parts, *parts_of(stages[-1].folder, "records")],
        quarantine=parts_of(stages[0].folder, "quarantine"),
        files=signals,
    )


def keep_signals(store: Store, signals: list[StoredFile]) -> None:
    """Have the catalog name files of signals where a build makes no version."""
    if signals:
        with store.commit() as catalog:
            name_files(catalog, signals)
