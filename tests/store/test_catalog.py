"""Reading the catalog: one connection for a question, and one state of the store."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from curate.errors import StoreError
from curate.store.catalog import connect, reading, reading_once
from tests.conftest import Workbench, tickets


def test_what_is_read_at_once_is_one_state_over_one_connection(filled: Workbench) -> None:
    filled.build()
    folder = filled.store.folder
    with reading_once(folder):
        with reading(folder) as first:
            assert len(filled.store.versions()) == 1
        filled.write(tickets(50))
        # What is read at once is that of one thread; another builds meanwhile.
        with ThreadPoolExecutor(1) as pool:
            pool.submit(filled.build).result()
        assert len(filled.store.versions()) == 1
        with reading(folder) as second:
            assert second is first
    assert len(filled.store.versions()) == 2


def test_another_store_is_read_for_itself(filled: Workbench, tmp_path: Path) -> None:
    filled.build()
    (tmp_path / "other").mkdir()
    other = Workbench(tmp_path / "other")
    with reading_once(filled.store.folder):
        assert other.store.versions() == []


def test_a_commit_beside_a_connection_leaves_nothing_in_its_duckdb(filled: Workbench) -> None:
    store = filled.store
    databases = "SELECT database_name FROM duckdb_databases() WHERE NOT internal"
    with closing(connect()) as own:
        with pytest.raises(ZeroDivisionError), store.commit(beside=own) as catalog:
            catalog.execute("USE cat")
            assert 1 / 0
        assert own.execute(databases).fetchall() == [("memory",)]
        with store.commit(beside=own) as catalog:
            catalog.execute("INSERT INTO cat.base.tags (tag) VALUES ('t')")
        with reading(store.folder, own) as other:
            assert other.execute("SELECT tag FROM cat.base.tags").fetchall() == [("t",)]
        assert own.execute(databases).fetchall() == [("memory",)]
        assert own.execute("SELECT current_setting('file_search_path')").fetchall() == [("",)]
    assert not list(store.folder.glob("catalog.*.tmp*"))


def test_damage_that_is_met_on_the_way_is_named(filled: Workbench) -> None:
    filled.build()
    (segment,) = (filled.store.folder / "segments").iterdir()
    segment.write_bytes(b"x" * 5000)
    with (
        reading_once(filled.store.folder),
        pytest.raises(StoreError, match=segment.name),
    ):
        list(filled.store.version("support").batches())
