"""What was measured on the members of two versions, side by side, as tables of one connection.

Members that are alike on both sides are read once: what differs is laid over the earlier version.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple

import pyarrow as pa

from curate.fields import field_columns, field_texts
from curate.hashing import hash_texts
from curate.store import Version
from curate.store.catalog import Connection, quoted, reading, row_of, table_of
from curate.store.parquet import parquet_sql
from curate.store.signals import signal_files

TEXT_FIELDS: Final = ("prompt", "response", "system", "rejected", "text")
"""The fields whose texts are hashed where the store does not keep which text a content has."""

BEFORE: Final = ("removed", "edited", "moved")
AFTER: Final = ("added", "edited", "moved")
"""The changes that have a member in the earlier, and in the later version."""

SAMPLED_ABOVE: Final = 200_000
SAMPLE: Final = "{hash} < unhex('10')"
"""Which texts tell what was measured, where there are many: those of the lowest sixteenth of the
hashes."""

_BATCH: Final = 10_000


class Measured(NamedTuple):
    """A stored signal of one field, in the one way of measuring that most members have."""

    field: str
    signal: str
    fingerprint: str
    is_label: bool

    @property
    def name(self) -> str:
        """Its name among slices and shifts: `response.characters`."""
        return f"{self.field}.{self.signal}"

    def values_sql(self, signals: str, texts: str = "texts_of") -> str:
        """The SELECT of hash (of the content) and what was measured, as `measured`.

        `signals` are the stored ones as a SQL table, `texts` a table such as `texts_of`.
        """
        return (
            f"SELECT t.hash, s.{'label' if self.is_label else 'value'} AS measured "
            f"FROM {texts} t JOIN {signals} s ON s.hash = t.text "
            f"WHERE t.field = {quoted(self.field)} AND s.signal = {quoted(self.signal)} "
            f"AND s.fingerprint = {quoted(self.fingerprint)}"
        )


@contextmanager
def weighed(before: Version, changes: pa.Table) -> Iterator[Connection]:
    """A connection with the tables `changes` and `weights`.

    `changes` is the given table (`changes.CHANGED`) with `place`, the number of the row. `weights`
    has a row for each content, split and source that members have: hash, split, source, and the
    number of these members in the two versions, `before` and `after`.
    """
    with reading(before.folder) as connection:
        connection.register("given", changes.drop_columns(["details"]))
        connection.execute(
            "CREATE TEMP TABLE changes AS SELECT *, row_number() OVER () - 1 AS place FROM given"
        )
        sides = [
            f"SELECT hash, split, source, 1 AS before, 1 AS after FROM ({before.members_sql()})"
        ]
        for kinds, side, signs in ((BEFORE, "before", "0, -1"), (AFTER, "after", "0, 1")):
            listed = ", ".join(quoted(kind) for kind in kinds)
            sides.append(
                f"SELECT {side}, split_{side}, source, {signs} FROM changes "
                f"WHERE change IN ({listed})"
            )
        connection.execute(
            "CREATE TEMP TABLE weights AS SELECT hash, split, source, "
            "sum(before)::BIGINT AS before, sum(after)::BIGINT AS after "
            f"FROM ({' UNION ALL '.join(sides)}) GROUP BY ALL"
        )
        yield connection


def signals_sql(connection: Connection, version: Version) -> str | None:
    """The stored signals as a SQL table; None where none is stored."""
    files = signal_files(connection, version.folder)
    return parquet_sql(files, "union_by_name => true") if files else None


def load_texts(connection: Connection, version: Version) -> None:
    """The table `texts_of`: hash of the content, field, and the hash of the field's text.

    It has the contents of `weights`, each field that they have once. What the store does not keep
    is hashed from the payloads.
    """
    rows = connection.execute(
        "SELECT path FROM cat.base.files WHERE kind = 'texts' ORDER BY path"
    ).fetchall()
    kept = "(SELECT NULL::BLOB AS hash, '' AS field, NULL::BLOB AS text WHERE false)"
    if rows:
        kept = parquet_sql([version.folder / row[0] for row in rows], "union_by_name => true")
    connection.execute(
        f"CREATE TEMP TABLE texts_of AS SELECT hash, field, text FROM {kept} "
        "SEMI JOIN weights USING (hash)"
    )
    known = table_of(connection, "SELECT DISTINCT field FROM texts_of ORDER BY field")
    fields = known.column("field").to_pylist() or list(TEXT_FIELDS)
    for hashed in list(_hashed_texts(connection, version, fields)):
        connection.register("hashed", hashed)
        connection.execute("INSERT INTO texts_of SELECT hash, field, text FROM hashed")
        connection.unregister("hashed")
    connection.execute("DELETE FROM texts_of WHERE text IS NULL")


def _hashed_texts(
    connection: Connection, version: Version, fields: Sequence[str]
) -> Iterator[pa.Table]:
    """The rows that `texts_of` lacks, from the payloads."""
    lacking = "SELECT DISTINCT hash FROM weights ANTI JOIN texts_of USING (hash)"
    found = row_of(connection, f"SELECT count(*) FROM ({lacking})")
    if not found or not found[0]:
        return
    columns = sorted({column for field in fields for column in field_columns(field)})
    payloads = f"SELECT hash, {', '.join(columns)} FROM {version.payloads_sql()}"
    reader = connection.sql(f"{payloads} SEMI JOIN ({lacking}) l USING (hash)").to_arrow_reader(
        _BATCH
    )
    for batch in reader:
        for field in fields:
            texts = hash_texts(field_texts(batch, field))
            names = pa.array([field] * len(texts), pa.string())
            table = pa.table({"hash": batch["hash"], "field": names, "text": texts})
            yield table.filter(table["text"].is_valid())


def measured_signals(connection: Connection, signals: str) -> list[Measured]:
    """The signals of which something is known of the members (`texts_of`), by name.

    A field counts as measured where at least half of the members of one version that have it are:
    equal texts of other fields have values too. Of several ways of measuring it is the one that
    most members have; of equal ones the later in the alphabet of fingerprints. Of many texts a
    sixteenth is looked at.
    """
    counted = row_of(connection, "SELECT count(*) FROM texts_of")
    # Hashes are evenly spread, so that the lowest of them are a sample.
    sample = SAMPLE if counted is not None and counted[0] > SAMPLED_ABOVE else "true"
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE told AS
        SELECT field, text, sum(before) AS before, sum(after) AS after FROM texts_of
        JOIN weights USING (hash) WHERE {sample.format(hash="text")} GROUP BY field, text""")
    found = table_of(
        connection,
        f"""
        SELECT field, signal, fingerprint, is_label FROM (
            SELECT t.field, s.signal, s.fingerprint, bool_or(s.label IS NOT NULL) AS is_label,
                sum(t.before) AS known_before, sum(t.after) AS known_after
            FROM {signals} s JOIN told t ON t.text = s.hash
            WHERE (s.value IS NOT NULL OR s.label IS NOT NULL) AND {sample.format(hash="s.hash")}
            GROUP BY t.field, s.signal, s.fingerprint)
        JOIN (SELECT field, sum(before) AS before, sum(after) AS after FROM told GROUP BY field)
            USING (field)
        WHERE 2 * known_before >= before AND before > 0 OR 2 * known_after >= after AND after > 0
        QUALIFY row_number() OVER (PARTITION BY field, signal
            ORDER BY known_before + known_after DESC, fingerprint DESC) = 1
        ORDER BY field, signal""",
    )
    return [Measured(**row) for row in found.to_pylist()]
