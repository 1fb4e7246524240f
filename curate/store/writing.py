"""A new version in the store: tables and payloads in, one row of the catalog out."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curate.errors import RefusedError, StoreError
from curate.record import QUARANTINE
from curate.store.catalog import Connection, at_once, row_of, synced, utc_now
from curate.store.checksums import add_checksums
from curate.store.delta import LEDGER, StoredFile, write_ledger
from curate.store.listed import versions_of
from curate.store.members import Members, stored_members, write_members
from curate.store.parquet import read_columns
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
    members: Members,
    ledger: str,
    payloads: Iterable[Path | pa.Table | pa.RecordBatch],
    quarantine: Iterable[Path | pa.Table] = (),
    files: Sequence[StoredFile] = (),
) -> Version:
    """Write one new version of a dataset and return it.

    `ledger` is a table, a view or a registered Arrow table of `connection`, whose DuckDB has no
    database `cat`, with the columns of `delta.LEDGER`, in any order of rows. `payloads` are Arrow
    tables or Parquet files with `hash` and the content (other columns are ignored), read once, one
    at a time. Of them every payload is written, once, that a member or a ledger's `before` or
    `after` needs and the store lacks.
    `quarantine` has the schema `record.QUARANTINE`. `files` were written before; the catalog names
    them with the version.

    The caller holds the right to build. Nothing exists for readers before the catalog is renamed.
    Raises `StoreError` where a member's payload is neither stored nor given, `RefusedError` where a
    tag has the dataset's name.
    """
    # One thread goes beside this one, so that neither waits for the other's turn.
    with ThreadPoolExecutor(1) as beside:
        in_order = beside.submit(members.sort)
        parent = store.latest(facts.dataset, connection)
        number = parent.number + 1 if parent else 1
        place = (store.folder, facts.dataset, number)
        stored = beside.submit(_stored, store.folder, parent.segments if parent else store.files())
        snapshot = beside.submit(lambda: members.snapshot)
        older = parent.ledger_sql() if parent else None
        written = [*files, *write_ledger(connection, *place, ledger, older)]
        before = stored_members(connection, parent) if parent else None
        in_order.result()
        changes = members.changes(before)
        del before  # the payloads take its memory
        of_members = beside.submit(write_members, *place, changes, members)
        wanted = _wanted(store.folder, changes, written, stored.result())
        new = (uuid.uuid4().hex, (facts.dataset, number))
        written += write_payloads(store.folder, payloads, wanted, *new)
        written += of_members.result()
        snapshot.result()
    _check_complete(wanted, members)
    written += _write_quarantine(store.folder, quarantine, facts.dataset, number)
    with store.commit(beside=connection) as catalog:
        _check_name(catalog, facts.dataset)
        with at_once(catalog):
            name_files(catalog, written)
            _insert(catalog, facts, members, number, parent)
            add_checksums(catalog, store.folder)
        own = "dataset = ? AND version = ?"
        (version,) = versions_of(catalog, store.folder, own, (facts.dataset, number))
    return version


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


def _stored(folder: Path, known: Sequence[StoredFile]) -> list[pa.ChunkedArray]:
    """The hashes of all payloads that are stored."""
    segments = [folder / file.path for file in known if file.kind == "segment"]
    return [read_columns(path, ["hash"]).column("hash") for path in segments]


def _wanted(
    folder: Path,
    changes: pa.Table,
    written: Sequence[StoredFile],
    stored: Iterable[pa.ChunkedArray],
) -> Wanted:
    """The payloads that changes need and that are not stored; what did not change is.

    Those of members come first, in the order of the members, and then those of the ledger alone.
    """
    kept = changes.column("hash").filter(pc.invert(changes.column("removed")))
    hashes = kept.cast(pa.binary()).chunks
    for file in written:
        if file.kind == LEDGER.kind and not file.whole and file.records:
            table = read_columns(folder / file.path, ["removed", "before", "after"])
            kept = table.filter(pc.invert(table.column("removed")))
            for name in ("before", "after"):
                hashes += kept.column(name).drop_null().chunks
    wanted = Wanted(pa.chunked_array(hashes, pa.binary()))
    for known in stored:
        wanted.take(known)
    return wanted


def _check_complete(wanted: Wanted, members: Members) -> None:
    """Raise where members have payloads that nobody gave; a ledger may name scrubbed ones."""
    left = wanted.left()
    lacking = members.holding(left) if left else None
    if lacking:
        first = min(lacking.column("id").to_pylist()).hex()
        raise StoreError(
            "commit",
            f"the content of {len(lacking):,} members was not given, such as of {first}",
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


def _insert(
    catalog: Connection,
    facts: Facts,
    members: Members,
    number: int,
    parent: Version | None,
) -> None:
    row = {
        "dataset": facts.dataset,
        "version": number,
        "snapshot": members.snapshot,
        "parent": parent.number if parent else None,
        "recipe_hash": facts.recipe_hash,
        "recipe": _json(facts.recipe),
        "recipe_text": facts.recipe_text,
        "records": len(members),
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
