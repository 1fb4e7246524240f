"""Stops work on a store at chosen points; run as a script by `test_killed_at`.

    python -m tests.store.injected WORK POINTS ACTION FAULT

WORK holds `pristine`, a folder that is copied afresh for each point. The points of an action are
its changes to the disk: files opened for writing, renamed, removed or synced, tables and Parquet
files written. At the chosen one the fault comes. With `kill` the process kills itself: before the
change, or after it with the file that was being written cut in half. With `full` the disk is full,
for this change and all after it. One line of JSON is printed for each point.

Every trial is a fork of this process, which has imported all and started no thread.
"""

import errno
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

import curate.build
import curate.history
from curate.errors import StoreError
from curate.recipe import load_recipe
from curate.store import Store
from curate.store.snapshot import snapshot_id

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
EVENTS = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "shutil.copyfile")
GROWING = ("os.mkdir", "shutil.copyfile")
STATEMENTS = ("COPY", "CHECKPOINT", "INSERT", "DETACH", "CREATE OR REPLACE VIEW", "DELETE")


class Points:
    """Counts the changes to the disk and ends the process at the chosen one."""

    def __init__(self, chosen: int | None, fault: str, under: Path) -> None:
        self.chosen, self.fault, self.under, self.count = chosen, fault, str(under), 0

    def before(self, grows: bool = True) -> None:
        """A change is about to happen; `grows` says that it needs room."""
        self.count += 1
        if self.chosen is None or self.count < self.chosen:
            return
        if self.fault == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if grows:
            raise OSError(errno.ENOSPC, "No space left on device")

    def after(self, path: Path | None) -> None:
        """A file was written, and not yet synced: the disk may hold only half of it."""
        self.count += 1
        if self.count == self.chosen and self.fault == "kill":
            if path is not None and path.is_file():
                os.truncate(path, path.stat().st_size // 2)
            os.kill(os.getpid(), signal.SIGKILL)

    def heard(self, event: str, facts: tuple[Any, ...]) -> None:
        """An event of the interpreter."""
        if event == "open":
            path, _, flags = facts
            if isinstance(path, str) and path.startswith(self.under) and flags & WRITING:
                self.before()
        elif event in EVENTS and str(facts[0]).startswith(self.under):
            self.before(grows=event in GROWING)


class Watched:
    """A connection whose statements are points."""

    def __init__(self, connection: Any, points: Points) -> None:
        self._connection, self._points = connection, points

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def __enter__(self) -> "Watched":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def execute(self, statement: str, *values: Any) -> Any:
        """Run a statement, which is a point before and after."""
        counts = statement.lstrip().upper().startswith(STATEMENTS)
        if counts:
            self._points.before()
        result = self._connection.execute(statement, *values)
        if counts:
            self._points.after(_target(statement))
        return result


def _target(statement: str) -> Path | None:
    _, copies, rest = statement.rpartition(" TO '")
    return Path(rest.partition("'")[0]) if copies else None


def watch(points: Points) -> None:
    """Make every change of this process a point."""
    connect, write_table, fsync = duckdb.connect, pq.write_table, os.fsync
    write = pq.ParquetWriter.write_table

    def watched_write_table(table: Any, where: Any, *rest: Any, **named: Any) -> None:
        points.before()
        write_table(table, where, *rest, **named)
        points.after(Path(where))

    def watched_write(self: Any, *rest: Any, **named: Any) -> None:
        write(self, *rest, **named)
        points.after(None)

    def watched_fsync(descriptor: int) -> None:
        points.before()
        fsync(descriptor)

    changed = (
        (duckdb, "connect", lambda *rest, **named: Watched(connect(*rest, **named), points)),
        (pq, "write_table", watched_write_table),
        (pq.ParquetWriter, "write_table", watched_write),
        (os, "fsync", watched_fsync),
    )
    for where, name, function in changed:
        setattr(where, name, function)
    sys.addaudithook(points.heard)


def assert_whole(store: Store) -> int:
    """Read all that is committed; return the number of versions."""
    versions = store.versions()
    for version in versions:
        members = version.members()
        assert snapshot_id(members) == version.snapshot
        assert sum(len(batch) for batch in version.batches()) == len(members) == version.records
        version.ledger()
    return len(versions)


def build(work: Path) -> None:
    """Build the recipe that stands beside the store."""
    recipe = load_recipe(work / "recipe.yaml")
    curate.build.build(recipe, Store.open(work / "store"), curate.build.Options(batch_size=25))


ACTIONS: dict[str, Callable[[Path], None]] = {
    "build": build,
    "tag": lambda work: _tag(Store.open(work / "store")),
}


def _tag(store: Store) -> None:
    store.tag("golden", store.versions()[0].ref, move=True)


def forked(action: Callable[[], Any]) -> tuple[int, str]:
    """Run in a fork; return the signal or status that ended it, and what it returned as text."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reader)
            os.write(writer, str(action()).encode()[:60_000])
            status = 0
        except BaseException as error:
            os.write(writer, repr(error).encode()[:60_000])
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        text = stream.read().decode()
    _, ended = os.waitpid(child, 0)
    return ended, text


def trial(work: Path, action: str, fault: str, chosen: int | None) -> dict[str, Any]:
    """Copy the pristine folder, act up to a point, and look at what is left."""
    here = work / "trial"
    shutil.rmtree(here, ignore_errors=True)
    shutil.copytree(work / "pristine", here)

    def act() -> str:
        points = Points(chosen, fault, here)
        watch(points)
        try:
            ACTIONS[action](here)
        except StoreError as error:
            return f"StoreError: {error}"
        return str(points.count)

    ended, counted = forked(act)
    looked, seen = forked(lambda: _looked_at(here, action))
    return {
        "point": chosen,
        "killed": ended == signal.SIGKILL,
        "said": counted,
        "whole": looked == 0,
        "seen": json.loads(seen) if looked == 0 else seen,
    }


def _looked_at(here: Path, action: str) -> str:
    """The versions that are there, and after another run the snapshots and files without a name."""
    store = Store.open(here / "store")
    versions = assert_whole(store)
    ACTIONS[action](here)
    assert_whole(store)
    named = {store.folder / file.path for file in store.files()}
    kinds = ("segments", "members", "ledger", "quarantine", "signals", "texts", "judged")
    stray = [
        str(path)
        for kind in kinds
        for path in (store.folder / kind).rglob("*")
        if path.is_file() and path not in named
    ]
    stray += [str(path) for path in store.folder.glob("catalog.*.tmp*")]
    snapshots = [version.snapshot for version in store.versions()]
    return json.dumps({"versions": versions, "snapshots": snapshots, "stray": stray})


def main() -> None:
    """Try all points, or so many that lie evenly between the first and the last."""
    work, wanted, action, fault = Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]
    whole = trial(work, action, fault, None)
    print(json.dumps(whole), flush=True)
    total = int(whole["said"])
    chosen = sorted({1 + place * (total - 1) // max(1, wanted - 1) for place in range(wanted)})
    for point in chosen:
        print(json.dumps(trial(work, action, fault, point)), flush=True)


if __name__ == "__main__":
    main()
