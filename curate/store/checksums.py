"""Checksums of stored files, by which a flipped byte is found without decoding anything."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from curate.store.catalog import Connection


def sha256_of(path: Path) -> str:
    """SHA-256 of a whole file, as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def add_checksums(connection: "Connection", folder: Path) -> None:
    """Fill in the checksum of every file of the open catalog that has none yet."""
    rows = connection.execute(
        "SELECT path FROM cat.base.files WHERE sha256 IS NULL ORDER BY path"
    ).fetchall()
    if rows:
        connection.executemany(
            "UPDATE cat.base.files SET sha256 = ? WHERE path = ?",
            [[sha256_of(folder / path), path] for (path,) in rows],
        )
