"""Where a store can be: DuckDB must take its path for no more than a path."""

from pathlib import Path
from typing import Final

from curate.errors import UsageError

UNREACHABLE: Final = "?,\\\0"
"""Marks with a meaning of their own where DuckDB is given a path."""


def reachable(path: str | Path) -> Path:
    """The absolute path of a store's folder. Raises `UsageError` where DuckDB cannot use it."""
    folder = Path(path).absolute()
    odd = sorted({mark for mark in str(folder) if mark in UNREACHABLE or _is_no_text(mark)})
    if odd:
        raise UsageError(
            f"store {str(folder)!r}",
            f"its path holds {' and '.join(map(repr, odd))}, which DuckDB does not take in a path",
            "Name another folder by --store.",
        )
    return folder


def _is_no_text(mark: str) -> bool:
    """Whether it stands for a byte of a name that is not UTF-8."""
    return "\ud800" <= mark <= "\udfff"
