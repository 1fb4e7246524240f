"""The folder in which builds keep what they need not do twice, and what of it stays.

What it holds rests on files of the store (contents and signals that are stored leave the cache):
where one of them is gone, all of it is thrown away.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from curate.build.arrow_file import ARROW, read_arrow, write_arrow
from curate.store import Store
from curate.store.catalog import synced
from curate.store.delta import StoredFile

LAYOUT: Final = 6
"""Raised whenever the cache is laid out otherwise, so that no older one is read."""

KEPT_BUILDS: Final = 4
"""What none of so many builds in a row has used is dropped, whether they ended well or not."""

GROUPS: Final = ("read", "steps", "facts", "expanded")
RESTS_ON: Final = ("segment", "signals", "texts", "judged")
USES: Final = "uses.json"
HALF: Final = ".tmp"


class Cache:
    """The cache of one store, used by one build: the caller holds the right to build."""

    def __init__(self, store: Store, counts: bool = True) -> None:
        """Begin a build: drop what is half-done, unused, or rests on what is gone.

        One that does not count makes nothing else look older.
        """
        self.folder = store.folder / "cache"
        self.work = self.folder / "work"
        self._store = store
        self._files = _rests_on(store)
        state = _load(self.folder / USES)
        if state is None or not set(state["rests_on"]) <= {file.path for file in self._files}:
            state = {"build": 0, "uses": {}}
        self._is_new = state["build"] == 0
        self._build: int = max(1, state["build"] + counts)
        self._uses: dict[str, int] = state["uses"]
        self._sweep()
        self.work.mkdir(parents=True)
        self.save()

    def group(self, name: str) -> Path:
        """The folder of one of `GROUPS`; it need not exist."""
        return self.folder / name

    def use(self, folder: Path) -> None:
        """Keep a folder of a group for some builds more."""
        self._uses[folder.relative_to(self.folder).as_posix()] = self._build

    def used(self, folder: Path) -> bool:
        """Whether this build uses a folder of a group."""
        return self._uses.get(folder.relative_to(self.folder).as_posix()) == self._build

    def save(self) -> None:
        """Write down what was used."""
        text = orjson.dumps(
            {
                "layout": LAYOUT,
                "build": self._build,
                "uses": self._uses,
                "rests_on": [file.path for file in self._files],
            }
        )
        half = self.folder / f"{USES}{HALF}"
        half.write_bytes(text)
        synced(half)
        half.rename(self.folder / USES)

    def stored(self, kind: str) -> list[Path]:
        """The files of a kind (one of `RESTS_ON`) that the store has."""
        return [self._store.folder / file.path for file in self._files if file.kind == kind]

    def rest_on_commit(self) -> None:
        """Rely on what the store holds now: contents and signals may leave the cache."""
        self._files = _rests_on(self._store)
        self.save()

    def close(self) -> None:
        """End a build, well or not."""
        shutil.rmtree(self.work, ignore_errors=True)
        if self.folder.is_dir():
            self.save()

    def clear(self) -> None:
        """Throw everything away."""
        self._uses = {}
        for group in (*GROUPS, self.work.name):
            shutil.rmtree(self.folder / group, ignore_errors=True)
        self.work.mkdir(parents=True, exist_ok=True)

    def _sweep(self) -> None:
        if not self.folder.is_dir():
            return
        for path in self.folder.iterdir():
            if path.name not in GROUPS:
                remove(path)
        for half in [*self.folder.glob(f"*/*{HALF}"), *self.folder.glob(f"*/*/*{HALF}")]:
            remove(half)
        last = self._build - KEPT_BUILDS
        for group in GROUPS:
            for folder in (self.folder / group).glob("*"):
                # A killed build could not write down what it made.
                name = f"{group}/{folder.name}"
                made = self._uses.setdefault(name, self._build - 1)
                if made < last or self._is_new:
                    remove(folder)
        self._uses = {n: at for n, at in self._uses.items() if (self.folder / n).is_dir()}


def damaged(cache: Path) -> list[Path]:
    """The files of a cache that cannot be read to their end."""
    found = []
    for path in sorted([*cache.rglob("*.parquet"), *cache.rglob(f"*{ARROW}")]):
        try:
            if path.suffix == ARROW:
                read_arrow(path).validate(full=True)
                continue
            with pq.ParquetFile(path) as file:
                for _ in file.iter_batches():
                    pass
        except (pa.ArrowException, OSError):
            found.append(path)
    return found


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A folder to fill, which appears under its name when all of it is on the disk."""
    half = folder.with_name(folder.name + HALF)
    remove(half)
    half.mkdir(parents=True)
    yield half
    for path in half.rglob("*"):
        synced(path)
    synced(half)
    remove(folder)
    half.rename(folder)
    synced(folder.parent)


def write_whole(path: Path, table: pa.Table) -> None:
    """Write a file that appears under its name when it is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(path.name + HALF)
    _write_as(path.suffix, half, table)
    synced(half)
    half.rename(path)


def write_fast(path: Path, table: pa.Table) -> None:
    """Write a file of the cache, Parquet or `ARROW`: speed counts more than size."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_as(path.suffix, path, table)


def _write_as(suffix: str, path: Path, table: pa.Table) -> None:
    if suffix == ARROW:
        write_arrow(path, table)
        return
    pq.write_table(
        table,
        path,
        compression="none",
        use_dictionary=["source", "file", "field"],
        write_statistics=False,
    )


def remove(path: Path) -> None:
    """Delete a file or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _rests_on(store: Store) -> list[StoredFile]:
    return [file for file in store.files() if file.kind in RESTS_ON]


def _load(path: Path) -> dict[str, Any] | None:
    try:
        state = orjson.loads(path.read_bytes())
        right = (
            state["layout"] == LAYOUT
            and isinstance(state["build"], int)
            and all(isinstance(at, int) for at in state["uses"].values())
            and all(isinstance(name, str) for name in state["rests_on"])
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return state if right else None


def folders(group: Path) -> list[Path]:
    """The whole folders of a group, in order of their names."""
    if not group.is_dir():
        return []
    with os.scandir(group) as entries:
        names = [entry.name for entry in entries if entry.is_dir()]
    return [group / name for name in sorted(names) if not name.endswith(HALF)]
