"""Which stored file is damaged, asked for once something failed."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from curate.store.checksums import sha256_of


class Named(NamedTuple):
    """What the catalog says of a file."""

    path: str
    bytes: int
    sha256: str | None


def damage_among(folder: Path, files: Iterable[Named]) -> str | None:
    """Say which file of a store is damaged, and how; None where none is.

    What costs little is looked at first, in all files: is it there, and of its size? Only then are
    files read to their end.
    """
    named = list(files)
    for check in (_outside, _inside):
        for file in named:
            wrong = check(folder / file.path, file)
            if wrong is not None:
                return f"{file.path} {wrong}"
    return None


def _outside(path: Path, file: Named) -> str | None:
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if size != file.bytes:
        return f"is damaged: it has {size:,} bytes instead of {file.bytes:,}"
    return None


def _inside(path: Path, file: Named) -> str | None:
    import pyarrow.parquet as pq  # here, as most commands meet no damage

    try:
        if file.sha256 is not None and sha256_of(path) != file.sha256:
            return "is damaged: its bytes are not those that were written"
        pq.read_metadata(path)
    except (OSError, pa.ArrowException) as error:
        return f"cannot be read: {str(error).splitlines()[0]}"
    return None
