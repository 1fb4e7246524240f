"""Several processes and one store: readers go on, writers take turns, a full disk harms nothing."""

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from curate.errors import StoreError
from tests.conftest import Workbench, tickets

HOLDER = """
import sys, time
from pathlib import Path
from curate.store import Store
store = Store.create(Path(sys.argv[1]))
with store.building():
    print("held", flush=True)
    time.sleep(60)
"""

READER = """
import sys
from pathlib import Path
from curate.store import Store
version = Store.open(Path(sys.argv[1])).version("support@1")
batches = version.batches(batch_size=5)
seen = len(next(batches))
print("open", flush=True)
sys.stdin.readline()
seen += sum(len(batch) for batch in batches)
print(seen, len(Store.open(Path(sys.argv[1])).versions()), flush=True)
"""


@contextmanager
def holder(folder: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_reader_in_another_process_goes_on_while_builds_commit(filled: Workbench) -> None:
    first = filled.build().version
    assert first is not None
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(filled.store.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        for number in (20, 30):
            filled.write(tickets(number))
            filled.build()
        answer, _ = process.communicate("go\n", timeout=60)
    assert answer.split() == [str(first.count()), "3"]


def test_a_reader_in_this_process_keeps_its_version_while_builds_commit(filled: Workbench) -> None:
    first = filled.build().version
    assert first is not None
    batches = first.batches(batch_size=3)
    seen = len(next(batches))
    filled.write(tickets(10))
    filled.build()
    assert seen + sum(len(batch) for batch in batches) == first.count()
    assert filled.store.version("support").number == 2


def test_a_second_builder_is_told_who_holds_the_store(filled: Workbench) -> None:
    with holder(filled.store.folder) as process, pytest.raises(StoreError) as raised:
        filled.build(wait=0)
    assert f"held by process {process.pid} on " in str(raised.value)


def test_a_second_builder_waits_a_stated_time_and_then_says_who_holds_the_store(
    filled: Workbench,
) -> None:
    with holder(filled.store.folder) as process, pytest.raises(StoreError) as raised:
        filled.build(wait=0.3)
    assert f"held by process {process.pid} on " in str(raised.value)
    assert "within 0.3 s" in str(raised.value)


def test_a_second_builder_waits_and_says_for_whom(filled: Workbench) -> None:
    (filled.folder / "recipe.yaml").write_text(filled.recipe())
    command = [sys.executable, "-m", "curate", "build", str(filled.folder / "recipe.yaml")]
    command += ["--store", str(filled.store.folder)]
    with holder(filled.store.folder) as first:
        second = subprocess.Popen(
            command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        assert second.stderr is not None
        assert f"waiting up to 600 s for process {first.pid} on " in second.stderr.readline()
        assert second.poll() is None
        assert filled.store.versions() == []
    second.communicate(timeout=60)
    assert second.returncode == 0
    assert len(filled.store.versions()) == 1


def test_a_run_is_recorded_while_a_build_holds_its_lock(filled: Workbench) -> None:
    filled.build()
    with holder(filled.store.folder):
        began = time.monotonic()
        filled.store.tag("golden", "support@1")
        assert time.monotonic() - began < 30
    assert filled.store.tags()[0]["tag"] == "golden"


def test_a_full_disk_is_one_clear_error_and_commits_nothing(filled: Workbench) -> None:
    filled.build()
    rows = [
        row | {"response": row["response"] + str(n) * 400} for n, row in enumerate(tickets(9000))
    ]
    filled.write(rows)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        with pytest.raises(StoreError, match="no space is left") as raised:
            filled.build()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert raised.value.exit_code == 6
    assert [version.number for version in filled.store.versions()] == [1]
    assert filled.build().is_new
