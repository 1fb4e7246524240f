"""Contents that are not kept, since they were not scrubbed, are named by no ledger either.

The hash of a short text could be compared with those of guesses.
"""

from collections.abc import Sequence
from typing import Final

from curate.build.reading import ReadResult
from curate.store.catalog import Connection
from curate.store.parquet import parquet_sql

SIDES: Final = ("before", "after")


def hide(connection: Connection, results: Sequence[ReadResult]) -> None:
    """Take the hashes of such contents out of the table `new_ledger`."""
    files = [path for result in results for path in result.files("hidden")]
    if not files:
        return
    for side in SIDES:
        connection.execute(
            f"UPDATE new_ledger SET {side} = NULL WHERE {side} IN "
            f"(SELECT hash FROM {parquet_sql(files)})"
        )
