"""Errors of the disk, in the user's words."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from curate.errors import StoreError
from curate.store.catalog import first_line, raise_damage

FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FULL_WORDS: Final = ("No space left", "quota exceeded", "File too large")
"""What libraries that hide the number of the error say."""


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turn a full, read-only or failing disk, or a damaged store, into a `StoreError`."""
    try:
        yield
    except (OSError, duckdb.Error, pa.ArrowException) as error:
        if not _is_full(error):
            raise_damage(folder, error)
        if not _is_of_disk(error):
            raise
        raise _explained(folder, error) from error


def _is_full(error: BaseException) -> bool:
    if getattr(error, "errno", None) in FULL:
        return True
    return any(words in str(error) for words in FULL_WORDS)


def _is_of_disk(error: BaseException) -> bool:
    """Whether the disk or the memory failed.

    A commit that finds the disk full, and a query that finds a file damaged, say so in words only.
    """
    if isinstance(error, OSError | duckdb.IOException | duckdb.OutOfMemoryException):
        return True
    words: tuple[str, ...] = FULL_WORDS
    if isinstance(error, duckdb.InvalidInputException):
        words = (*words, ".parquet")
    return any(word in str(error) for word in words)


def _explained(folder: Path, error: BaseException) -> StoreError:
    text = str(error)
    number = getattr(error, "errno", None)
    where = f"store {folder}"
    if _is_full(error):
        return StoreError(
            where,
            "no space is left on its disk",
            "Free some, or give --store a folder on another disk. Nothing was committed.",
        )
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreError(where, f"cannot be written: {text}", "Check the rights of the folder.")
    if isinstance(error, duckdb.OutOfMemoryException) or "Out of Memory" in text:
        found = f"the memory is full: {first_line(error)}"
        return StoreError(where, found, "Free some. Nothing was committed.")
    return StoreError(where, f"the disk failed: {first_line(error)}", "Nothing was committed.")
