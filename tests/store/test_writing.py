"""Versions made straight from Arrow."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.errors import StoreError
from curate.store import Store
from curate.store.snapshot import snapshot_id
from curate.store.version import FEW
from tests.store.arrow import put, records, rows_of


def stored(store: Store) -> list[bytes]:
    """The hash of every stored payload."""
    paths = [store.folder / one.path for one in store.files() if one.kind == "segment"]
    return sorted(h for path in paths for h in pq.read_table(path)["hash"].to_pylist())


def test_a_version_made_from_arrow_reads_back_as_it_was_given(tmp_path: Path) -> None:
    store, table = Store.create(tmp_path / "s"), records(["one", "two", "three"])
    version = put(store, table.take([2, 0, 1]))
    assert pa.Table.from_batches(version.batches()).equals(table)
    assert version.snapshot == snapshot_id(version.members())


def test_only_payloads_that_are_needed_and_new_are_written(tmp_path: Path) -> None:
    store, before = Store.create(tmp_path / "s"), records(["one", "two", "two"])
    put(store, before)
    after, given = records(["one", "2", "two"]), records(["2", "old", "not needed"])
    row = {"id": b"\0" * 16, "copy": 0, "step": "edit", "action": "edit"}
    row |= {"before": given["hash"][1].as_py(), "after": after["hash"][0].as_py()}
    part = tmp_path / "part.parquet"
    pq.write_table(given, part)
    put(store, after, [row], payloads=[part, *after.to_batches()])
    needed = {*before["hash"].to_pylist(), *given["hash"].to_pylist()[:2]}
    assert stored(store) == sorted(needed)


def test_a_member_whose_content_nobody_gives_stops_the_commit(tmp_path: Path) -> None:
    store, table = Store.create(tmp_path / "s"), records(["one", "two"])
    with pytest.raises(StoreError, match=f"content of 1 members was not given.* {1:032x}"):
        put(store, table, payloads=[table.slice(0, 1)])
    assert store.versions() == []


def test_kinds_and_payloads_are_found_whatever_their_number(tmp_path: Path) -> None:
    turns = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]
    rows: list[dict[str, Any]] = [{"text": f"text {n}"} for n in range(FEW + 1)]
    rows += [{"messages": turns, "prompt_turns": end, "split": "eval"} for end in (1, 2)]
    table = rows_of(rows)
    version = put(Store.create(tmp_path / "s"), table)
    assert version.kinds() == {"text": FEW + 1, "prompt": 1, "sft": 1}
    assert version.with_split("eval").kinds() == {"prompt": 1, "sft": 1}
    hashes = table["hash"].to_pylist()
    for asked in (hashes[:2], hashes):
        found = version.payloads([*asked, b"\0" * 16])
        assert [found[one]["text"] for one in asked] == [
            row.get("text") for row in rows[: len(asked)]
        ]
        assert len(found) == len(asked)
