"""gc frees what nothing needs, and changes nothing that anybody can read."""

import json
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from curate.errors import NotFoundError, RefusedError, UsageError
from curate.store import Run, Store
from curate.upkeep import compacting
from curate.upkeep.dropping import Drop
from curate.upkeep.gc import collect, plan_collection
from curate.upkeep.verify import verify
from tests.conftest import Workbench, tickets
from tests.upkeep.leaky import fill

NOW = timedelta(0)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eighteen versions, each with an edit, an addition and a removal."""
    bench = Workbench(tmp_path_factory.mktemp("many") / "pristine")
    rows = tickets(30)
    for number in range(18):
        rows[number] = rows[number] | {"response": f"Edited in round {number}."}
        extra = {"prompt": f"New {number}", "response": "Yes, of course."}
        bench.write([*rows[: 30 - number % 4], extra])
        bench.build(bench.recipe("  - rules: chat\n  - split: {eval: 0.2}\n"))
    return bench.folder


@pytest.fixture
def many(pristine: Path, tmp_path: Path) -> Workbench:
    """A copy of them."""
    shutil.copytree(pristine, tmp_path / "many")
    return Workbench(tmp_path / "many")


def story(store: Store) -> dict[str, tuple[Any, ...]]:
    """All that can be read of each version, but which came before it."""
    members = "SELECT * FROM members WHERE version = {0} ORDER BY id, copy"
    ledger = "SELECT * EXCLUDE (spans) FROM ledger WHERE version = {0} ORDER BY ALL"
    return {
        version.ref: (
            version.members().to_pylist(),
            version.ledger().to_pylist(),
            version.quarantine().to_pylist(),
            pa.Table.from_batches(list(version.batches())).to_pylist(),
            store.sql(members.format(version.number)).to_pylist(),
            store.sql(ledger.format(version.number)).to_pylist(),
        )
        for version in store.versions()
    }


def test_a_store_of_which_all_is_needed_loses_nothing(bench: Workbench) -> None:
    before = story(fill(bench).store)
    collect(bench.store, grace=NOW)
    assert story(bench.store) == before
    assert verify(bench.store, deep=True).is_whole
    again = collect(bench.store, grace=NOW)
    assert (again.replaced, again.rows, again.written) == ({}, {}, {})


def test_many_small_segments_become_one(many: Workbench) -> None:
    before = story(many.store)
    count = sum(file.kind == "segment" for file in many.store.files())
    assert count > compacting.MANY
    done = collect(many.store, grace=NOW)
    assert done.replaced["segment"][0] == count
    assert done.written["segment"][0] == 1
    assert len(list((many.store.folder / "segments").iterdir())) == 1
    assert story(many.store) == before
    assert verify(many.store, deep=True).findings == ()


@pytest.mark.parametrize(
    "drop",
    [
        Drop(("support@1", "support@2", "support@9")),
        Drop(("support@16",)),
        Drop(("support@15", "support@16", "support@17")),
        Drop(keep=1),
        Drop(keep=5),
    ],
)
def test_the_versions_that_stay_read_as_before_and_only_their_contents_are_kept(
    many: Workbench, drop: Drop
) -> None:
    before = story(many.store)
    planned = plan_collection(many.store, drop)
    done = collect(many.store, drop, grace=NOW)
    assert done.dropped == planned.dropped
    assert done.replaced == planned.replaced
    assert done.rows == planned.rows
    after = story(many.store)
    assert after == {ref: told for ref, told in before.items() if ref not in done.dropped}
    needed = {
        hash_
        for members, ledger, *_ in after.values()
        for row in (*members, *ledger)
        for hash_ in (row.get("hash"), row.get("before"), row.get("after"))
        if hash_
    }
    report = verify(many.store, deep=True)
    assert report.findings == ()
    assert report.payloads == len(needed)
    many.write(tickets(33))
    built = many.build(many.recipe("  - rules: chat\n  - split: {eval: 0.2}\n"))
    assert built.version is not None
    assert (built.version.number, built.version.parent) == (19, 18)
    assert verify(many.store, deep=True).findings == ()


def test_what_is_tagged_trained_on_or_newest_stays(many: Workbench) -> None:
    store = many.store
    store.tag("golden", "support@2")
    version = store.version("support@3")
    place = ("support", 3, version.snapshot, "train", "tiny", "00", "out", 9)
    store.record_run(Run("run-1", "train", "sft", *place))
    with pytest.raises(RefusedError, match="tagged golden"):
        collect(store, Drop(("support@2",)))
    with pytest.raises(RefusedError, match="what run-1 was trained on"):
        collect(store, Drop(("support@3",)))
    with pytest.raises(RefusedError, match="newest of its dataset"):
        collect(store, Drop(("support@18",)))
    for drop, error in (
        (Drop(("support",)), UsageError),
        (Drop(("support@99",)), NotFoundError),
        (Drop(datasets=("suport",)), NotFoundError),
    ):
        with pytest.raises(error):
            collect(store, drop)
    assert len(store.versions()) == 18
    done = collect(store, Drop(keep=1), grace=NOW)
    assert [v.number for v in store.versions()] == [2, 3, 18]
    assert [v.parent for v in store.versions()] == [None, 2, 3]
    assert list(done.protected) == ["support@2", "support@3"]
    collect(store, Drop(("support@3",), force=True), grace=NOW)
    assert [v.number for v in store.versions()] == [2, 18]


def test_a_dataset_goes_whole_and_leaves_the_others(bench: Workbench) -> None:
    bench.write(tickets(20))
    bench.build()
    before = story(bench.store)
    bench.write([row | {"note": "x"} for row in tickets(20)])
    bench.build(bench.recipe(dataset="other"))
    collect(bench.store, Drop(datasets=("other",)), grace=NOW)
    assert story(bench.store) == before
    assert verify(bench.store, deep=True).leftovers == ()
    assert not (bench.store.folder / "members" / "other").exists()


READER = """
import sys
from curate.store import Store
version = Store.open(sys.argv[1]).version("support@18")
print("found", flush=True)
sys.stdin.readline()
print(sum(len(batch) for batch in version.batches()), len(version.ledger()), flush=True)
"""


def test_a_reader_in_another_process_goes_on_and_the_old_files_go_after_the_grace(
    many: Workbench,
) -> None:
    version = many.store.version("support@18")
    wanted = [version.records, len(version.ledger())]
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(many.store.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "found\n"
        done = collect(many.store, Drop(keep=1))
        answer, _ = process.communicate("go\n", timeout=120)
    assert [int(one) for one in answer.split()] == wanted
    assert done.later > 0
    old = verify(many.store).leftovers
    assert len(old) == sum(number for number, _ in done.replaced.values())
    many.build(many.recipe(""))
    assert set(old) <= set(verify(many.store).leftovers)
    later = collect(many.store, grace=NOW)
    assert later.leftovers[0] == len(old)
    assert verify(many.store).leftovers == ()


def test_a_killed_collection_leaves_all_versions_or_those_that_stay(
    pristine: Path, tmp_path: Path
) -> None:
    shutil.copytree(pristine, tmp_path / "pristine")
    command = [sys.executable, "-m", "tests.upkeep.killed", str(tmp_path), "12", "gc"]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    whole, *killed = [json.loads(line) for line in done.stdout.splitlines()]
    assert whole["seen"]["versions"] == 1
    for one in killed:
        assert one["killed"], one
        assert one["looked"], one
        assert one["seen"]["findings"] == [], one
    assert {one["seen"]["versions"] for one in killed} == {1, 18}


def test_a_dry_run_changes_nothing(many: Workbench) -> None:
    def seen() -> dict[Path, int]:
        return {p: p.stat().st_mtime_ns for p in many.store.folder.rglob("*")}

    before = seen()
    assert plan_collection(many.store, Drop(keep=1), cache=True).kept["cache"] > 0
    assert seen() == before
