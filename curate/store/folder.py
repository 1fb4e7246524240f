"""Where a store can be: DuckDB must take its path for no more than a path."""

from pathlib import Path
from typing import Final

from curate.errors import RefusedError, StoreError, UsageError

UNREACHABLE: Final = "?,\\\0"
"""Marks with a meaning of their own where DuckDB is given a path."""

LEFT: Final = ("lock", "build.lock", "cache")
"""What a store may have before its first commit, or may lose at any time."""


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


def check_vacant(folder: Path) -> None:
    """Raise where a new store at `folder` would mix with what is no store's.

    A build removes files that the catalog does not name, so that a store must be alone in its
    folder; and the segments of a store whose catalog was lost are to be kept.
    """
    if folder.exists() and not folder.is_dir():
        raise StoreError(f"store {folder}", "is a file", "Name a folder by --store.")
    if not folder.is_dir():
        return
    names = sorted(path.name for path in folder.iterdir())
    others = [name for name in names if not name.startswith((".", "catalog.")) and name not in LEFT]
    if others:
        more = f" and {len(others) - 3} more" if len(others) > 3 else ""
        raise RefusedError(
            f"store {folder}",
            f"it has no catalog.duckdb, and holds {', '.join(others[:3])}{more}",
            "Name a new or empty folder by --store; where this was a store, restore its catalog.",
        )


def _is_no_text(mark: str) -> bool:
    """Whether it stands for a byte of a name that is not UTF-8."""
    return "\ud800" <= mark <= "\udfff"
