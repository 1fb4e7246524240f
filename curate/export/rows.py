"""Records as plain rows: whole, and as the dataset types of TRL."""

import json
from collections.abc import Mapping
from typing import Any

import orjson
import pyarrow as pa

from curate.record import CONTENT_FIELDS, ORIGIN_FIELDS, kind_of

Row = dict[str, Any]

_RECORD_KEYS = ("id", "copy", "hash", "split", *(field.name for field in CONTENT_FIELDS))
_ORIGIN_KEYS = tuple(field.name for field in ORIGIN_FIELDS)


def record_json(row: Mapping[str, Any]) -> Row:
    """A record in the words of docs/format.md, without loss.

    `row` is a row of a batch of schema `WORKING`. `id` and `hash` become hex digits; `tools`,
    `labels`, `meta` and tool calls become the JSON values that their text holds. A turn has no keys
    that say nothing.
    """
    whole: Row = {key: row.get(key) for key in (*_RECORD_KEYS, *_ORIGIN_KEYS)}
    for key in ("id", "hash"):
        whole[key] = None if whole[key] is None else whole[key].hex()
    for key in ("messages", "rejected"):
        if whole[key] is not None:
            whole[key] = [_turn(turn) for turn in whole[key]]
    for key in ("tools", "labels", "meta"):
        whole[key] = None if whole[key] is None else json.loads(whole[key])
    return whole


def trl_rows(batch: pa.RecordBatch) -> list[Row]:
    """The records of a batch as rows of TRL's dataset types, each with its `id` in hex digits.

    sft is `messages`; preference `prompt`, `chosen`, `rejected`; unpaired `prompt`, `completion`,
    `label`; a prompt `prompt`; a plain document `text`. `tools` is there where a record has tools.
    Turns hold only the keys that say something, since templates would print a null.
    """
    return [trl_row(row) for row in batch.to_pylist()]


def trl_row(row: Mapping[str, Any]) -> Row:
    """One record as a row of the TRL dataset type of its kind."""
    kind = kind_of(row)
    made: Row = {"id": row["id"].hex()}
    if kind == "text":
        return {**made, "text": row["text"]}
    turns = [trl_turn(turn) for turn in row["messages"]]
    prompt, ending = turns[: row["prompt_turns"]], turns[row["prompt_turns"] :]
    if kind == "sft":
        made["messages"] = turns
    else:
        made["prompt"] = prompt
    if kind == "preference":
        made["chosen"] = ending
        made["rejected"] = [trl_turn(turn) for turn in row["rejected"]]
    if kind == "unpaired":
        made["completion"] = ending
        made["label"] = row["desirable"]
    if row["tools"] is not None:
        made["tools"] = json.loads(row["tools"])
    return made


def json_line(row: Row) -> bytes:
    """A row as one line of JSON, newline included; integers of any size are kept."""
    try:
        return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # an integer over 64 bits, or half a surrogate pair in escaped JSON
        return json.dumps(row, separators=(",", ":")).encode() + b"\n"


def _turn(turn: Mapping[str, Any]) -> Row:
    said = {key: value for key, value in turn.items() if value is not None}
    if "tool_calls" in said:
        said["tool_calls"] = json.loads(said["tool_calls"])
    return said


def trl_turn(turn: Mapping[str, Any]) -> Row:
    """A turn with the keys that say something, by the names that templates read."""
    said = _turn(turn)
    if "reasoning" in said:
        said["reasoning_content"] = said.pop("reasoning")
    if "content" not in said and "tool_calls" not in said:
        said["content"] = ""
    return said
