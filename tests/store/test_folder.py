"""Where a store lies has no influence on what it holds."""

from pathlib import Path

import pytest

from curate.errors import RefusedError, StoreError, UsageError
from curate.store import Store
from tests.conftest import Workbench, tickets

STEPS = "  - repair\n  - exact_dedup\n  - repair\n  - split: {eval: 0.2}\n"
ODD = ["it's", 'dou"ble', "ünï 漢字", "[x]*", "split=eval", "version=2", "id=3", "new\nline"]


def story(bench: Workbench) -> tuple[object, ...]:
    """Build twice; return all that the place of a store might change."""
    for rows in (tickets(40), tickets(43)):
        bench.write(rows)
        bench.build(bench.recipe(STEPS), batch_size=9)
    version = bench.store.version("support")
    return (
        version.snapshot,
        version.members().drop_columns(["file"]).to_pylist(),
        version.ledger().to_pylist(),
        sum(len(batch) for batch in version.batches()),
        bench.store.sql("SELECT version, split, count(*) FROM records GROUP BY ALL ORDER BY ALL"),
    )


@pytest.mark.parametrize("name", ODD)
def test_the_path_of_a_store_changes_nothing(tmp_path: Path, name: str) -> None:
    assert story(Workbench(tmp_path / name)) == story(Workbench(tmp_path / "plain"))


def test_a_path_that_looks_like_a_pattern_reads_no_other_store(tmp_path: Path) -> None:
    story(Workbench(tmp_path / "abc"))
    bench = Workbench(tmp_path / "a[b]c")
    bench.write(tickets(20))
    version = bench.build(bench.recipe("")).version
    assert version is not None
    assert version.count() == sum(len(batch) for batch in version.batches()) == 20
    assert bench.store.sql("SELECT count(*) AS n FROM records")["n"][0].as_py() == 20


@pytest.mark.parametrize("name", ["what?", "a,b", "back\\slash", "b\udce9"])
def test_a_path_that_duckdb_cannot_reach_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="its path holds"):
        Store.create(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_new_store_never_mixes_with_other_files(tmp_path: Path) -> None:
    other = tmp_path / "project" / "signals" / "mine.parquet"
    other.parent.mkdir(parents=True)
    other.write_text("precious")
    with pytest.raises(RefusedError, match=r"no catalog\.duckdb, and holds signals"):
        Store.create(tmp_path / "project")
    assert other.read_text() == "precious"
    with pytest.raises(StoreError, match="is a file"):
        Store.create(other)


def test_a_store_that_lost_its_catalog_keeps_its_records(filled: Workbench) -> None:
    filled.build()
    folder = filled.store.folder
    (folder / "catalog.duckdb").unlink()
    with pytest.raises(RefusedError, match="restore its catalog"):
        Store.create(folder)
    assert list((folder / "segments").iterdir())
