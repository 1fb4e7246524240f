import json
from typing import Any

import orjson
import pyarrow as pa

from curate.export import record_json, trl_rows
from curate.export.rows import json_line
from curate.hashing import hash_batch
from curate.record import WORKING, batch_of


def compact(value: Any) -> str:
    return json_line(value)[:-1].decode()


def back(line: bytes) -> pa.RecordBatch:
    """Read a line of `record_json` as docs/format.md says it."""
    row = json.loads(line)
    for key in ("tools", "labels", "meta"):
        row[key] = None if row[key] is None else compact(row[key])
    for turn in [*(row["messages"] or []), *(row["rejected"] or [])]:
        if "tool_calls" in turn:
            turn["tool_calls"] = compact(turn["tool_calls"])
    row["id"], row["hash"] = bytes.fromhex(row["id"]), bytes.fromhex(row["hash"])
    return batch_of([row], WORKING)


def nulls(value: Any) -> int:
    """How many keys of turns say nothing; arguments of tool calls may."""
    if isinstance(value, dict):
        return sum(nulls(item) for key, item in value.items() if key != "arguments")
    if isinstance(value, list):
        return sum(nulls(item) for item in value)
    return value is None


def test_a_line_holds_the_whole_record(kind: str, records: Any) -> None:
    batch = records(kind)
    line = json_line(record_json(batch.to_pylist()[0]))
    again = back(line)
    assert hash_batch(again) == batch.column("hash")
    assert again == batch
    assert line.count(b"\n") == 1


def test_a_turn_has_no_key_that_says_nothing(kind: str, records: Any) -> None:
    batch = records(kind)
    whole = record_json(batch.to_pylist()[0])
    assert nulls([whole["messages"] or [], whole["rejected"] or []]) == 0
    assert nulls(trl_rows(batch)) == 0


def test_each_kind_is_a_dataset_type_of_trl(records: Any) -> None:
    rows = trl_rows(records("sft", "preference", "unpaired", "prompt", "text"))
    assert [list(row) for row in rows] == [
        ["id", "messages", "tools"],
        ["id", "prompt", "chosen", "rejected"],
        ["id", "prompt", "completion", "label"],
        ["id", "prompt"],
        ["id", "text"],
    ]
    called = rows[0]["messages"][2]
    assert called["reasoning_content"] == "I add."
    assert called["tool_calls"][0]["function"]["arguments"] == {"a": 2**53 + 1, "b": "two"}
    assert "content" not in called
    assert rows[0]["tools"][0]["function"]["name"] == "add"
    assert rows[1]["chosen"][0]["content"] == "2"
    assert rows[1]["rejected"] == [{"role": "assistant", "content": "3"}]
    assert rows[2]["label"] is False
    assert rows[0]["id"] == "0" * 31 + "1"


def test_a_turn_that_says_nothing_at_all_is_an_empty_text() -> None:
    turns = [{"role": "user", "content": "hi"}, {"role": "assistant"}]
    row = {"id": bytes(16), "messages": turns, "prompt_turns": 1}
    assert trl_rows(batch_of([row], WORKING))[0]["messages"][1]["content"] == ""


def test_numbers_and_texts_beyond_the_fast_encoder_survive() -> None:
    row = {"meta": {"big": 10**40, "half": "\ud800", "text": "é"}}
    assert json.loads(json_line(row)) == row
    assert orjson.loads(json_line({"text": "é"})) == {"text": "é"}
