"""Who holds a content: the records asked for, those that say the same, those made of them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from curate.errors import NotFoundError, UsageError
from curate.operators.exact_dedup import ExactDedup
from curate.progress import Progress
from curate.store import Store
from curate.store.catalog import Connection, connect, row_of
from curate.store.delta import StoredFile, files_sql
from curate.store.query import select
from curate.store.segments import PAYLOAD
from curate.store.views import CONTENT_NAMES
from curate.synthetic import parents_of
from curate.upkeep.payloads import Hashes

ROWS: Final = 10_000
"""Payloads that are in memory at a time."""

PREFIX: Final = 6
"""Digits of an id that must be given at least."""

How = Literal["asked", "twin", "child"]


class Asked(NamedTuple):
    """What is to be erased: records by id, all of a source, or all that a condition selects."""

    ids: tuple[str, ...] = ()
    source: str | None = None
    where: str | None = None


class Holders(NamedTuple):
    """The records whose contents go, and these contents."""

    records: dict[bytes, How]
    hashes: Hashes
    """All contents that any of the records ever had, sorted."""
    similar: tuple[bytes, ...]
    """Records that a step found alike, such as near duplicates; they stay."""


def find_holders(store: Store, asked: Asked, progress: Progress) -> Holders:
    """Find all records that hold what is asked for.

    A twin is a record of which any content says the same as any content of the record: equal
    hashes, or equal texts up to letter case and white space, as `exact_dedup` has it. A child is a
    record that a step made of another. Twins of twins and children of children are found too.
    """
    files = store.files()
    with connect() as connection:
        _load_known(connection, store.folder, files)
        _load_keys(connection, store.folder, files, progress)
        connection.execute("CREATE TABLE picked (id BLOB PRIMARY KEY, how VARCHAR)")
        asked_ids = pa.array(_asked_ids(connection, store, files, asked), pa.binary())
        connection.register("asked_ids", pa.table({"id": asked_ids}))
        connection.execute("INSERT INTO picked SELECT DISTINCT id, 'asked' FROM asked_ids")
        before = -1
        while (now := _count(connection, "picked")) != before:
            before = now
            connection.execute(_TWINS)
            connection.execute(_CHILDREN)
            connection.execute(_MARKED)
        rows = connection.execute("SELECT id, how FROM picked ORDER BY how, id").fetchall()
        hashes = connection.execute(f"SELECT DISTINCT hash FROM ({_HASHES})").fetchall()
        similar = connection.execute(_SIMILAR).fetchall()
    found = np.sort(np.array([hash_ for (hash_,) in hashes], "S16"))
    return Holders(dict(rows), found, tuple(id_ for (id_,) in similar))


_OWN: Final = "SELECT k.hash FROM known k SEMI JOIN picked p ON p.id = k.id"
_SAME: Final = (
    f"SELECT key FROM keys y SEMI JOIN ({_OWN}) o ON o.hash = y.hash WHERE y.key IS NOT NULL"
)
_HASHES: Final = f"{_OWN} UNION SELECT hash FROM keys y SEMI JOIN ({_SAME}) s ON s.key = y.key"
_TWINS: Final = (
    "INSERT INTO picked SELECT DISTINCT k.id, 'twin' FROM known k "
    f"SEMI JOIN ({_HASHES}) h ON h.hash = k.hash ON CONFLICT DO NOTHING"
)
_CHILDREN: Final = (
    "INSERT INTO picked SELECT DISTINCT l.id, 'child' FROM links l "
    "SEMI JOIN picked p ON p.id = l.\"of\" WHERE l.action = 'add' ON CONFLICT DO NOTHING"
)
_MARKED: Final = (
    "INSERT INTO picked SELECT DISTINCT k.id, 'child' FROM known k JOIN keys y ON y.hash = k.hash "
    "SEMI JOIN picked p ON p.id = y.parent ON CONFLICT DO NOTHING"
)
"""Of a version whose ledger is gone, or is another dataset's, the mark is left."""
_SIMILAR: Final = (
    'SELECT DISTINCT other FROM (SELECT id, "of" AS other FROM links UNION SELECT "of", id '
    "FROM links) l SEMI JOIN picked p ON p.id = l.id ANTI JOIN picked q ON q.id = l.other "
    "ORDER BY other"
)


def _load_known(connection: Connection, folder: Path, files: Sequence[StoredFile]) -> None:
    """The tables `known` (id, hash, source) and `links` (id, of, action), over all versions."""
    members = [file.path for file in files if file.kind == "members"]
    ledger = [file.path for file in files if file.kind == "ledger"]
    if not members or not ledger:
        raise NotFoundError(f"store {folder}", "it has no versions", "There is nothing to forget.")
    decided = files_sql(folder, ledger)
    connection.execute(
        f"CREATE TABLE known AS SELECT id, hash, source FROM {files_sql(folder, members)} UNION "
        f"SELECT id, before, source FROM {decided} UNION SELECT id, after, source FROM {decided}"
    )
    connection.execute(
        f'CREATE TABLE links AS SELECT DISTINCT id, "of", action FROM {decided} '
        'WHERE "of" IS NOT NULL'
    )


