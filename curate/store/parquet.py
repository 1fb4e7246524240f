"""Parquet files as a table of a SQL statement, by exactly their names, and as they lie."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa

from curate.store.catalog import quoted

ROWS: Final = ("filename => true", "file_row_number => true")
"""Options that tell of each row in which file it stands, and where (from 0)."""

_WILDCARD: Final = re.compile(r"[\[*?]")


def parquet_sql(paths: Iterable[str | Path], *options: str) -> str:
    """The files as a SQL table; `options` are further ones of `read_parquet`.

    A folder called `a[1]` is no pattern, and one called `split=eval` adds no column.

    >>> parquet_sql(["a[1]/it's.parquet"], "filename => true")
    "read_parquet(['a[[]1]/it''s.parquet'], hive_partitioning => false, filename => true)"
    """
    listed = ", ".join(quoted(literal_pattern(str(path))) for path in paths)
    return f"read_parquet([{listed}], {', '.join(['hive_partitioning => false', *options])})"


def literal_pattern(path: str) -> str:
    """The pattern that matches this path and no other.

    >>> literal_pattern("a[1]*")
    'a[[]1][*]'
    """
    return _WILDCARD.sub(r"[\g<0>]", path)


def read_columns(path: Path, columns: Sequence[str], repeating: Sequence[str] = ()) -> pa.Table:
    """Read columns of one file; of those that are `repeating` each value is kept once."""
    # Here, as what only asks by SQL needs none of it. Its `read_table` would import far more.
    from pyarrow.parquet import ParquetFile

    with ParquetFile(path, read_dictionary=list(repeating)) as file:
        return file.read(list(columns))
