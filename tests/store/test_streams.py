import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from curate.errors import RefusedError
from curate.export.dataset import dataset_batches, to_dataset
from curate.record import WORKING
from curate.store import Version
from curate.store.streams import footer_of, keep_stream, stream_key, stream_path
from tests.conftest import Workbench, tickets

PLAIN = "  - repair\n"


@pytest.fixture(autouse=True)
def library() -> Any:
    return pytest.importorskip("datasets")


@pytest.fixture
def version(filled: Workbench) -> Version:
    built = filled.build(filled.recipe(PLAIN)).version
    assert built is not None
    return filled.store.version(built.ref)


def rows_of(dataset: Any) -> list[dict[str, Any]]:
    return list(dataset)


def files(version: Version) -> list[Path]:
    home = version.folder / "streams"
    return sorted(path for path in home.rglob("*") if path.is_file() and path.name != "lock")


@pytest.mark.parametrize("form", ["trl", "records"])
def test_the_second_call_maps_what_the_first_wrote(version: Version, form: str) -> None:
    first = version.to_dataset(form)
    (stream,) = [path for path in files(version) if path.name == "data.arrow"]
    written, held = stream.stat().st_mtime_ns, pa.total_allocated_bytes()
    again = version.to_dataset(form)
    assert pa.total_allocated_bytes() == held
    assert [file["filename"] for file in again.cache_files] == [str(stream)]
    assert stream.stat().st_mtime_ns == written
    expected = rows_of(to_dataset(version.batches(), form))
    assert rows_of(first) == rows_of(again) == expected
    assert [row["id"] for row in expected] == sorted(row["id"] for row in expected)


def test_a_stream_that_is_cut_off_or_of_others_is_not_used(
    version: Version, filled: Workbench
) -> None:
    expected = rows_of(version.to_dataset())
    (stream,) = [path for path in files(version) if path.name == "data.arrow"]
    whole = stream.read_bytes()
    filled.write(tickets(50))
    other = filled.build(filled.recipe(PLAIN)).version
    assert other is not None
    foreign = stream_path(version.folder, stream_key(other.with_split("train"), "trl"))
    assert len(other.to_dataset()) == 50
    for content in (whole[:-100], whole[: len(whole) // 2], b"", foreign.read_bytes(), whole * 2):
        stream.write_bytes(content)
        assert rows_of(version.to_dataset()) == expected
        assert stream.read_bytes() == whole


def test_a_killed_writer_leaves_nothing_that_is_read(version: Version) -> None:
    path = stream_path(version.folder, stream_key(version.with_split("train"), "trl"))
    path.parent.mkdir(parents=True)
    path.with_name("data.partial").write_bytes(b"half")
    assert len(version.to_dataset()) == 40
    assert sorted({file.name for file in files(version)}) == ["data.arrow", "splits.json"]


def test_nothing_is_kept_where_nothing_shall_be(version: Version) -> None:
    assert len(version.to_dataset(keep=False)) == 40
    assert not (version.folder / "streams").exists()


def test_a_store_that_cannot_be_written_is_read(version: Version) -> None:
    (version.folder / "streams").write_text("no folder can be made here")
    assert len(version.to_dataset()) == 40
    assert sum(len(batch) for batch in version.kept_batches(7)) == 40


def test_each_split_has_a_stream_of_its_own(filled: Workbench) -> None:
    version = filled.build(filled.recipe("  - split: {eval: 0.2}\n")).version
    assert version is not None
    both: Any = version.to_dataset()
    assert {name: len(both[name]) for name in both} == version.splits()
    alone = version.with_split("eval").to_dataset()
    assert alone.cache_files == both["eval"].cache_files
    assert rows_of(alone) == rows_of(both["eval"])


def test_records_of_several_kinds_are_refused_and_leave_nothing(filled: Workbench) -> None:
    filled.write([{"text": "a page"}, *tickets(10)])
    version = filled.build(filled.recipe(PLAIN)).version
    assert version is not None
    with pytest.raises(RefusedError, match="2 kinds"):
        version.to_dataset()
    assert [path.name for path in files(version)] == ["splits.json"]


def test_what_was_erased_meanwhile_is_not_kept(version: Version, filled: Workbench) -> None:
    def made() -> Any:
        yield from dataset_batches(version.batches(), "trl")
        with filled.store.commit() as catalog:
            catalog.execute("DELETE FROM cat.base.files WHERE kind = 'segment'")

    assert keep_stream(version, "trl", made) is None
    assert files(version) == []


def test_training_reads_a_stream_as_it_reads_the_segments(version: Version) -> None:
    kept = list(version.kept_batches(7))
    assert max(len(batch) for batch in kept) == 7
    assert all(batch.schema == WORKING for batch in kept)
    assert pa.Table.from_batches(kept) == pa.Table.from_batches(version.batches())
    stream = stream_path(version.folder, stream_key(version, "working"))
    footer = footer_of(stream)
    assert footer is not None
    assert footer.records == 40
    shutil.rmtree(version.folder / "streams")
    assert sum(len(batch) for batch in version.kept_batches(7)) == 40


def test_what_does_not_fit_into_memory_is_sorted_all_the_same(
    version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = pa.Table.from_batches(version.batches())
    monkeypatch.setattr("curate.store.ordered.SORT_MEMORY", "1MB")
    assert pa.Table.from_batches(version.batches()) == expected
