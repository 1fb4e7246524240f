"""What is forgotten is nowhere in the store; all else is as it was."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from curate.errors import NotFoundError, UsageError
from curate.store import Run, Store
from curate.store.tombstones import Tombstones
from curate.upkeep.forget import forget, plan_erasure
from curate.upkeep.holders import Asked
from curate.upkeep.verify import verify
from tests.conftest import Workbench
from tests.upkeep.leaky import SECRET, id_of, places

ROOT = Path(__file__).parents[2]
MEMBERS = {"support@1": 1, "support@2": 2, "support@3": 1}
"""How many members hold the secret: the ticket 7, or 8 which says the same, or both."""


def test_no_file_of_the_store_holds_a_forgotten_text_or_its_hash(leaky: Workbench) -> None:
    folder = leaky.store.folder
    assert places(folder) >= {"segments", "ledger", "quarantine", "signals", "texts", "cache"}
    asked = Asked((id_of(leaky, 7)[:12], id_of(leaky, 10)))
    erasure = forget(leaky.store, asked, "request 17")
    assert erasure.records == {
        id_of(leaky, 7): "asked",
        id_of(leaky, 10): "asked",
        id_of(leaky, 8): "twin",
    }
    assert places(folder) == set()
    report = verify(leaky.store, deep=True)
    assert report.is_whole
    assert report.erased == MEMBERS
    assert report.leftovers == ()


def test_all_else_stays_as_it_was(leaky: Workbench) -> None:
    before = {v.ref: (v.members(), v.ledger(), v.quarantine()) for v in leaky.store.versions()}
    contents = {
        (v.ref, row["id"]): row
        for v in leaky.store.versions()
        for batch in v.batches()
        for row in batch.to_pylist()
    }
    gone = {bytes.fromhex(i) for i in plan_erasure(leaky.store, Asked((id_of(leaky, 7),))).records}
    forget(leaky.store, Asked((id_of(leaky, 7),)), "request 17")
    for version in leaky.store.versions():
        members, ledger, quarantine = before[version.ref]
        assert version.members().equals(members)
        assert version.ledger().equals(ledger)
        assert quarantine.num_rows == version.quarantine().num_rows + 1
        for batch in version.batches():
            for row in batch.to_pylist():
                assert contents.pop((version.ref, row["id"])) == row
    assert {id_ for _, id_ in contents} <= gone
    prompts = leaky.store.sql("SELECT messages[1].content AS p FROM records")["p"].to_pylist()
    assert any("zebra house" in prompt for prompt in prompts)


def test_a_dry_run_says_the_same_and_changes_nothing(leaky: Workbench) -> None:
    asked = Asked((id_of(leaky, 7),))
    before = {p: p.stat().st_mtime_ns for p in leaky.store.folder.rglob("*")}
    planned = plan_erasure(leaky.store, asked)
    assert {p: p.stat().st_mtime_ns for p in leaky.store.folder.rglob("*")} == before
    done = forget(leaky.store, asked, "request 17")
    assert (planned.records, planned.contents) == (done.records, done.contents)
    assert planned.versions == done.versions == MEMBERS


def test_a_condition_also_finds_what_was_dropped_or_edited_away(leaky: Workbench) -> None:
    asked = Asked(where=f"messages::VARCHAR ILIKE '%{SECRET}%'")
    erasure = forget(leaky.store, asked, "a leak")
    assert erasure.records == {id_of(leaky, n): "asked" for n in (7, 8, 10)}
    assert places(leaky.store.folder) == set()
    with pytest.raises(NotFoundError):
        forget(leaky.store, asked, "again")


def test_a_source_is_forgotten_with_its_bad_lines(leaky: Workbench) -> None:
    erasure = forget(leaky.store, Asked(source="tickets"), "licence withdrawn")
    assert len(erasure.records) == 20
    report = verify(leaky.store, deep=True)
    assert report.is_whole
    assert report.payloads == 0
    for version in leaky.store.versions():
        assert report.erased[version.ref] == version.records
        assert len(version.quarantine()) == 0
        assert sum(len(batch) for batch in version.batches()) == 0


def test_tombstones_know_ids_and_contents_and_keep_neither(leaky: Workbench) -> None:
    version = leaky.store.version("support@1")
    members = version.members()
    ids, hashes = members["id"].combine_chunks(), members["hash"].combine_chunks()
    forget(leaky.store, Asked((id_of(leaky, 7),)), "request 17")
    tombstones = Tombstones.load(leaky.store)
    secret = [id_.hex() in (id_of(leaky, 7), id_of(leaky, 8)) for id_ in ids.to_pylist()]
    assert sum(secret) == 1
    assert tombstones.matches(ids, hashes).tolist() == secret
    assert tombstones.are_erased(hashes).tolist() == secret
    other = Store.create(leaky.folder / "other")
    assert len(Tombstones.load(other)) == 0
    assert not tombstones.matches(hashes, ids).any()


def test_models_that_learned_from_it_and_their_heirs_are_listed(leaky: Workbench) -> None:
    version = leaky.store.version("support@1")
    secret = [id_of(leaky, 7), id_of(leaky, 8)]
    rows = version.members().to_pylist()
    split = next(row["split"] for row in rows if row["id"].hex() in secret)
    none = [f"{id_}:0" for id_ in secret]

    def run(name: str, number: int, model_hash: str, **more: Any) -> None:
        place = (version.snapshot, split, "tiny", model_hash, f"models/{name}", 9)
        leaky.store.record_run(Run(name, "train", "sft", "support", number, *place, **more))

    run("first", 1, "base", output_hash="one")
    run("heir", 3, "one", output_hash="two", excluded=none)
    run("spared", 1, "base", excluded=none)
    leaky.store.tag("golden", "support@1")
    found = plan_erasure(leaky.store, Asked((id_of(leaky, 7),)))
    assert [(one.run, one.records, one.output, one.started_from) for one in found.runs] == [
        ("first", 1, "models/first", None),
        ("heir", 0, "models/heir", "first"),
    ]
    assert found.tags == ("golden",)


def test_what_cannot_be_understood_changes_nothing(leaky: Workbench) -> None:
    for asked, error in (
        (Asked(("feed",)), UsageError),
        (Asked(("f" * 32,)), NotFoundError),
        (Asked(source="nobody"), NotFoundError),
        (Asked(where="true); DROP VIEW records; --"), UsageError),
        (Asked(where="wrods = 1"), UsageError),
    ):
        with pytest.raises(error):
            forget(leaky.store, asked, "test")
    report = verify(leaky.store, deep=True)
    assert report.is_whole
    assert not report.erased
    assert not (leaky.store.folder / "erasing").exists()


def test_a_killed_erasure_is_undone_or_finished_by_the_next_command(
    leaky_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(leaky_folder, tmp_path / "pristine")
    command = [sys.executable, "-m", "tests.upkeep.killed", str(tmp_path), "24", "forget"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    whole, *killed = [json.loads(line) for line in done.stdout.splitlines()]
    assert not whole["killed"], whole
    assert whole["seen"]["places"] == []
    states = set()
    for one in killed:
        assert one["killed"], one
        assert one["looked"], one
        seen = one["seen"]
        assert (seen["findings"], seen["leftovers"], seen["mark"]) == ([], [], False), one
        assert (seen["places"] == []) == (seen["erased"] > 0), one
        states.add(seen["erased"] > 0)
    assert states == {True, False}
