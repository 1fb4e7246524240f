"""Versions made straight from Arrow."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.decision import LEDGER as DECIDED
from curate.errors import StoreError
from curate.hashing import hash_batch
from curate.record import ORIGIN_FIELDS, WORKING, batch_of
from curate.store import Store, Version
from curate.store.catalog import connect
from curate.store.snapshot import snapshot_id
from curate.store.writing import Facts, commit_version

LEDGER = pa.schema([*DECIDED, *ORIGIN_FIELDS])


def records(texts: Sequence[str]) -> pa.Table:
    """Documents with a hash, the n-th of which has the id n."""
    rows = [
        {"id": n.to_bytes(16, "big"), "copy": 0, "split": "train", "text": text, "source": "s"}
        for n, text in enumerate(texts)
    ]
    batch = batch_of([row | {"labels": "{}", "meta": "{}"} for row in rows], WORKING)
    place = WORKING.get_field_index("hash")
    return pa.Table.from_batches([batch.set_column(place, "hash", hash_batch(batch))])


def put(
    store: Store, table: pa.Table, ledger: Sequence[dict[str, Any]] = (), **given: Any
) -> Version:
    """Commit records of a dataset called `d`."""
    facts = Facts("d", snapshot_id(table), len(table), {"steps": []}, "", "0")
    connection = connect()
    connection.register("m", table)
    connection.register("l", pa.Table.from_pylist(list(ledger), schema=LEDGER))
    with store.building():
        return commit_version(
            store, connection, facts, members="m", ledger="l", **({"payloads": [table]} | given)
        )


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
