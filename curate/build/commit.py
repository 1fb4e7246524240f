"""The end of a build: payloads, changes, and one new row in the catalog."""

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from curate.build.parts import parts_of
from curate.build.selecting import CURRENT
from curate.build.stage import Stage
from curate.decision import LEDGER as DECIDED
from curate.errors import RefusedError
from curate.recipe import Recipe
from curate.record import QUARANTINE
from curate.store import Store, Version
from curate.store.catalog import Connection, quoted, row_of, synced, table_of, utc_now
from curate.store.delta import LEDGER, MEMBERS, StoredFile, write_changes
from curate.store.parquet import parquet_sql
from curate.store.segments import new_hashes, write_segments
from curate.store.snapshot import DEFAULT_SPLIT, snapshot_id

STORED: Final = pa.schema(
    [*QUARANTINE, ("dataset", pa.string()), ("version", pa.int32()), ("removed", pa.bool_())]
)
"""Columns of the quarantine of a version."""


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
    """Write the payloads, the changes and the catalog's row; return the new version.

    `signals` are files of signals, which the catalog shall name as well.
    Until the catalog is renamed nothing of it exists for readers.
    """
    dataset = outcome.recipe.dataset
    parent = store.latest(dataset)
    number = parent.number + 1 if parent else 1
    files = [*signals, *_write_payloads(connection, store, stages)]
    for kept, before in (
        (MEMBERS, parent.members_sql() if parent else None),
        (LEDGER, parent.ledger_sql() if parent else None),
    ):
        files += write_changes(connection, store.folder, kept, dataset, number, before)
    files += _write_quarantine(store.folder, stages[0], dataset, number)
    with store.commit() as catalog:
        if row_of(catalog, "SELECT 1 FROM cat.base.tags WHERE tag = ?", [dataset]):
            raise RefusedError(
                f"dataset {dataset!r}",
                "a tag has this name",
                "Remove the tag, or name the dataset otherwise.",
            )
        _name_files(catalog, files)
        _insert(catalog, outcome, number, parent)
    return store.version(f"{dataset}@{number}")


def keep_signals(store: Store, signals: list[StoredFile]) -> None:
    """Have the catalog name files of signals where a build makes no version."""
    if signals:
        with store.commit() as catalog:
            _name_files(catalog, signals)


def _name_files(catalog: Connection, files: list[StoredFile]) -> None:
    catalog.executemany(
        "INSERT INTO cat.base.files VALUES (?, ?, ?, ?, ?, ?, ?)", [list(file) for file in files]
    )


def _write_payloads(connection: Connection, store: Store, stages: list[Stage]) -> list[StoredFile]:
    parts = [p for stage in stages for p in parts_of(stage.folder, "payload")]
    parts += parts_of(stages[-1].folder, "records")
    segments = [file.path for file in store.files() if file.kind == "segment"]
    rows = new_hashes(connection, store.folder, parts, segments)
    return list(write_segments(store.folder, rows, uuid.uuid4().hex))


def _write_quarantine(folder: Path, stage: Stage, dataset: str, number: int) -> list[StoredFile]:
    parts = parts_of(stage.folder, "quarantine")
    if not parts:
        return []
    name = f"quarantine/{dataset}/{number}.parquet"
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = 0
    with pq.ParquetWriter(path, STORED, compression="zstd", compression_level=1) as writer:
        for part in parts:
            bad = pq.read_table(part, schema=QUARANTINE)
            rows += len(bad)
            own = [[dataset] * len(bad), [number] * len(bad), [False] * len(bad)]
            writer.write_table(pa.table([*bad.columns, *own], schema=STORED))
    synced(path)
    return [StoredFile("quarantine", name, dataset, number, True, rows, path.stat().st_size)]


def _insert(catalog: Connection, outcome: Outcome, number: int, parent: Version | None) -> None:
    recipe = outcome.recipe
    row = {
        "dataset": recipe.dataset,
        "version": number,
        "snapshot": outcome.snapshot,
        "parent": parent.number if parent else None,
        "recipe_hash": recipe.hash(),
        "recipe": _json(recipe.normalised()),
        "recipe_text": recipe.text,
        "records": outcome.records,
        "dropped": outcome.dropped,
        "edited": outcome.edited,
        "quarantined": outcome.quarantined,
        "inputs": _json(outcome.inputs),
        "counts": _json(outcome.counts),
        "certificates": _json(outcome.certificates),
        "warnings": _json(outcome.warnings),
        "manifest": _json(outcome.manifest),
        "created": utc_now(),
    }
    names, marks = ", ".join(row), ", ".join("?" for _ in row)
    catalog.execute(f"INSERT INTO cat.base.versions ({names}) VALUES ({marks})", list(row.values()))


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
