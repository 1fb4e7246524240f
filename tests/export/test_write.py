import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from curate.errors import CurateError, RefusedError, StoreError, UsageError
from curate.export import FORMATS, export
from curate.record import WORKING, batch_of

ORIGIN = {"snapshot": "ab" * 32, "version": "support@3"}


def in_two(records: Any, kind: str = "preference") -> list[pa.RecordBatch]:
    return [records(kind), records(kind, start=2, split="eval")]


def interrupted(records: Any) -> Iterator[pa.RecordBatch]:
    yield records("sft")
    raise KeyboardInterrupt


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz", "out.jsonl.zst"])
def test_the_ending_chooses_compression(name: str, records: Any, tmp_path: Path) -> None:
    out = tmp_path / "new" / name
    result = export(in_two(records), out, "jsonl", ORIGIN)
    raw = out.read_bytes()
    if name.endswith(".gz"):
        raw = gzip.decompress(raw)
    elif name.endswith(".zst"):
        raw = zstandard.ZstdDecompressor().decompressobj().decompress(raw)
    assert [json.loads(line)["split"] for line in raw.splitlines()] == ["train", "eval"]
    assert result.records == 2
    assert result.files == [out, out.with_name(f"{name}.curate.json")]
    note = json.loads(result.files[1].read_text())
    assert note == {**ORIGIN, "format": "jsonl", "records": 2, "warnings": []}


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz", "out.jsonl.zst", "out.parquet"])
def test_equal_exports_are_equal_bytes(name: str, records: Any, tmp_path: Path) -> None:
    kind = "parquet" if name.endswith("parquet") else "trl"
    for folder in ("a", "b"):
        export(in_two(records), tmp_path / folder / name, kind, ORIGIN)
    assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_parquet_holds_records_with_readable_ids(kind: str, records: Any, tmp_path: Path) -> None:
    batch = records(kind)
    export([batch], tmp_path / "out.parquet", "parquet", ORIGIN)
    table = pq.read_table(tmp_path / "out.parquet")
    assert table["id"].to_pylist() == ["0" * 31 + "1"]
    assert table["hash"].to_pylist() == [batch.column("hash")[0].as_py().hex()]
    assert table["messages"].to_pylist() == batch.column("messages").to_pylist()
    assert table.schema.names == WORKING.names


@pytest.mark.parametrize("format_name", FORMATS)
def test_an_interrupted_export_leaves_nothing(
    format_name: str, records: Any, tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        export(interrupted(records), tmp_path / "out", format_name, ORIGIN)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format_name", FORMATS)
def test_what_exists_is_kept_unless_asked(format_name: str, records: Any, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export([records("sft")], out, format_name, ORIGIN)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    with pytest.raises(RefusedError, match="exists"):
        export([records("sft")], out, format_name, ORIGIN)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    result = export([records("sft", "sft")], out, format_name, ORIGIN, overwrite=True)
    assert json.loads(result.files[1].read_text())["records"] == 2
    assert {path.name for path in tmp_path.iterdir()} == {
        path.name for path in result.files if path.parent == tmp_path
    }


def test_a_folder_that_no_export_made_is_never_replaced(records: Any, tmp_path: Path) -> None:
    precious = tmp_path / "home"
    precious.mkdir()
    (precious / "thesis.txt").write_text("years")
    for format_name in FORMATS:
        with pytest.raises(RefusedError):
            export([records("sft")], precious, format_name, ORIGIN, overwrite=True)
    assert (precious / "thesis.txt").read_text() == "years"


@pytest.mark.parametrize("format_name", ["trl", "hf"])
def test_mixed_kinds_are_counted_and_refused(
    format_name: str, records: Any, tmp_path: Path
) -> None:
    batches = [records("sft"), records("text", "sft"), records("prompt", "sft")]
    with pytest.raises(RefusedError, match=r"3 kinds \(3 sft, 1 text, 1 prompt\)") as caught:
        export(batches, tmp_path / "out", format_name, ORIGIN)
    assert "jsonl or parquet" in caught.value.right
    assert list(tmp_path.iterdir()) == []


def test_marks_that_trl_ignores_are_told(records: Any, tmp_path: Path) -> None:
    marked = export(in_two(records, "sft"), tmp_path / "a", "trl", ORIGIN)
    assert marked.warnings == (
        "2 records mark which turns are trained; TRL trains on every assistant turn",
    )
    assert export(in_two(records), tmp_path / "b", "trl", ORIGIN).warnings == ()
    assert export(in_two(records, "sft"), tmp_path / "c", "jsonl", ORIGIN).warnings == ()


def test_no_records_are_an_empty_file(tmp_path: Path) -> None:
    for format_name in ("trl", "jsonl", "parquet"):
        empty = [batch_of([], WORKING)]
        assert export(empty, tmp_path / format_name, format_name, ORIGIN).records == 0
    assert (tmp_path / "trl").read_bytes() == b""
    with pytest.raises(RefusedError, match="no records"):
        export([], tmp_path / "hf", "hf", ORIGIN)
    assert not (tmp_path / "hf").exists()


def test_a_place_that_cannot_be_written_is_an_error_for_the_user(
    records: Any, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        export([records("sft")], tmp_path / "file" / "out.jsonl", "jsonl", ORIGIN)
    with pytest.raises(UsageError, match="Formats are: trl, hf, jsonl, parquet") as caught:
        export([records("sft")], tmp_path / "out.xml", "xml", ORIGIN)
    assert isinstance(caught.value, CurateError)
