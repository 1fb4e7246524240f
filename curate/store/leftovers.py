"""Files of a store that its catalog does not name: left by a killed command, or kept for readers.

Files that gc replaced stay for a while, since readers in other processes may have looked them up
just before; the catalog lists them in `base.dropped`.
"""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from curate.store.catalog import reading, utc_now

KINDS: Final = ("segments", "members", "ledger", "quarantine", "signals", "texts", "judged")
"""The folders whose files the catalog names."""

GRACE: Final = timedelta(minutes=15)
"""How long a file that gc replaced stays for readers that looked it up before."""


class Leftover(NamedTuple):
    """A file that no catalog names."""

    path: Path
    bytes: int
    dropped: datetime | None
    """When gc replaced it; None where a killed command left it."""

    def is_due(self, grace: timedelta = GRACE) -> bool:
        """Whether nobody can still be about to read it."""
        return self.dropped is None or utc_now() - self.dropped >= grace


def leftovers(folder: Path) -> list[Leftover]:
    """All files of the store that the catalog does not name, by path.

    Files that a build or commit is writing at this moment are among them: only who holds the right
    to build may delete any.
    """
    with reading(folder) as connection:
        named = {path for (path,) in connection.execute(_NAMED).fetchall()}
        dropped = dict(connection.execute(_DROPPED).fetchall())
    found = []
    for path in sorted(_stored(folder)):
        name = path.relative_to(folder).as_posix()
        if name not in named:
            found.append(Leftover(path, path.stat().st_size, dropped.get(name)))
    return found


_NAMED: Final = "SELECT path FROM cat.base.files"
_DROPPED: Final = "SELECT path, dropped FROM cat.base.dropped"


def _stored(folder: Path) -> Iterator[Path]:
    for kind in KINDS:
        if (folder / kind).is_dir():
            yield from (path for path in (folder / kind).rglob("*") if path.is_file())


def sweep(folder: Path, grace: timedelta = GRACE) -> list[Leftover]:
    """Delete the leftovers that are due, and their empty folders; return them.

    The caller holds the right to build, so nobody else is writing such files.
    """
    due = [left for left in leftovers(folder) if left.is_due(grace)]
    for left in due:
        left.path.unlink(missing_ok=True)
    for parent in {left.path.parent for left in due}:
        if parent.parent != folder and not any(parent.iterdir()):
            parent.rmdir()
    return due


def drop_kept(folder: Path, cache: bool = True) -> None:
    """Delete what a store can do without: kept streams, and what builds keep."""
    for name in ("cache", "streams") if cache else ("streams",):
        for last in (False, False, True):
            # A reader that keeps a stream may put a file there meanwhile.
            if (folder / name).is_dir():
                shutil.rmtree(folder / name, ignore_errors=not last)
