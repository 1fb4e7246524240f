"""The files of a store, one by one, against what the catalog says of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from curate.progress import Progress
from curate.store.checksums import sha256_of
from curate.store.delta import StoredFile
from curate.upkeep.findings import Finding, Kind

PARQUET_ERRORS = (OSError, pa.ArrowException)


class Checked(NamedTuple):
    """A file of the store, and what is wrong with it, if anything."""

    file: StoredFile
    kind: Kind | None = None
    what: str = ""
    is_readable: bool = True
    """Whether its rows can be asked for; a flipped byte may still be met on the way."""

    def finding(self, hit: Sequence[tuple[str, int]] = ()) -> Finding:
        """Say it, with the versions that it hits and the members of each."""
        assert self.kind is not None
        return Finding(
            self.kind,
            self.file.path,
            self.what,
            tuple(ref for ref, _ in hit),
            max((number for _, number in hit), default=0),
        )


def check_file(folder: Path, file: StoredFile) -> Checked:
    """Compare size, SHA-256, footer and number of rows with the catalog."""
    path = folder / file.path
    try:
        size = path.stat().st_size
        if size != file.bytes:
            found = f"has {size:,} bytes instead of {file.bytes:,}"
            return Checked(file, "size", found, _rows(path) == file.records)
        if file.sha256 is not None and sha256_of(path) != file.sha256:
            found = "its bytes are not those that were written (SHA-256)"
            return Checked(file, "checksum", found, _rows(path) == file.records)
        rows = _rows(path)
    except FileNotFoundError:
        return Checked(file, "missing", "there is no such file", is_readable=False)
    except OSError as error:
        return Checked(file, "unreadable", f"cannot be read: {error.strerror}", is_readable=False)
    if rows is None:
        return Checked(file, "unreadable", "is no Parquet file", is_readable=False)
    if rows != file.records:
        return Checked(file, "rows", f"has {rows:,} rows instead of {file.records:,}")
    return Checked(file)


def _rows(path: Path) -> int | None:
    """The number of rows that the footer tells, or None where it cannot be read."""
    try:
        return int(pq.read_metadata(path).num_rows)
    except PARQUET_ERRORS:
        return None


def check_files(folder: Path, files: Sequence[StoredFile], progress: Progress) -> list[Checked]:
    """Check the given files of a store."""
    progress.stage("files", len(files))
    checked = []
    for file in files:
        checked.append(check_file(folder, file))
        progress.advance(1)
    return checked
