"""Errors of the disk, in the user's words."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from curate.errors import StoreError

FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FULL_WORDS: Final = ("No space left", "quota exceeded", "File too large")
"""What libraries that hide the number of the error say."""


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turn a full, read-only or failing disk under `folder` into a `StoreError`."""
    try:
        yield
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException, pa.ArrowException) as error:
        if isinstance(error, pa.ArrowException) and not isinstance(error, OSError):
            raise
        raise _explained(folder, error) from error


def _explained(folder: Path, error: BaseException) -> StoreError:
    text = str(error)
    number = getattr(error, "errno", None)
    where = f"store {folder}"
    if number in FULL or any(words in text for words in FULL_WORDS):
        return StoreError(
            where,
            "no space is left on its disk",
            "Free some, or give --store a folder on another disk. Nothing was committed.",
        )
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreError(where, f"cannot be written: {text}", "Check the rights of the folder.")
    return StoreError(where, f"the disk failed: {text}", "Nothing was committed.")
