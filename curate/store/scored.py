"""What signals are known of the members of a version, summed up."""

from collections.abc import Mapping
from typing import NamedTuple

from curate.store.catalog import reading, table_of
from curate.store.delta import files_sql
from curate.store.version import Version
from curate.store.views import signals_sql


class ScoredSignal(NamedTuple):
    """A signal of a field, as the store knows it of the members."""

    field: str
    signal: str
    fingerprint: str
    """What makes the values (`SignalOperator.signal_fingerprint`)."""
    records: int
    """Members of whose text something is known, be it that there is no value."""
    values: int
    """Those that have a value."""
    vectors: int
    """Those whose value is a vector."""
    mean: float | None
    least: float | None
    p5: float | None
    median: float | None
    p95: float | None
    most: float | None
    labels: Mapping[str, int]
    """How many members have each label; empty for numbers."""


def scored_signals(version: Version) -> list[ScoredSignal]:
    """The signals that are known of the members, by field, name and fingerprint."""
    with reading(version.folder) as connection:
        files = {
            kind: [
                path
                for (path,) in connection.execute(
                    "SELECT path FROM cat.base.files WHERE kind = ? ORDER BY path", [kind]
                ).fetchall()
            ]
            for kind in ("signals", "texts")
        }
        if not all(files.values()):
            return []
        signals = [version.folder / path for path in files["signals"]]
        table = table_of(
            connection,
            f"""
            WITH known AS (
                SELECT t.field, s.signal, s.fingerprint, s.value, s.label, s.vector
                FROM ({version.members_sql()}) m
                JOIN (SELECT DISTINCT hash, field, text
                      FROM {files_sql(version.folder, files["texts"])}) t ON t.hash = m.hash
                JOIN {signals_sql(signals)} s ON s.hash = t.text)
            SELECT field, signal, fingerprint, count(*) AS records,
                count(value) + count(label) + count(vector) AS "values",
                count(vector) AS vectors,
                avg(value) AS mean, min(value) AS least,
                quantile_cont(value, 0.05) AS p5, median(value) AS median,
                quantile_cont(value, 0.95) AS p95, max(value) AS most,
                map_entries(histogram(label)) AS labels
            FROM known GROUP BY ALL ORDER BY ALL""",
        )
    return [ScoredSignal(**row | {"labels": _counts(row["labels"])}) for row in table.to_pylist()]


def _counts(entries: list[Mapping[str, object]] | None) -> dict[str, int]:
    """Labels and their numbers, the most frequent first."""
    found = {str(one["key"]): int(str(one["value"])) for one in entries or ()}
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))
