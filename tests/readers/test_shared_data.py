"""Real files of many makers: each is read whole, as what it is."""

import gzip
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest

from curate.readers import read, resolve
from curate.recipe.source import Source
from curate.record import kind_of

COACH = {"prompt": "Raw Instruction", "input": "Raw Input", "response": "Revised Response"}


def load(path: Path) -> list[dict[str, Any]]:
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    if ".jsonl" in path.suffixes:
        return [orjson.loads(line) for line in content.splitlines() if line.strip()]
    rows: list[dict[str, Any]] = orjson.loads(content)
    return rows


def outcome(path: Path, **settings: Any) -> tuple[list[dict[str, Any]], int]:
    source = Source(path=path.name, **settings)
    [file] = resolve(source, path.parent)
    records, bad = [], 0
    for part in read(file, source, 1000):
        records += part.records.to_pylist()
        bad += len(part.quarantine)
    return records, bad


@pytest.mark.parametrize(
    ("name", "kind", "mapping"),
    [
        ("formats/alpaca_zh_demo.json", "sft", None),
        ("formats/c4_demo.jsonl", "text", None),
        ("formats/dpo_en_demo.json", "preference", None),
        ("formats/dpo_zh_demo.json", "preference", None),
        ("formats/glaive_toolcall_en_demo.json", "sft", None),
        ("formats/identity.json", "sft", None),
        ("formats/kto-mix-test.json", "unpaired", None),
        ("formats/kto_en_demo.json", "unpaired", None),
        ("formats/oaast_rm_zh.json", "preference", None),
        ("formats/oaast_sft_zh.json", "sft", None),
        ("formats/reason_tool_use_demo_50.jsonl", "sft", None),
        ("formats/sharegpt_dummy_910.json", "sft", None),
        ("formats/v1_dpo_demo.jsonl", "preference", None),
        ("formats/v1_sft_demo.jsonl", "sft", None),
        ("sft/alpaca_random_9k.json.gz", "sft", None),
        ("sft/dolly_3k.json.gz", "sft", None),
        ("sft/coachlm_revisions_half.jsonl.gz", "sft", COACH),
        ("preference/harmless-base-test.jsonl.gz", "preference", None),
        ("benchmarks/gsm8k_test.jsonl.gz", "sft", None),
    ],
)
def test_nothing_is_lost(
    shared_data: Path, name: str, kind: str, mapping: dict[str, str] | None
) -> None:
    rows = load(shared_data / name)
    records, bad = outcome(shared_data / name, map=mapping)
    assert (len(records), bad) == (len(rows), 0)
    assert Counter(map(kind_of, records)) == {kind: len(rows)}


def test_every_tool_call_and_thought_of_real_conversations_is_kept(shared_data: Path) -> None:
    path = shared_data / "formats/reason_tool_use_demo_50.jsonl"
    records, _ = outcome(path)
    wanted: Counter[str] = Counter(
        part["type"] for row in load(path) for turn in row["messages"] for part in turn["content"]
    )
    turns = [turn for record in records for turn in record["messages"]]
    calls = [call for turn in turns for call in orjson.loads(turn["tool_calls"] or "[]")]
    assert len(calls) == wanted["tool_call"]
    assert all(isinstance(call["function"]["arguments"], dict) for call in calls)
    assert sum(turn["reasoning"] is not None for turn in turns) == wanted["reasoning"]
    assert sum(turn["content"] is not None for turn in turns) == wanted["text"]
    assert all(record["tools"] for record in records)


def test_a_transcript_can_be_put_together_again(shared_data: Path) -> None:
    path = shared_data / "preference/harmless-base-test.jsonl.gz"
    speakers = {"user": "Human", "assistant": "Assistant"}

    def text(turns: list[dict[str, Any]]) -> str:
        return "".join(f"\n\n{speakers[turn['role']]}: {turn['content']}" for turn in turns)

    records, _ = outcome(path)
    for record, row in zip(records, load(path), strict=True):
        prompt = record["messages"][: record["prompt_turns"]]
        assert text(record["messages"]) == row["chosen"]
        assert text(prompt + record["rejected"]) == row["rejected"]


def test_labelled_tables_are_read_by_a_map(shared_data: Path) -> None:
    path = shared_data / "labelled/youtube01-psy.csv.gz"
    mapping = {"text": "CONTENT", "labels": {"spam": "CLASS"}}
    records, bad = outcome(path, map=mapping, key="COMMENT_ID")
    assert (len(records), bad) == (350, 0)
    assert Counter(record["labels"] for record in records) == {
        '{"spam":"1"}': 175,
        '{"spam":"0"}': 175,
    }
    assert len({record["id"] for record in records}) == 350
