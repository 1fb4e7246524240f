"""What was measured: signals each once, texts as their contents say, everything decodable."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from curate.fields import field_texts
from curate.hashing import hash_texts
from curate.progress import Progress
from curate.store.catalog import Connection, connect, row_of
from curate.store.delta import StoredFile, files_sql
from curate.store.parquet import parquet_sql
from curate.store.segments import PAYLOAD
from curate.upkeep.files import PARQUET_ERRORS
from curate.upkeep.findings import Finding

ROWS = 10_000
"""Rows that are in memory at a time."""

DECODED = ("members", "ledger", "quarantine", "signals", "texts", "judged")


def check_measured(folder: Path, files: Sequence[StoredFile], progress: Progress) -> list[Finding]:
    """Decode every file that holds no payloads, and compare measured values with each other."""
    progress.stage("measured", len(files))
    found, whole = [], []
    for file in files:
        if file.kind in DECODED:
            damage = _decoded(folder, file)
            found += damage
            whole += [file] * (not damage)
        progress.advance(1)
    signals = [file.path for file in whole if file.kind == "signals"]
    texts = [file.path for file in whole if file.kind == "texts"]
    with connect() as connection:
        if signals:
            found += _repeated(connection, folder, signals)
        if texts:
            segments = [folder / file.path for file in files if file.kind == "segment"]
            found += _wrong_texts(connection, folder, texts, segments)
    return found


def _decoded(folder: Path, file: StoredFile) -> list[Finding]:
    try:
        with pq.ParquetFile(folder / file.path) as opened:
            for batch in opened.iter_batches(ROWS):
                batch.validate(full=True)
    except PARQUET_ERRORS as error:
        what = f"cannot be decoded: {str(error).splitlines()[0]}"
        return [Finding("unreadable", file.path, what)]
    return []


def _repeated(connection: Connection, folder: Path, signals: list[str]) -> list[Finding]:
    row = row_of(
        connection,
        "SELECT count(*) FROM (SELECT 1 FROM "
        f"{files_sql(folder, signals)} GROUP BY hash, signal, fingerprint HAVING count(*) > 1)",
    )
    repeated = int(row[0]) if row else 0
    what = f"{repeated:,} values are stored more than once"
    return [Finding("signals", "signals", what, records=repeated)] if repeated else []


def _wrong_texts(
    connection: Connection, folder: Path, texts: list[str], segments: list[Path]
) -> list[Finding]:
    """Texts whose hash is not that of the field of their content."""
    stored = parquet_sql([folder / path for path in texts])
    fields = [
        row[0]
        for row in connection.execute(f"SELECT DISTINCT field FROM {stored} ORDER BY 1").fetchall()
    ]
    wrong = 0
    for said in _texts_of(segments, fields):
        connection.register("said", said)
        row = row_of(
            connection,
            f"SELECT count(*) FROM {stored} t JOIN said s ON s.hash = t.hash "
            "AND s.field = t.field WHERE s.text IS DISTINCT FROM t.text",
        )
        wrong += int(row[0]) if row else 0
        connection.unregister("said")
    what = f"{wrong:,} texts have another hash than their content says"
    return [Finding("texts", "texts", what, records=wrong)] if wrong else []


def _texts_of(segments: Sequence[Path], fields: Sequence[str]) -> Iterator[pa.Table]:
    for path in segments:
        try:
            with pq.ParquetFile(path) as opened:
                for batch in opened.iter_batches(ROWS, columns=PAYLOAD.names):
                    for field in fields:
                        columns = [
                            batch.column("hash").cast(pa.binary()),
                            pa.array([field] * len(batch)),
                            hash_texts(field_texts(batch, field)).cast(pa.binary()),
                        ]
                        yield pa.table(columns, names=["hash", "field", "text"])
        except PARQUET_ERRORS:
            continue  # a segment that cannot be decoded is named by the check of contents
