"""The records of a build as one table: identity, hash and origin of all that was read."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from curate.build.account import Account, Count
from curate.build.inputs import Input
from curate.build.reading import ReadResult
from curate.build.selecting import CURRENT
from curate.errors import InputError
from curate.hashing import id_of_equal
from curate.recipe.step import READ
from curate.store.catalog import Connection, connect, table_of
from curate.store.parquet import parquet_sql

MAX_BAD_SHARE = 0.01
MAX_BAD_NUMBER = 10
REASONS_SHOWN = 3


def load_records(
    connection: Connection,
    inputs: Sequence[Input],
    results: Sequence[ReadResult],
    account: Account,
) -> list[str]:
    """Fill the table of current records and count what was read; return warnings."""
    keys = [path for result in results for path in result.files("keys")]
    rows = f"FROM {parquet_sql(keys)}" if keys else f"FROM ({_NOTHING})"
    connection.execute(
        f"CREATE OR REPLACE TABLE {CURRENT} AS SELECT id, 0::INTEGER AS copy, hash, "
        f"NULL::VARCHAR AS split, source, file, line, source AS ref {rows}"
    )
    counts = _counts(inputs, results)
    keyed = {one.name for one in inputs if one.source.key}
    warnings = [*_number_equals(connection, keyed), *_unread(counts, inputs, results)]
    account.add({(READ, source): count for source, count in counts.items()})
    return warnings


_NOTHING = (
    "SELECT NULL::BLOB AS id, NULL::BLOB AS hash, '' AS source, '' AS file, 0::BIGINT AS line "
    "WHERE false"
)


def _counts(inputs: Sequence[Input], results: Sequence[ReadResult]) -> dict[str, Count]:
    counts: dict[str, Count] = {}
    for one, result in zip(inputs, results, strict=True):
        total = result.records + result.quarantined
        count = Count(total, 0, result.records, 0, 0, result.quarantined)
        counts[one.name] = counts.get(one.name, Count()).plus(count)
    return counts


def _number_equals(connection: Connection, keyed: set[str]) -> list[str]:
    """Give records of equal identity their ordinals; return a warning for each keyed source."""
    again = table_of(
        connection,
        "SELECT row, id, source, row_number() OVER "
        "(PARTITION BY id ORDER BY hash, file, line, row) - 1 AS n FROM ("
        f" SELECT rowid AS row, * FROM {CURRENT} SEMI JOIN"
        f" (SELECT id FROM {CURRENT} GROUP BY id HAVING count(*) > 1) USING (id)"
        ") QUALIFY n > 0 ORDER BY row",
    )
    rows = again.to_pylist()
    if rows:
        renamed = pa.table(
            {
                "row": pa.array([row["row"] for row in rows], pa.int64()),
                "id": pa.array([id_of_equal(row["id"], row["n"]) for row in rows], pa.binary()),
            }
        )
        connection.register("renamed", renamed)
        connection.execute(
            f"UPDATE {CURRENT} SET id = r.id FROM renamed r WHERE r.row = {CURRENT}.rowid"
        )
        connection.unregister("renamed")
    return [
        f"source {name}: {number:,} record{'s repeat' if number > 1 else ' repeats'} a key; equals "
        "are told apart by their content"
        for name in sorted(keyed)
        if (number := sum(row["source"] == name for row in rows))
    ]


def _unread(
    counts: Mapping[str, Count], inputs: Sequence[Input], results: Sequence[ReadResult]
) -> list[str]:
    """A warning for each source that gave no record: too few lines may be bad to stop for."""
    return [
        f"source {source}: "
        + (
            f"none of its {count.came:,} records can be read: "
            + _reasons([r for i, r in zip(inputs, results, strict=True) if i.name == source])
            if count.came
            else "its files hold no records"
        )
        for source, count in counts.items()
        if not count.kept
    ]


def allowed_bad(read_count: int, max_bad: float | None) -> float:
    """How many of so many records may be bad: max(1 %, 10), or `max_bad`.

    `max_bad` below 1 is a share, from 1 on a number.
    """
    if max_bad is None:
        return max(MAX_BAD_SHARE * read_count, MAX_BAD_NUMBER)
    return max_bad * read_count if max_bad < 1 else max_bad


def check_bad(results: Sequence[ReadResult], max_bad: float | None) -> None:
    """Law 2: stop where more of the input is bad than may be."""
    bad = sum(result.quarantined for result in results)
    read_count = bad + sum(result.records for result in results)
    allowed = allowed_bad(read_count, max_bad)
    if bad > allowed:
        raise InputError(
            "input",
            f"{bad:,} of {read_count:,} records are bad, more than {allowed:,.0f}: "
            + _reasons(results),
            "Mend the files or map their columns, or allow more by --max-bad. Nothing was done.",
        )


def quarantine_of(results: Sequence[ReadResult]) -> list[Path]:
    """The files of bad input."""
    return [path for result in results for path in result.files("quarantine")]


def _reasons(results: Sequence[ReadResult]) -> str:
    bad = parquet_sql(quarantine_of(results))
    with connect() as connection:
        rows = connection.execute(
            f"SELECT file, line, reason FROM {bad} ORDER BY file, line LIMIT {REASONS_SHOWN}"
        ).fetchall()
    return "; ".join(f"{file}:{line}: {reason}" for file, line, reason in rows)
