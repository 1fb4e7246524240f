"""A backup is a whole store, taken while builds go on; a restored one is the same store."""

import subprocess
import sys
from pathlib import Path

import pytest

from curate.errors import NotFoundError, RefusedError, StoreError
from curate.store import Store
from curate.upkeep.backup import backup, restore
from curate.upkeep.dropping import Drop
from curate.upkeep.forget import forget
from curate.upkeep.gc import collect
from curate.upkeep.holders import Asked
from curate.upkeep.verify import verify
from tests.conftest import Workbench, tickets
from tests.upkeep.leaky import SECRET, id_of, places


def told(store: Store) -> list[tuple[object, ...]]:
    return [
        (v.ref, v.snapshot, v.created, v.members(), v.ledger(), v.quarantine())
        for v in store.versions()
    ]


@pytest.mark.parametrize("link", [True, False])
def test_a_restored_store_is_the_store_that_was_backed_up(
    leaky: Workbench, tmp_path: Path, link: bool
) -> None:
    leaky.store.tag("golden", "support@2")
    done = backup(leaky.store, tmp_path / "copy", link)
    assert (done.versions, done.files) == (3, len(leaky.store.files()))
    segment = next(f.path for f in leaky.store.files() if f.kind == "segment")
    assert ((tmp_path / "copy" / segment).stat().st_nlink > 1) == link
    restore(tmp_path / "copy", tmp_path / "again")
    again = Store.open(tmp_path / "again")
    assert told(again) == told(leaky.store)
    assert again.tags() == leaky.store.tags()
    for folder in (tmp_path / "copy", tmp_path / "again"):
        report = verify(Store.open(folder), deep=True)
        assert (report.findings, report.leftovers) == ((), ())
    assert all((again.folder / f.path).stat().st_nlink == 1 for f in again.files())


def test_a_second_backup_copies_what_is_new_and_removes_what_is_gone(
    leaky: Workbench, tmp_path: Path
) -> None:
    first = backup(leaky.store, tmp_path / "copy", link=False)
    assert backup(leaky.store, tmp_path / "copy", link=False).copied == 0
    before = {file.path for file in leaky.store.files()}
    leaky.write(tickets(25))
    leaky.build()
    second = backup(leaky.store, tmp_path / "copy", link=False)
    assert second.copied == len({file.path for file in leaky.store.files()} - before)
    assert 0 < second.bytes < first.bytes
    collect(leaky.store, Drop(keep=1))
    third = backup(leaky.store, tmp_path / "copy", link=False)
    assert third.removed > 0
    assert told(Store.open(tmp_path / "copy")) == told(leaky.store)
    assert verify(Store.open(tmp_path / "copy"), deep=True).leftovers == ()


def test_what_was_forgotten_leaves_the_backup_with_the_next_one(
    leaky: Workbench, tmp_path: Path
) -> None:
    backup(leaky.store, tmp_path / "copy")
    forget(leaky.store, Asked((id_of(leaky, 7), id_of(leaky, 10))), "request 17")
    assert places(tmp_path / "copy") >= {"segments"}, SECRET
    backup(leaky.store, tmp_path / "copy")
    assert places(tmp_path / "copy") == set()
    assert verify(Store.open(tmp_path / "copy"), deep=True).is_whole


BUILDS = """
import sys
from pathlib import Path
from tests.conftest import Workbench, tickets
bench = Workbench(Path(sys.argv[1]))
for number in range(30, 36):
    bench.write(tickets(number))
    bench.build(bench.recipe(""))
    print(number, flush=True)
"""


def test_a_backup_that_is_taken_while_builds_go_on_is_whole(
    leaky: Workbench, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", BUILDS, str(leaky.folder)]
    seen = set()
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as builds:
        assert builds.stdout is not None
        while builds.poll() is None:
            seen.add(backup(leaky.store, tmp_path / "copy").versions)
            report = verify(Store.open(tmp_path / "copy"))
            assert (report.findings, report.leftovers) == ((), ())
        assert builds.stdout.read().split()[-1] == b"35"
    assert len(seen) > 1
    assert builds.returncode == 0


def test_nothing_that_is_there_is_overwritten(leaky: Workbench, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    backup(leaky.store, tmp_path / "copy")
    other = Store.create(tmp_path / "other")
    for store, folder in (
        (leaky.store, tmp_path / "mine"),
        (leaky.store, leaky.store.folder),
        (other, tmp_path / "copy"),
    ):
        with pytest.raises(RefusedError):
            backup(store, folder)
    for name in ("mine", "other"):
        with pytest.raises(RefusedError):
            restore(tmp_path / "copy", tmp_path / name)
    with pytest.raises(NotFoundError):
        restore(tmp_path / "mine", tmp_path / "new")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "precious"
    assert other.versions() == []
    assert not (tmp_path / "new").exists()


def test_damage_is_named_and_never_copied(leaky: Workbench, tmp_path: Path) -> None:
    backup(leaky.store, tmp_path / "copy", link=False)
    path = max(leaky.store.files(), key=lambda file: file.bytes).path
    for folder in (tmp_path / "copy", leaky.store.folder):
        data = bytearray((folder / path).read_bytes())
        data[len(data) // 2] ^= 1
        (folder / path).write_bytes(data)
    with pytest.raises(StoreError, match=path):
        restore(tmp_path / "copy", tmp_path / "again")
    assert not (tmp_path / "again").exists()
    with pytest.raises(StoreError, match=path):
        backup(leaky.store, tmp_path / "second")
    assert not (tmp_path / "second" / "catalog.duckdb").exists()
