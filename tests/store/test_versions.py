"""Versions, their deltas, REFs, tags and runs."""

from dataclasses import replace

import pyarrow as pa
import pytest

from curate.errors import NotFoundError, RefusedError, StoreError, UsageError
from curate.store import Run, Store
from curate.store.delta import WHOLE_EVERY
from curate.store.snapshot import snapshot_id
from tests.conftest import Workbench, tickets


def test_every_version_reads_back_as_it_was_through_whole_copies_and_changes(
    bench: Workbench,
) -> None:
    rows = tickets(30)
    expected: list[tuple[str, pa.Table]] = []
    for number in range(WHOLE_EVERY + 3):
        rows[number % 25] = rows[number % 25] | {"response": f"Edited in round {number}."}
        bench.write([*rows[: 30 - number % 4], {"prompt": f"New {number}", "response": "Yes."}])
        built = bench.build()
        assert built.version is not None
        expected.append((built.outcome.snapshot, built.version.ledger()))
    for number, (snapshot, ledger) in enumerate(expected, start=1):
        version = bench.store.version(f"support@{number}")
        assert snapshot_id(version.members()) == snapshot == version.snapshot
        assert version.ledger().equals(ledger)


def test_the_views_show_every_version_as_its_own_table_does(bench: Workbench) -> None:
    for number in (30, 28, 33):
        bench.write(tickets(number))
        bench.build()
    for version in bench.store.versions():
        shown = bench.store.sql(
            f"SELECT id, hash FROM members WHERE version = {version.number} ORDER BY id, copy"
        )
        members = version.members()
        assert shown.column("id").to_pylist() == [i.hex() for i in members["id"].to_pylist()]
        assert shown.column("hash").to_pylist() == [h.hex() for h in members["hash"].to_pylist()]
        drops = bench.store.sql(
            f"SELECT count(*) AS n FROM ledger WHERE version = {version.number}"
        )
        assert drops["n"][0].as_py() == len(version.ledger())


def test_a_payload_is_written_once_for_all_versions_and_datasets(filled: Workbench) -> None:
    filled.build(filled.recipe(""))
    before = sum(file.records for file in filled.store.files() if file.kind == "segment")
    filled.write([*tickets(40), {"prompt": "One", "response": "more."}])
    filled.build(filled.recipe(""))
    filled.build(filled.recipe("", dataset="other", source="{path: data, name: elsewhere}"))
    after = sum(file.records for file in filled.store.files() if file.kind == "segment")
    assert after == before + 1


def test_a_small_change_writes_a_small_file(filled: Workbench) -> None:
    filled.build(filled.recipe(""))
    filled.write([*tickets(40), {"prompt": "One", "response": "more."}])
    filled.build(filled.recipe(""))
    records = {f.version: f.records for f in filled.store.files() if f.kind == "members"}
    assert records == {1: 40, 2: 1}


def test_a_ref_finds_by_dataset_number_tag_and_snapshot(filled: Workbench) -> None:
    first = filled.build().version
    second = filled.build(filled.recipe("")).version
    assert first is not None
    assert second is not None
    store = filled.store
    store.tag("golden", "support@1")
    assert store.version("support").ref == "support@2"
    assert store.version("support@latest").ref == "support@2"
    assert store.version("golden").ref == "support@1"
    assert store.version(first.snapshot[:10]).ref == "support@1"
    assert (
        store.version("support@1:eval").count() + store.version("support@1:train").count()
        == first.count()
    )


def test_what_cannot_be_found_says_what_there_is(filled: Workbench) -> None:
    filled.build()
    with pytest.raises(NotFoundError, match="Did you mean 'support'"):
        filled.store.version("suport")
    with pytest.raises(NotFoundError, match=r"support has no version 9.*It has 1\."):
        filled.store.version("support@9")
    with pytest.raises(NotFoundError, match="no version 0"):
        filled.store.version("support@0")
    with pytest.raises(NotFoundError, match=r"no split 'dev'.*eval, train"):
        filled.store.version("support:dev")
    with pytest.raises(UsageError):
        filled.store.version("support@@")
    with pytest.raises(NotFoundError, match="curate build"):
        Store.open(filled.folder / "nowhere")


def test_tags_and_datasets_never_share_a_name(filled: Workbench) -> None:
    filled.build()
    with pytest.raises(RefusedError, match="a dataset has this name"):
        filled.store.tag("support", "support@1")
    filled.store.tag("golden", "support@1")
    with pytest.raises(RefusedError, match="a tag has this name"):
        filled.build(filled.recipe("", dataset="golden"))
    with pytest.raises(RefusedError, match="it names support@1"):
        filled.store.tag("golden", "support")
    filled.store.untag("golden")
    assert filled.store.tags() == []


def test_runs_are_kept_and_finished_in_place(filled: Workbench) -> None:
    version = filled.build().version
    assert version is not None
    run = Run(
        Store.new_run_id(), "train", "sft", "support", 1, version.snapshot, "train",
        "tiny", "00", "out", 30,
    )  # fmt: skip
    filled.store.record_run(run)
    filled.store.record_run(replace(run, status="done", metrics={"loss": 1.5}))
    (found,) = filled.store.runs("support")
    assert (found.status, found.metrics) == ("done", {"loss": 1.5})


@pytest.mark.parametrize(
    ("number", "way_out"), [(99, "use the newer curate"), (1, "build it again, or use curate 0.1")]
)
def test_a_store_of_another_format_is_refused_with_the_way_out(
    filled: Workbench, number: int, way_out: str
) -> None:
    with filled.store.commit() as catalog:
        catalog.execute("UPDATE cat.base.store SET format = ?", [number])
    with pytest.raises(StoreError, match=f"has format {number}.*{way_out}"):
        filled.store.versions()


def test_a_damaged_catalog_is_one_clear_error(filled: Workbench) -> None:
    (filled.store.folder / "catalog.duckdb").write_bytes(b"not a catalog" * 100)
    with pytest.raises(StoreError, match="cannot be opened"):
        filled.store.versions()


def test_the_catalog_answers_by_itself_from_inside_the_store(filled: Workbench) -> None:
    import subprocess
    import sys

    filled.build()
    script = (
        "import duckdb; c = duckdb.connect('catalog.duckdb', read_only=True); "
        "print(c.sql('SELECT count(*) FROM records').fetchall()[0][0])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script],
        cwd=filled.store.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(answer.stdout) == filled.store.version("support").count()
