"""What is exported as JSONL is read back as it was."""

import json
from pathlib import Path

import pytest

from curate.export import export
from tests.conftest import Workbench

ROWS = [
    {
        "messages": [
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": "", "weight": 0},
        ]
    },
    {"prompt": "a", "chosen": "b", "rejected": "c", "extra": {"n": 1}},
    {"prompt": "a", "completion": "b", "label": False},
    {"text": "a document"},
    {"prompt": "only a prompt"},
    {
        "conversations": [
            {"from": "human", "value": "time?"},
            {"from": "function_call", "value": '{"name": "clock", "arguments": {"zone": null}}'},
            {"from": "observation", "value": "12:00"},
            {"from": "gpt", "value": "Noon."},
        ],
        "tools": '[{"name": "clock", "b": 1, "a": 2}]',
    },
]  # fmt: skip


def test_an_export_as_jsonl_is_read_back_with_the_same_hashes(bench: Workbench) -> None:
    bench.write(ROWS)
    first = bench.build(bench.recipe("", "{path: data, name: t, license: mit}")).version
    assert first is not None
    out = bench.folder / "out" / "records.jsonl"
    out.parent.mkdir()
    export(first.batches(), out, "jsonl", {})
    again = bench.build(bench.recipe("", f"{{path: {out}, name: back, key: id}}", "again")).version
    assert again is not None
    assert sorted(first.members()["hash"].to_pylist()) == sorted(
        again.members()["hash"].to_pylist()
    )


@pytest.mark.parametrize(
    "damage", [{"prompt_turns": 9}, {"labels": []}, {"text": "x"}, {"desirable": 1}]
)
def test_a_broken_export_is_quarantined(bench: Workbench, damage: dict[str, object]) -> None:
    bench.write(ROWS[:1])
    first = bench.build(bench.recipe("")).version
    assert first is not None
    out = bench.folder / "records.jsonl"
    export(first.batches(), out, "jsonl", {})
    row = json.loads(Path(out).read_text()) | damage
    bench.write([row], "broken/one.jsonl")
    again = bench.build(bench.recipe("", "{path: broken, name: back}", "again"))
    assert (again.outcome.records, again.outcome.quarantined) == (0, 1)
