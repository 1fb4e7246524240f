"""`curate backup` and `restore`: a copy of a store, taken while builds go on."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

import orjson

from curate.errors import NotFoundError, RefusedError, StoreError
from curate.progress import Progress, Silent
from curate.store import Store
from curate.store.catalog import catalog_path, synced, utc_now
from curate.store.checksums import sha256_of
from curate.store.delta import StoredFile
from curate.store.disk import disk_errors
from curate.store.erasing import AT_ONCE, MARK
from curate.store.folder import check_vacant, reachable
from curate.store.leftovers import sweep
from curate.store.lock import COMMIT_WAIT_SECONDS, held

NOTE: Final = "backup.json"
"""What says that a folder is a backup, and of which store."""

TRIES: Final = 5
"""How often a backup begins again when files go while it copies: by gc, or an erasure."""


class Copied(NamedTuple):
    """What a backup or restore did."""

    versions: int
    files: int
    """Files of the copy."""
    copied: int
    """Files that were not there before."""
    bytes: int
    """Bytes of these."""
    removed: int
    """Files of an earlier backup that the store has no more."""


def backup(
    store: Store, folder: Path, link: bool = True, progress: Progress | None = None
) -> Copied:
    """Make `folder` a copy of a store, or bring an earlier backup of it up to date.

    Files never change under their name, so that only new ones are copied: hard-linked where the
    disk is the same (without `link` they are copied there too). The catalog, which says
    what there is, comes last; the lock of commits is held only while it is copied. Builds, and
    commands that read, go on. A backup that is killed is as it was, and the next one goes on with
    it. What was erased from the store since leaves the backup too.

    A backup is itself a store that can be read. Raises `RefusedError` where `folder` holds
    anything else, or is a backup of another store.
    """
    progress = progress or Silent()
    target = reachable(folder)
    _check_target(store, target)
    with disk_errors(target):
        target.mkdir(parents=True, exist_ok=True)
        with held(target / "build.lock", COMMIT_WAIT_SECONDS, progress.note):
            _note(target, store)
            for last in range(TRIES):
                with suppress(FileNotFoundError):
                    return _copied(store, target, progress, by_link=link)
                progress.note(f"files went while they were copied; begins again ({last + 1})")
    raise StoreError(
        f"backup {target}", "files of the store went while they were copied", "Try it again."
    )


def restore(folder: Path, store: Path, progress: Progress | None = None) -> Copied:
    """Make a new store of a backup, every file compared with its SHA-256 on the way.

    Files are copied, never linked, so that the backup shares nothing with the store. Raises
    `RefusedError` where there is a store, or anything else, at `store`; `StoreError` where the
    backup is damaged, and nothing is then left at `store`.
    """
    progress = progress or Silent()
    source, target = reachable(folder), reachable(store)
    if not (source / NOTE).is_file() or not catalog_path(source).is_file():
        raise NotFoundError(
            f"backup {folder}", "there is none", "Name the folder that `curate backup` made."
        )
    if catalog_path(target).exists():
        raise RefusedError(f"store {store}", "exists", "Name a new folder by --store.")
    check_vacant(target)
    existed = target.exists()
    with disk_errors(target):
        try:
            target.mkdir(parents=True, exist_ok=True)
            return _copied(Store(source), target, progress, by_link=False)
        except BaseException:
            _emptied(target, existed)
            raise


def _check_target(store: Store, target: Path) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise RefusedError(f"backup {target}", "is a file", "Name a new or empty folder.")
    if store.folder.resolve() == target.resolve():
        raise RefusedError(f"backup {target}", "is the store itself", "Name another folder.")
    if (target / NOTE).is_file():
        of = orjson.loads((target / NOTE).read_bytes()).get("store")
        if of != str(store.folder.resolve()):
            raise RefusedError(
                f"backup {target}", f"is of another store, {of}", "Name another folder."
            )
        return
    if any(target.iterdir()):
        raise RefusedError(
            f"backup {target}", "holds something else", "Name a new or empty folder."
        )


def _note(target: Path, store: Store) -> None:
    said = {"store": str(store.folder.resolve()), "begun": utc_now().isoformat()}
    half = target / f".{NOTE}.tmp"
    half.write_bytes(orjson.dumps(said, option=orjson.OPT_INDENT_2))
    synced(half)
    half.rename(target / NOTE)


def _copied(store: Store, target: Path, progress: Progress, by_link: bool) -> Copied:
    """Copy what a store has now; the files before the catalog that names them."""
    with _catalog_of(store, target) as fresh:
        files = fresh.files
        progress.stage("copy", len(files))
        copied = size = 0
        for file in files:
            if _is_there(target / file.path, file):
                progress.advance(1)
                continue
            _copy(store.folder / file.path, target / file.path, file, by_link)
            copied, size = copied + 1, size + file.bytes
            progress.advance(1)
        for parent in {(target / file.path).parent for file in files}:
            synced(parent)
        fresh.path.rename(catalog_path(target))
        synced(target)
    removed = len(sweep(target, AT_ONCE))
    versions = len(Store(target).versions())
    return Copied(versions, len(files), copied, size, removed)


class _Catalog(NamedTuple):
    """A copy of a catalog that has not got its name yet."""

    path: Path
    files: Sequence[StoredFile]


@contextmanager
def _catalog_of(store: Store, target: Path) -> Iterator[_Catalog]:
    """Copy the catalog of a store; the lock is held for the copying alone."""
    half = target / ".catalog"
    half.mkdir(exist_ok=True)
    path = catalog_path(half)
    try:
        if (store.folder / NOTE).is_file() or not os.access(store.folder, os.W_OK):
            shutil.copyfile(catalog_path(store.folder), path)  # nobody commits to a backup
        else:
            with held(store.folder / "lock", COMMIT_WAIT_SECONDS):
                if (store.folder / MARK).exists():
                    raise StoreError(
                        f"store {store.folder}", "contents are being erased", "Try it again."
                    )
                shutil.copyfile(catalog_path(store.folder), path)
        synced(path)
        yield _Catalog(path, Store(half).files())
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _is_there(path: Path, file: StoredFile) -> bool:
    """Whether an earlier backup has the file whole; files come to their names whole."""
    return path.is_file() and path.stat().st_size == file.bytes


def _copy(source: Path, target: Path, file: StoredFile, by_link: bool) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f".{target.name}.tmp")
    half.unlink(missing_ok=True)
    try:
        _link_or_copy(source, half, by_link)
        if file.sha256 is not None and sha256_of(half) != file.sha256:
            raise StoreError(
                f"file {source}",
                "is damaged: its bytes are not those that were written",
                "`curate verify` says what it hits. The copy was not made.",
            )
        synced(half)
        half.rename(target)
    finally:
        half.unlink(missing_ok=True)


def _link_or_copy(source: Path, half: Path, by_link: bool) -> None:
    if by_link:
        try:
            os.link(source, half)
        except FileNotFoundError:
            raise
        except OSError:
            pass  # another disk, or one without links
        else:
            return
    shutil.copyfile(source, half)


def _emptied(target: Path, existed: bool) -> None:
    for path in target.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    if not existed:
        with suppress(OSError):
            target.rmdir()
