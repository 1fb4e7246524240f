"""Locks that name their holder: writers take turns, readers never wait."""

import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from curate.errors import StoreError

POLL_SECONDS: Final = 0.1

COMMIT_WAIT_SECONDS: Final = 60.0
"""How long a commit waits for another one; each takes a moment."""

BUILD_WAIT_SECONDS: Final = 600.0
"""How long a build waits for another one, where --wait says nothing else."""


@contextmanager
def held(
    path: Path, wait: float | None = None, on_wait: Callable[[str], None] | None = None
) -> Iterator[None]:
    """Hold the lock at `path`; wait for it `wait` seconds (None: without end).

    `on_wait` is told once who holds it. The operating system frees the lock when its holder dies.
    """
    lock = FileLock(path, poll_interval=POLL_SECONDS)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        holder = describe_holder(path)
        if on_wait is not None and wait != 0:
            until = "" if wait is None else f"up to {wait:g} s "
            on_wait(f"waiting {until}for {holder}")
        _wait(lock, path, wait)
    try:
        _write_holder(path)
        yield
    finally:
        _holder_file(path).unlink(missing_ok=True)
        lock.release()


def _wait(lock: FileLock, path: Path, wait: float | None) -> None:
    try:
        lock.acquire(timeout=-1 if wait is None else wait)
    except Timeout:
        raise StoreError(
            f"store {path.parent}",
            f"held by {describe_holder(path)}",
            f"Not released within {wait:g} s: wait for it to end, or give --wait a longer time."
            if wait
            else "Wait for it to end, or give --wait a longer time.",
        ) from None


def describe_holder(path: Path) -> str:
    """Say who holds the lock: process, machine, command and since when."""
    try:
        holder = json.loads(_holder_file(path).read_text())
        since = datetime.fromtimestamp(holder["since"]).strftime("%H:%M:%S")
        return f"process {holder['pid']} on {holder['host']} ({holder['command']}, since {since})"
    except (OSError, ValueError, KeyError):
        return "another process"


def _write_holder(path: Path) -> None:
    command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]) if sys.argv[0] else "python"
    holder = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "command": command[:200],
        "since": time.time(),
    }
    _holder_file(path).write_text(json.dumps(holder))


def _holder_file(path: Path) -> Path:
    return path.with_name(path.name + ".holder")
