"""Stored signals: what is known of texts, each value once (docs/format.md, "Store")."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.conversations import WHOLE
from curate.errors import UsageError
from curate.fields import FIELDS, can_be_measured, field_columns, field_texts
from curate.hashing import hash_texts
from curate.scores import ARROW_TYPES, Score
from curate.store.catalog import Connection, quoted, reading, row_of, synced, table_of
from curate.store.delta import PARQUET, StoredFile
from curate.store.parquet import parquet_sql
from curate.store.views import SIGNALS, signals_sql

MEASURED = pa.schema(
    [
        ("id", pa.binary(16)),
        ("copy", pa.int32()),
        ("signal", pa.string()),
        ("fingerprint", pa.string()),
        ("value", pa.float64()),
        ("label", pa.string()),
    ]
)
"""What is known of the members of a version."""

_NAMES = ", ".join(SIGNALS.names)

COLUMNS: Final = {"number": "value", "label": "label", "vector": "vector"}
"""The column in which the values of a score are."""


def known_hashes(
    connection: Connection, files: Sequence[Path], fingerprint: str, signals: Sequence[str]
) -> npt.NDArray[np.bytes_]:
    """The hashes of the texts of which all the given signals are known, sorted, as `S16`."""
    if not files:
        return np.empty(0, "S16")
    listed = ", ".join("?" for _ in signals)
    found = table_of(
        connection,
        f"SELECT hash FROM {parquet_sql(files)} WHERE fingerprint = ? AND signal IN ({listed}) "
        f"GROUP BY hash HAVING count(DISTINCT signal) = {len(set(signals))} ORDER BY hash",
        [fingerprint, *signals],
    )
    return hash_values(found.column("hash").combine_chunks())


def hash_values(hashes: pa.Array) -> npt.NDArray[np.bytes_]:
    """Hashes (16 bytes, no nulls) as a numpy array of `S16`, which can be sorted and searched."""
    fixed = hashes.cast(pa.binary(16))
    if len(fixed) == 0:
        return np.empty(0, "S16")
    return np.frombuffer(fixed.buffers()[1], "S16", len(fixed), fixed.offset * 16)


def write_signals(
    connection: Connection, folder: Path, new: Sequence[Path], stored: Sequence[Path], token: str
) -> list[StoredFile]:
    """Write the rows of the files `new` (schema `SIGNALS`) that the files `stored` lack.

    Returns the one file that was written, or none where all is known. Of several values of one
    text the lowest is written, so that the order of the files has no influence.
    """
    if not new:
        return []
    key = "hash, signal, fingerprint"
    lacking = f"ANTI JOIN {parquet_sql(stored)} s USING ({key})" if stored else ""
    name = f"signals/{token}.parquet"
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE new_signals AS SELECT {key}, min(value) AS value, "
        f"min(label) AS label, min(vector) AS vector FROM {signals_sql(new)} n {lacking} "
        f"GROUP BY {key}"
    )
    counted = row_of(connection, "SELECT count(*) FROM new_signals")
    records = int(counted[0]) if counted else 0
    if records:
        connection.execute(
            f"COPY (SELECT {_NAMES} FROM new_signals ORDER BY fingerprint, signal, hash) "
            f"TO {quoted(str(path))} ({PARQUET})"
        )
        synced(path)
    connection.execute("DROP TABLE new_signals")
    if not records:
        return []
    return [StoredFile("signals", name, "", 0, True, records, path.stat().st_size)]


def read_signals(folder: Path, names: Sequence[str] | None = None) -> pa.Table:
    """All stored signals, or those of some names, by signal, fingerprint and hash."""
    with reading(folder) as connection:
        files = signal_files(connection, folder)
        if not files:
            return SIGNALS.empty_table()
        marks = ", ".join("?" for _ in names or ())
        where = "true" if names is None else f"signal IN ({marks})" if names else "false"
        found = table_of(
            connection,
            f"SELECT {_NAMES} FROM {signals_sql(files)} WHERE {where} "
            "ORDER BY signal, fingerprint, hash",
            list(names or ()),
        )
    return found.cast(SIGNALS)


def stored_values(connection: Connection, folder: Path, score: Score, hashes: pa.Array) -> pa.Array:
    """The stored values of a score for the hashes of texts; null where none is known."""
    type_ = ARROW_TYPES[score.wanted.type]
    # The connection may be in the middle of an answer.
    asked = connection.cursor()
    files = signal_files(asked, folder)
    if not files:
        return pa.nulls(len(hashes), type_)
    column = COLUMNS[score.wanted.type]
    asked.register("wanted_texts", pa.table({"hash": hashes.drop_null()}))
    found = table_of(
        asked,
        f"SELECT DISTINCT ON (hash) hash, {column} AS value FROM {signals_sql(files)} s "
        "SEMI JOIN wanted_texts w USING (hash) WHERE signal = ? AND fingerprint = ?",
        [score.name, score.fingerprint],
    )
    asked.close()
    keys = found["hash"].cast(pa.binary()).combine_chunks()
    places = pc.index_in(hashes.cast(pa.binary()), keys, skip_nulls=True)
    return found["value"].combine_chunks().cast(type_).take(places)


def signal_files(connection: Connection, folder: Path) -> list[Path]:
    """The files of signals that the catalog names."""
    rows = connection.execute(
        "SELECT path FROM cat.base.files WHERE kind = 'signals' ORDER BY path"
    ).fetchall()
    return [folder / row[0] for row in rows]


def columns_of(field: str) -> list[str]:
    """The columns of a record that a field's text is made of. Raises UsageError."""
    if not can_be_measured(field):
        known = ", ".join((*FIELDS[:-1], *WHOLE))
        raise UsageError(f"field {field!r}", "no field of which signals are known", f"Use {known}.")
    return list(field_columns(field))


def text_hashes(batch: pa.RecordBatch, field: str) -> pa.Table:
    """The id and copy of each record of a batch that has the field, with the hash of its text."""
    hashes = hash_texts(field_texts(batch, field))
    table = pa.table([batch["id"], batch["copy"], hashes], names=["id", "copy", "hash"])
    return table.filter(table["hash"].is_valid())


def signals_of(folder: Path, hashed: Sequence[pa.Table]) -> pa.Table:
    """What is known of members, given as `text_hashes` does; schema `MEASURED`, sorted."""
    with reading(folder) as connection:
        files = signal_files(connection, folder)
        if not files or not hashed:
            return MEASURED.empty_table()
        connection.register("measured_members", pa.concat_tables(hashed))
        columns = ", ".join(f"s.{name}" for name in MEASURED.names[2:])
        found = table_of(
            connection,
            f"SELECT m.id, m.copy, {columns} FROM measured_members m "
            f"JOIN {parquet_sql(files)} s ON s.hash = m.hash "
            "ORDER BY m.id, m.copy, s.signal, s.fingerprint",
        )
    return found.cast(MEASURED)
