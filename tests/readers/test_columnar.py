import datetime
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.errors import InputError
from curate.readers import read, resolve
from curate.recipe.source import Source

TABLE = pa.table(
    {
        "text": ["one", "two", None],
        "when": pa.array([datetime.datetime(2020, 1, 2), None, None], pa.timestamp("ns")),
        "inner": [{"day": datetime.date(2020, 1, 2), "raw": b"\xff"}, None, None],
        "price": [Decimal("1.50"), None, None],
        "score": [float("nan"), 0.5, None],
        "days": pa.array(
            [[("a", datetime.date(2020, 1, 2))], None, None], pa.map_(pa.string(), pa.date32())
        ),
        "topic": pa.array(["x", "y", None]).dictionary_encode(),
    }
)


def write(path: Path, kind: str) -> None:
    if kind == "parquet":
        pq.write_table(TABLE, path, row_group_size=2)
        return
    make = pa.ipc.new_file if kind == "file" else pa.ipc.new_stream
    with make(path, TABLE.schema) as writer:
        writer.write_table(TABLE)


@pytest.mark.parametrize("kind", ["parquet", "file", "stream"])
def test_rows_become_plain_values_numbered_from_one(tmp_path: Path, kind: str) -> None:
    path = tmp_path / ("a.parquet" if kind == "parquet" else "a.arrow")
    write(path, kind)
    source = Source(path=path.name)
    [file] = resolve(source, tmp_path)
    parts = list(read(file, source, 2))
    records = [record for part in parts for record in part.records.to_pylist()]
    assert [(record["text"], record["line"]) for record in records] == [("one", 1), ("two", 2)]
    assert orjson.loads(records[0]["meta"]) == {
        "when": "2020-01-02 00:00:00.000000000",
        "inner": {"day": "2020-01-02", "raw": "/w=="},
        "price": "1.50",
        "score": None,
        "days": [["a", "2020-01-02"]],
        "topic": "x",
    }
    [bad] = parts[1].quarantine.to_pylist()
    assert bad["line"] == 3
    assert orjson.loads(bad["raw"])["text"] is None


def test_the_same_row_has_the_same_id_in_every_format(tmp_path: Path) -> None:
    rows = [{"prompt": "a", "completion": "b", "n": 1}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "d.parquet")
    (tmp_path / "d.jsonl").write_bytes(orjson.dumps(rows[0]))
    (tmp_path / "d.json").write_bytes(orjson.dumps(rows))
    ids: set[bytes] = set()
    for name in ("d.parquet", "d.jsonl", "d.json"):
        source = Source(path=name)
        [file] = resolve(source, tmp_path)
        ids.update(
            record["id"] for part in read(file, source, 9) for record in part.records.to_pylist()
        )
    assert len(ids) == 1


def test_a_text_that_is_not_utf8_is_quarantined(tmp_path: Path) -> None:
    texts = pa.array([b"good", b"\xff"]).view(pa.string())
    pq.write_table(pa.table({"text": texts}), tmp_path / "a.parquet")
    source = Source(path="a.parquet")
    [file] = resolve(source, tmp_path)
    [part] = read(file, source, 9)
    assert part.records.column("text").to_pylist() == ["good"]
    assert part.quarantine.column("line").to_pylist() == [2]


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow"])
def test_a_damaged_file_is_one_error(
    tmp_path: Path, read_bytes: Callable[..., Any], name: str
) -> None:
    write(tmp_path / name, "parquet" if name.endswith("parquet") else "file")
    content = (tmp_path / name).read_bytes()
    with pytest.raises(InputError, match=name):
        read_bytes(name, content[: len(content) // 2])


def test_what_datasets_saves_is_read_split_by_split(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    rows = datasets.Dataset.from_list([{"prompt": "a", "completion": "b"}] * 3)
    datasets.DatasetDict({"train": rows, "test": rows.select([0])}).save_to_disk(tmp_path / "saved")
    source = Source(path="saved")
    files = resolve(source, tmp_path)
    assert [file.name for file in files] == [
        "test/data-00000-of-00001.arrow",
        "train/data-00000-of-00001.arrow",
    ]
    assert [len(part.records) for file in files for part in read(file, source, 9)] == [1, 3]
