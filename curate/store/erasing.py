"""An erasure that was killed is ended by the next command, whichever it is.

A mark stands in the store from before an erasure's commit until everything old is deleted. Until
the commit the new files are left over and are deleted: the erasure is undone. After it the old
ones are: it is finished.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from curate.errors import StoreError
from curate.store.catalog import synced
from curate.store.leftovers import drop_kept, sweep
from curate.store.lock import COMMIT_WAIT_SECONDS, held

MARK: Final = "erasing"
"""The file that stands in the store while contents are being erased."""

AT_ONCE: Final = timedelta(0)


@contextmanager
def erasing(folder: Path) -> Iterator[None]:
    """Mark an erasure; at its end, or where it fails, delete all that no catalog names.

    The caller holds the right to build.
    """
    mark = folder / MARK
    mark.touch()
    synced(mark)
    synced(folder)
    try:
        yield
    finally:
        _clear(folder)


def finish_erasure(folder: Path) -> None:
    """End an erasure that was killed, unless it still runs or the store cannot be written."""
    if not (folder / MARK).exists():
        return
    with suppress(StoreError, OSError), held(folder / "build.lock", wait=0):
        if (folder / MARK).exists():
            with held(folder / "lock", wait=COMMIT_WAIT_SECONDS):
                for left in folder.glob("catalog.*.tmp*"):
                    left.unlink(missing_ok=True)
            _clear(folder)


def _clear(folder: Path) -> None:
    """Delete what no catalog names, also what readers may still have looked up, and all caches."""
    sweep(folder, AT_ONCE)
    drop_kept(folder)
    synced(folder)
    (folder / MARK).unlink(missing_ok=True)
