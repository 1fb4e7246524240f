"""Kept streams: the records of a version as Arrow, written once and then read where they lie.

    streams/KEY/data.arrow     an Arrow IPC stream, memory-mapped by its readers, then a footer
    streams/KEY/splits.json    the splits of a snapshot and their sizes

KEY follows from what the file holds. Nothing depends on these files: where one is missing or not
whole, it is made again; where none can be written, the records are read from the segments.
"""

import hashlib
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import orjson
import pyarrow as pa

from curate.errors import StoreError
from curate.store.catalog import reading, synced
from curate.store.lock import COMMIT_WAIT_SECONDS, held

if TYPE_CHECKING:
    from curate.store.version import Version

FOLDER: Final = "streams"
LAYOUT: Final = 1
"""The number of what a stream holds; files of another one are not looked at."""

FOOTER: Final = struct.Struct("<8s32sQQ")
"""What ends a file: a mark, its key, the bytes before the footer, the number of records."""
MARK: Final = b"CURATE-S"

WAIT_SECONDS: Final = 600.0
"""How long a reader waits for another that writes the same stream, before it goes without."""

Made = Callable[[], Iterable[pa.RecordBatch]]


class Footer(NamedTuple):
    """What the end of a stream says of it."""

    mark: bytes
    key: bytes
    bytes: int
    records: int


def stream_key(version: "Version", what: str) -> bytes:
    """The 32 bytes that name a stream: of snapshot, split, and what of the records it holds.

    Where a record was read is no part of a snapshot, so that whole records are also known by the
    version.
    """
    said = [LAYOUT, what, version.snapshot, version.split]
    if what not in ("trl", "splits"):
        said += [version.dataset, version.number]
    return hashlib.sha256(b"curate.stream.1" + orjson.dumps(said)).digest()


def stream_path(folder: Path, key: bytes) -> Path:
    """Where the stream of a key is, if it is kept."""
    return folder / FOLDER / key.hex()[:32] / "data.arrow"


def footer_of(path: Path) -> Footer | None:
    """The footer of a stream; None where the file is missing, cut off or of another kind."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            if size < FOOTER.size:
                return None
            file.seek(size - FOOTER.size)
            footer = Footer(*FOOTER.unpack(file.read(FOOTER.size)))
    except OSError:
        return None
    return footer if footer.mark == MARK and footer.bytes == size - FOOTER.size else None


def is_kept(path: Path, key: bytes) -> bool:
    """Whether the whole stream of a key is there."""
    footer = footer_of(path)
    return footer is not None and footer.key == key


def keep_stream(version: "Version", what: str, made: Made) -> Path | None:
    """The stream of a version, written from what `made` gives where it is not kept yet.

    A reader that writes takes turns with those that want the same. None where it cannot be
    written, where there are no records, or where records were erased meanwhile.
    """
    key = stream_key(version, what)
    path = stream_path(version.folder, key)
    if is_kept(path, key):
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with held(path.with_name("lock"), WAIT_SECONDS):
            if is_kept(path, key) or _write(version, path, key, made):
                return path
    except (OSError, StoreError):
        return None
    return None


def _write(version: "Version", path: Path, key: bytes, made: Made) -> bool:
    """Write a stream beside its place and put it there; say whether it is there."""
    half = path.with_name("data.partial")
    try:
        if not _write_records(half, key, made()):
            return False
        synced(half)
        # Under the lock of commits: an erasure that comes later finds the file and deletes it.
        with held(version.folder / "lock", COMMIT_WAIT_SECONDS):
            if not _is_current(version):
                return False
            half.rename(path)
            synced(path.parent)
        return True
    finally:
        half.unlink(missing_ok=True)


def _write_records(half: Path, key: bytes, batches: Iterable[pa.RecordBatch]) -> int:
    """Write batches and the footer; return the number of records."""
    records, writer = 0, None
    with pa.OSFile(str(half), "wb") as file:
        for batch in batches:
            writer = writer or pa.ipc.new_stream(file, batch.schema)
            writer.write_batch(batch)
            records += len(batch)
        if writer is not None:
            writer.close()
        file.write(FOOTER.pack(MARK, key, file.tell(), records))
    return records


def _is_current(version: "Version") -> bool:
    """Whether the catalog still names all segments that the version was read from."""
    with reading(version.folder) as connection:
        rows = connection.execute("SELECT path FROM cat.base.files WHERE kind = 'segment'")
        return {segment.path for segment in version.segments} <= {
            path for (path,) in rows.fetchall()
        }


def stream_batches(path: Path, size: int) -> Iterator[pa.RecordBatch]:
    """The records of a stream in batches of `size` at most, memory-mapped."""
    with pa.memory_map(str(path)) as mapped, pa.ipc.open_stream(mapped) as reader:
        for batch in reader:
            for start in range(0, len(batch), size):
                yield batch.slice(start, size)


def splits_of(version: "Version", keep: bool) -> list[str]:
    """The splits of a version; what is known of a snapshot is kept."""
    path = stream_path(version.folder, stream_key(version, "splits")).with_name("splits.json")
    with suppress(OSError, orjson.JSONDecodeError):
        return list(orjson.loads(path.read_bytes()))
    found = version.splits()
    if keep:
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            half = path.with_name("splits.partial")
            half.write_bytes(orjson.dumps(found))
            half.rename(path)
    return list(found)
