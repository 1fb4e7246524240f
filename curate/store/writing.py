"""A new version in the store: tables and payloads in, one row of the catalog out."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curate.errors import RefusedError, StoreError
from curate.record import QUARANTINE
from curate.store.catalog import Connection, row_of, synced, utc_now
from curate.store.delta import LEDGER, MEMBERS, StoredFile, write_changes
from curate.store.segments import write_payloads
from curate.store.store import Store
from curate.store.version import Version
from curate.store.wanted import Wanted

STORED_QUARANTINE: Final = pa.schema(
    [*QUARANTINE, ("dataset", pa.string()), ("version", pa.int32()), ("removed", pa.bool_())]
)
"""Columns of the quarantine of a version."""


@dataclass(frozen=True)
class Facts:
    """What the catalog says of a version beside its tables (docs/format.md, "Version")."""

    dataset: str
    snapshot: str
    """The id of the members, as `snapshot_id` makes it."""
    records: int
    recipe: Mapping[str, Any]
    """The normalised recipe."""
    recipe_text: str
    recipe_hash: str
    dropped: int = 0
    edited: int = 0
    quarantined: int = 0
    inputs: Sequence[Mapping[str, Any]] = ()
    counts: Sequence[Mapping[str, Any]] = ()
    certificates: Sequence[Mapping[str, Any]] = ()
    warnings: Sequence[str] = ()
    manifest: Mapping[str, Any] | None = None


def commit_version(
    store: Store,
    connection: Connection,
    facts: Facts,
    *,
    members: str,
    ledger: str,
    payloads: Iterable[Path | pa.Table | pa.RecordBatch],
    quarantine: Iterable[Path | pa.Table] = (),
    files: Sequence[StoredFile] = (),
) -> Version:
    """Write one new version of a dataset and return it.

    `members` and `ledger` are tables, views or registered Arrow tables of `connection`, with the
    columns of `delta.MEMBERS` and `delta.LEDGER`, in any order of rows; no split is null.
    `payloads` are Arrow tables or Parquet files with `hash` and the content (other columns are
    ignored), read once, one at a time. Of them every payload is written, once, that a member or a
    ledger's `before` or `after` needs and the store lacks. `quarantine` has the schema
    `record.QUARANTINE`. `files` were written before; the catalog names them with the version.

    The caller holds the right to build. Nothing exists for readers before the catalog is renamed.
    Raises `StoreError` where a member's payload is neither stored nor given, `RefusedError` where a
    tag has the dataset's name.
    """
    parent = store.latest(facts.dataset)
    number = parent.number + 1 if parent else 1
    written = list(files)
    for kept, table in ((MEMBERS, members), (LEDGER, ledger)):
        before = parent.table_sql(kept) if parent else None
        new = (kept, facts.dataset, number, table, before)
        written += write_changes(connection, store.folder, *new)
    wanted = _wanted(store.folder, written, parent.segments if parent else store.files())
    written += write_payloads(store.folder, payloads, wanted, uuid.uuid4().hex)
    _check_complete(connection, wanted, members)
    written += _write_quarantine(store.folder, quarantine, facts.dataset, number)
    with store.commit() as catalog:
        _check_name(catalog, facts.dataset)
        name_files(catalog, written)
        _insert(catalog, facts, number, parent)
    return store.version(f"{facts.dataset}@{number}")


def _check_name(catalog: Connection, dataset: str) -> None:
    """Raise where a tag has the dataset's name."""
    if row_of(catalog, "SELECT 1 FROM cat.base.tags WHERE tag = ?", [dataset]):
        raise RefusedError(
            f"dataset {dataset!r}",
            "a tag has this name",
            "Remove the tag, or name the dataset otherwise.",
        )


def name_files(catalog: Connection, files: Sequence[StoredFile]) -> None:
    """Have the catalog that is being committed name further files."""
    if files:
        catalog.executemany(
            "INSERT INTO cat.base.files VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [list(file) for file in files],
        )


def _wanted(folder: Path, written: Sequence[StoredFile], known: Sequence[StoredFile]) -> Wanted:
    """The payloads that changes need and that no segment has; what did not change is stored.

    Those of members come first, in the order of the members, and then those of the ledger alone.
    """
    hashes: list[pa.ChunkedArray] = []
    for kind, names in ((MEMBERS.kind, ["hash"]), (LEDGER.kind, ["before", "after"])):
        for file in written:
            if file.kind == kind and not file.whole:
                table = pq.read_table(folder / file.path, columns=["removed", *names])
                kept = table.filter(pc.invert(table.column("removed")))
                hashes += [kept.column(name).drop_null() for name in names]
    wanted = Wanted(pa.chunked_array([c for one in hashes for c in one.chunks], pa.binary()))
    for file in known:
        if file.kind == "segment":
            wanted.take(pq.read_table(folder / file.path, columns=["hash"]).column("hash"))
    return wanted


def _check_complete(connection: Connection, wanted: Wanted, members: str) -> None:
    """Raise where members have payloads that nobody gave; a ledger may name scrubbed ones."""
    if len(wanted) == 0:
        return
    connection.register("never_given", pa.table({"hash": pa.array(wanted.left(), pa.binary(16))}))
    found = row_of(
        connection,
        f"SELECT count(*), min(lower(hex(id))) FROM {members} SEMI JOIN never_given USING (hash)",
    )
    connection.unregister("never_given")
    if found and found[0]:
        raise StoreError(
            "commit",
            f"the content of {found[0]:,} members was not given, such as of {found[1]}",
            "Nothing was committed. Please report this.",
        )


def _write_quarantine(
    folder: Path, parts: Iterable[Path | pa.Table], dataset: str, number: int
) -> list[StoredFile]:
    name = f"quarantine/{dataset}/{number}.parquet"
    path = folder / name
    rows = 0
    writer: pq.ParquetWriter | None = None
    for part in parts:
        bad = pq.read_table(part, schema=QUARANTINE) if isinstance(part, Path) else part
        if writer is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            writer = pq.ParquetWriter(
                path, STORED_QUARANTINE, compression="zstd", compression_level=1
            )
        rows += len(bad)
        own = [[dataset] * len(bad), [number] * len(bad), [False] * len(bad)]
        writer.write_table(pa.table([*bad.columns, *own], schema=STORED_QUARANTINE))
    if writer is None:
        return []
    writer.close()
    synced(path)
    return [StoredFile("quarantine", name, dataset, number, True, rows, path.stat().st_size)]


def _insert(catalog: Connection, facts: Facts, number: int, parent: Version | None) -> None:
    row = {
        "dataset": facts.dataset,
        "version": number,
        "snapshot": facts.snapshot,
        "parent": parent.number if parent else None,
        "recipe_hash": facts.recipe_hash,
        "recipe": _json(facts.recipe),
        "recipe_text": facts.recipe_text,
        "records": facts.records,
        "dropped": facts.dropped,
        "edited": facts.edited,
        "quarantined": facts.quarantined,
        "inputs": _json(facts.inputs),
        "counts": _json(facts.counts),
        "certificates": _json(facts.certificates),
        "warnings": _json(facts.warnings),
        "manifest": _json(facts.manifest or {}),
        "created": utc_now(),
    }
    names, marks = ", ".join(row), ", ".join("?" for _ in row)
    catalog.execute(f"INSERT INTO cat.base.versions ({names}) VALUES ({marks})", list(row.values()))


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
