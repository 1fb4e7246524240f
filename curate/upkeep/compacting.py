"""Files written again: segments without contents that nothing needs, many small ones as one."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from curate.store.catalog import connect, quoted, row_of, synced
from curate.store.delta import PARQUET, StoredFile, files_sql
from curate.store.parquet import parquet_sql
from curate.store.segments import write_payloads
from curate.store.signals import hash_values
from curate.store.wanted import Wanted
from curate.upkeep.needed import Needed
from curate.upkeep.payloads import Hashes

SMALL: Final = 32 * 1024 * 1024
"""A file below this many bytes is joined with others of its kind."""

MANY: Final = 8
"""So many small files of a kind are left alone."""

ORDERS: Final = {
    "signals": "fingerprint, signal, hash",
    "texts": "hash, field",
    "judged": "hash",
}
"""Measured values, and the order in which they are stored."""


class Compaction(NamedTuple):
    """Files that others take the place of, and what is left out."""

    kind: str
    old: tuple[StoredFile, ...]
    rows: int
    """Rows that nothing needs."""
    write: Callable[[], list[StoredFile]]


def compact_segments(folder: Path, files: Sequence[StoredFile], needed: Needed) -> list[Compaction]:
    """Segments with contents that nothing needs, and small ones where there are many."""
    segments = [file for file in files if file.kind == "segment"]
    useless = {
        file.path: file.records - needed.count_in(_hashes(folder, file)) for file in segments
    }
    small = [file for file in segments if file.bytes < SMALL]
    old = tuple(
        file for file in segments if useless[file.path] or (len(small) > MANY and file in small)
    )
    if not old:
        return []

    def write() -> list[StoredFile]:
        held = np.concatenate([_hashes(folder, file) for file in old])
        mine = needed.in_order.filter(pa.array(np.isin(hash_values(needed.in_order), held)))
        parts = [folder / file.path for file in old]
        return list(write_payloads(folder, parts, Wanted(mine), uuid.uuid4().hex))

    return [Compaction("segment", old, sum(useless[file.path] for file in old), write)]


def _hashes(folder: Path, file: StoredFile) -> Hashes:
    table = pq.read_table(folder / file.path, columns=["hash"])
    return hash_values(table.column("hash").combine_chunks())


def compact_measured(
    folder: Path, files: Sequence[StoredFile], needed: Needed
) -> Iterator[Compaction]:
    """Values of contents that nothing needs, and small files where there are many.

    A signal goes where `texts` knows its text, and only of such contents; others may be of any.
    """
    texts = [file.path for file in files if file.kind == "texts"]
    measured = sorted((f for f in files if f.kind in ORDERS), key=_home)
    for (kind, _), group in groupby(measured, key=_home):
        is_unknown = kind == "signals" and not texts
        useless = None if is_unknown else _useless_sql(folder, kind, texts)
        own = list(group)
        found = _compaction(folder, kind, own, useless, needed)
        if found is not None:
            yield found


def _home(file: StoredFile) -> tuple[str, str]:
    return file.kind, Path(file.path).parent.as_posix()


def _useless_sql(folder: Path, kind: str, texts: Sequence[str]) -> str:
    """The condition of a row `t` that nothing needs; `needed` is a table of hashes."""
    unneeded = "NOT EXISTS (SELECT 1 FROM needed n WHERE n.hash = {0}.hash)"
    if kind != "signals":
        return unneeded.format("t")
    known = f"SELECT x.text FROM {files_sql(folder, texts)} x"
    return (
        f"t.hash IN ({known} WHERE {unneeded.format('x')} AND x.text IS NOT NULL) "
        f"AND t.hash NOT IN ({known} SEMI JOIN needed n ON n.hash = x.hash "
        "WHERE x.text IS NOT NULL)"
    )


def _compaction(
    folder: Path, kind: str, own: list[StoredFile], useless: str | None, needed: Needed
) -> Compaction | None:
    paths = [folder / file.path for file in own]
    # Files of signals that were written before there were vectors lack a column.
    source = parquet_sql(paths, "union_by_name => true")
    wanted = pa.table({"hash": needed.in_order.cast(pa.binary())})
    rows = 0
    if useless is not None:
        with connect() as connection:
            connection.register("needed", wanted)
            row = row_of(connection, f"SELECT count(*) FROM {source} t WHERE {useless}")
            rows = int(row[0]) if row else 0
    small = [file for file in own if file.bytes < SMALL]
    if not rows and len(small) <= MANY:
        return None

    def write() -> list[StoredFile]:
        name = (Path(own[0].path).parent / f"{uuid.uuid4().hex}.parquet").as_posix()
        kept = "" if useless is None else f"WHERE NOT ({useless})"
        with connect() as connection:
            connection.register("needed", wanted)
            connection.execute(
                f"COPY (SELECT * FROM {source} t {kept} ORDER BY {ORDERS[kind]}) "
                f"TO {quoted(str(folder / name))} ({PARQUET})"
            )
            row = row_of(connection, f"SELECT count(*) FROM {parquet_sql([folder / name])}")
        records = int(row[0]) if row else 0
        if not records:
            (folder / name).unlink()
            return []
        synced(folder / name)
        size = (folder / name).stat().st_size
        return [own[0]._replace(path=name, records=records, bytes=size, sha256=None)]

    return Compaction(kind, tuple(own), rows, write)
