"""Records come in stored order, wherever their payloads lie."""

import random
from pathlib import Path

import pyarrow as pa
import pytest

from curate.store import Store, Version, segments
from curate.store.gather import Gatherer
from tests.store.arrow import put, records, rows_of

TEXTS = [f"{n} " * (n % 50 + 1) for n in range(2000)]


def spread(texts: list[str], seed: int = 1) -> pa.Table:
    """Documents whose ids are spread evenly, as digests are; equal seeds give equal ids."""
    dice = random.Random(seed)
    return rows_of([{"text": text, "id": dice.randbytes(16)} for text in texts])


def in_order(table: pa.Table) -> pa.Table:
    """The records as a version holds them."""
    return table.take(sorted(range(len(table)), key=lambda n: table["id"][n].as_py()))


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row groups and segments so small that there are many."""
    monkeypatch.setattr(segments, "GROUP_BYTES", 4000)
    monkeypatch.setattr(segments, "SEGMENT_BYTES", 50_000)


def read(version: Version, size: int = 300) -> pa.Table:
    """All records of a version."""
    return pa.Table.from_batches(version.batches(batch_size=size))


def test_records_of_many_segments_and_versions_come_in_order(tmp_path: Path) -> None:
    store, before = Store.create(tmp_path / "s"), spread(TEXTS)
    after = spread([f"edited {text}" if n % 9 == 0 else text for n, text in enumerate(TEXTS)])
    first = put(store, before, payloads=before.to_batches(max_chunksize=400))
    second = put(store, after, payloads=after.to_batches(max_chunksize=400))
    assert len(second.segments) > 3
    assert read(first).equals(in_order(before))
    assert read(second).equals(in_order(after))
    some = pa.Table.from_batches(second.batches(["text", "copy"], batch_size=70))
    assert some.equals(in_order(after).select(["text", "copy"]))


def test_contents_that_were_written_for_others_come_in_order_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, before, after = Store.create(tmp_path / "s"), spread(TEXTS), spread(TEXTS, seed=2)
    put(store, before, payloads=before.to_batches(max_chunksize=400))
    version = put(store, after)
    scattered: list[bool] = []
    plain = Gatherer.is_scattered

    def noted(gatherer: Gatherer, window: pa.Table) -> bool:
        scattered.append(plain(gatherer, window))
        return scattered[-1]

    monkeypatch.setattr(Gatherer, "is_scattered", noted)
    assert read(version).equals(in_order(after))
    assert scattered[-1]


def test_members_without_a_content_are_left_out(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "s")
    version = put(store, records(["one"]))
    with store.commit() as catalog:
        catalog.execute("DELETE FROM cat.base.files WHERE kind = 'segment'")
    erased = store.version(version.ref)
    assert list(erased.batches()) == []
    assert [len(batch) for batch in erased.batches(["id"])] == [1]
