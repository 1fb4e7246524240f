import json
from pathlib import Path

import pyarrow.parquet as pq

from tests.commands.conftest import Call


def test_an_export_says_where_it_comes_from(call: Call, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    told = json.loads(call("export", "support@2:train", str(out), "--json").stdout)
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(rows) == told["records"] > 0
    assert all("messages" in row for row in rows)
    note = json.loads((tmp_path / "out.jsonl.curate.json").read_text())
    assert note["version"] == "support@2:train"
    assert note["snapshot"] == told["snapshot"]
    assert note["records"] == len(rows)


def test_nothing_is_replaced_unasked(call: Call, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    call("export", "support@1", str(out), "--format", "parquet")
    call("export", "support@1", str(out), "--format", "parquet", code=7)
    call("export", "support@2", str(out), "--format", "parquet", "--overwrite")
    assert pq.read_table(out).num_rows < 20