def _load_keys(
    connection: Connection, folder: Path, files: Sequence[StoredFile], progress: Progress
) -> None:
    """The table `keys` (hash, key, parent): contents that say the same have an equal key.

    `parent` is the record of which one was made, by its mark.
    """
    segments = [file for file in files if file.kind == "segment"]
    progress.stage("look for twins", sum(file.records for file in segments))
    connection.execute("CREATE TABLE keys (hash BLOB, key BLOB, parent BLOB)")
    dedup = ExactDedup()
    for batch in payload_batches(folder, segments):
        key = dedup.facts(batch, 0).column("key")
        names = ["hash", "key", "parent"]
        found = (batch.column("hash"), key, parents_of(batch.column("meta")))
        columns = [each.cast(pa.binary()) for each in found]
        connection.register("batch_keys", pa.table(columns, names=names))
        connection.execute("INSERT INTO keys SELECT * FROM batch_keys")
        connection.unregister("batch_keys")
        progress.advance(len(batch))


def payload_batches(folder: Path, segments: Sequence[StoredFile]) -> Iterator[pa.RecordBatch]:
    """All stored payloads, a batch at a time."""
    for file in segments:
        with pq.ParquetFile(folder / file.path) as opened:
            for batch in opened.iter_batches(ROWS, columns=PAYLOAD.names):
                yield from pa.Table.from_batches([batch]).cast(PAYLOAD).to_batches()


def _asked_ids(
    connection: Connection, store: Store, files: list[StoredFile], asked: Asked
) -> list[bytes]:
    if asked.source is not None:
        found = _of_source(connection, asked.source)
    elif asked.where is not None:
        found = _of_condition(store, files, asked.where)
    else:
        found = [id_ for prefix in asked.ids for id_ in [_of_prefix(connection, prefix)]]
    return found


def _of_prefix(connection: Connection, prefix: str) -> bytes:
    digits = prefix.lower()
    if len(digits) < PREFIX or not set(digits) <= set("0123456789abcdef"):
        right = f"Give at least {PREFIX} digits of its id, as `curate why` shows it."
        raise UsageError(f"record {prefix!r}", "no id", right)
    rows = connection.execute(
        "SELECT DISTINCT id FROM known WHERE starts_with(lower(hex(id)), ?)", [digits]
    ).fetchall()
    if not rows:
        raise NotFoundError(f"record {prefix!r}", "no version knows it", "`curate why` finds ids.")
    if len(rows) > 1:
        raise UsageError(f"record {prefix!r}", f"{len(rows)} ids begin so", "Give more digits.")
    return bytes(rows[0][0])


def _of_source(connection: Connection, source: str) -> list[bytes]:
    rows = connection.execute("SELECT DISTINCT id FROM known WHERE source = ?", [source]).fetchall()
    if not rows:
        names = connection.execute("SELECT DISTINCT source FROM known ORDER BY 1").fetchall()
        known = ", ".join(str(name) for (name,) in names[:10])
        raise NotFoundError(f"source {source!r}", "no record is of it", f"There is: {known}.")
    return [id_ for (id_,) in rows]


def _of_condition(store: Store, files: list[StoredFile], where: str) -> list[bytes]:
    """The records of which any content, also one that was dropped or edited, fits a condition."""
    statement = f"SELECT DISTINCT id FROM held AS records WHERE ({where}\n)"
    segments = [file.path for file in files if file.kind == "segment"]
    content = ", ".join(f"p.{name}" for name in CONTENT_NAMES)
    origin = "l.dataset, l.version, l.id, l.copy, NULL AS split, l.source, l.file, l.line"
    decided = " UNION ALL ".join(
        f"SELECT {origin}, l.{hash_} AS hash, {content} FROM ledger l "
        f"JOIN {files_sql(store.folder, segments)} p ON lower(hex(p.hash)) = l.{hash_}"
        for hash_ in ("before", "after")
        if segments
    )
    held = "SELECT * FROM records" + (f" UNION ALL BY NAME {decided}" if decided else "")
    found = select(store.folder, files, statement, views={"held": held})
    if not len(found):
        raise NotFoundError(
            f"--where {where!r}", "no record fits", "Try it by `curate sql 'SELECT ...'`."
        )
    return [bytes.fromhex(id_) for id_ in found["id"].to_pylist()]


def refuse_nothing(asked: Asked) -> None:
    """Raise `UsageError` unless exactly one way of asking was used."""
    given = [bool(asked.ids), asked.source is not None, asked.where is not None]
    if sum(given) != 1:
        raise UsageError(
            "forget",
            "nothing is named" if not any(given) else "named in two ways",
            "Give ids, or --source NAME, or --where CONDITION.",
        )


def _count(connection: Connection, table: str) -> int:
    row = row_of(connection, f"SELECT count(*) FROM {table}")
    return int(row[0]) if row else 0
