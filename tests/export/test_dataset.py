import json
import sys
from pathlib import Path
from typing import Any

import pytest

from curate.errors import MissingExtraError, RefusedError, UsageError
from curate.export import export, trl_rows
from curate.export.dataset import to_dataset
from curate.record import WORKING, batch_of

TEMPLATE = """{% for m in messages %}<{{ m.role }}>{{ m.content }}{{ m.reasoning_content }}\
{% for call in m.tool_calls or [] %}{{ call.function.arguments | tojson }}{% endfor %}\
{% endfor %}"""


@pytest.fixture(autouse=True)
def library() -> Any:
    return pytest.importorskip("datasets")


def rows_of(dataset: Any) -> list[dict[str, Any]]:
    """The rows, with what TRL does to `tools`, and without the nulls of absent columns."""
    rows = [{key: value for key, value in row.items() if value is not None} for row in dataset]
    for row in rows:
        if "tools" in row:
            row["tools"] = json.loads(row["tools"])
    return rows


def test_a_dataset_gives_back_the_rows_of_trl(kind: str, records: Any) -> None:
    batches = [records(kind, kind), records(kind, start=3)]
    expected = [row for batch in batches for row in trl_rows(batch)]
    assert rows_of(to_dataset(batches)) == expected


def test_templates_see_no_null_that_was_not_there(records: Any) -> None:
    template = pytest.importorskip("jinja2").Template(TEMPLATE)
    dataset = to_dataset([records("sft")])
    shown = template.render(messages=dataset[0]["messages"])
    assert "None" not in shown
    assert '{"a": 9007199254740993, "b": "two"}' in shown


def test_records_are_given_whole(records: Any) -> None:
    dataset = to_dataset([records("sft", "text")], "records")
    assert dataset.column_names == WORKING.names
    assert dataset["id"][1] == "0" * 31 + "2"


def test_a_folder_has_a_dataset_for_each_split(library: Any, records: Any, tmp_path: Path) -> None:
    batches = [records("sft"), records("sft", start=2, split="eval"), records("sft", start=3)]
    export(batches, tmp_path / "both", "hf", {})
    both = library.load_from_disk(str(tmp_path / "both"))
    assert {name: both[name].num_rows for name in both} == {"train": 2, "eval": 1}
    assert rows_of(both["eval"]) == trl_rows(batches[1])
    export([records("sft", split=None)], tmp_path / "one", "hf", {})
    assert library.load_from_disk(str(tmp_path / "one")).num_rows == 1
    assert not (tmp_path / "one" / "parts").exists()


def test_what_the_library_cannot_hold_is_refused(records: Any, tmp_path: Path) -> None:
    call = '[{"type":"function","function":{"name":"f","arguments":{"n":' + "9" * 30 + "}}}]"
    turns = [{"role": "user", "content": "hi"}, {"role": "assistant", "tool_calls": call}]
    huge = batch_of([{"id": bytes(16), "messages": turns, "prompt_turns": 1}], WORKING)
    with pytest.raises(RefusedError, match="record 0000"):
        to_dataset([huge])
    with pytest.raises(RefusedError, match="not the name of a split"):
        export([records("sft", split="../up")], tmp_path / "out", "hf", {})
    with pytest.raises(RefusedError, match="no records"):
        to_dataset([])
    with pytest.raises(RefusedError, match="2 kinds"):
        to_dataset([records("sft", "text")])
    with pytest.raises(UsageError, match="Formats are: trl, records"):
        to_dataset([records("sft")], "csv")


def test_without_the_library_the_extra_is_named(
    records: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'curate\[hf\]'"):
        export([records("sft")], tmp_path / "out", "hf", {})
    assert list(tmp_path.iterdir()) == []
