"""The record: one training example, as an Arrow row (docs/format.md, "Record")."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import pyarrow as pa

Role = Literal["system", "user", "assistant", "tool"]
ROLES: Final[tuple[str, ...]] = ("system", "user", "assistant", "tool")

Kind = Literal["sft", "preference", "unpaired", "prompt", "text"]

MESSAGE: Final = pa.struct(
    [
        ("role", pa.string()),
        ("content", pa.string()),
        ("reasoning", pa.string()),
        ("tool_calls", pa.string()),
        ("tool_call_id", pa.string()),
        ("name", pa.string()),
        ("train", pa.bool_()),
    ]
)
"""One turn. `tool_calls` is a JSON array as text; `train` is null where the record does not say."""

CONTENT_FIELDS: Final = (
    pa.field("messages", pa.list_(MESSAGE)),
    pa.field("prompt_turns", pa.int32()),
    pa.field("rejected", pa.list_(MESSAGE)),
    pa.field("desirable", pa.bool_()),
    pa.field("text", pa.string()),
    pa.field("tools", pa.string()),
    pa.field("labels", pa.string()),
    pa.field("meta", pa.string()),
    pa.field("license", pa.string()),
)
"""What the hash covers. `labels` and `meta` are JSON objects as text with sorted keys."""

CONTENT: Final = pa.schema(list(CONTENT_FIELDS))

ORIGIN_FIELDS: Final = (
    pa.field("source", pa.string()),
    pa.field("file", pa.string()),
    pa.field("line", pa.int64()),
)
"""Where a record was read: source name, file name, and line (or index from 1) in the file."""

RECORD: Final = pa.schema([pa.field("id", pa.binary(16)), *CONTENT_FIELDS, *ORIGIN_FIELDS])
"""What a reader yields."""

MEMBER_FIELDS: Final = (
    pa.field("id", pa.binary(16)),
    pa.field("copy", pa.int32()),
    pa.field("hash", pa.binary(16)),
    pa.field("split", pa.string()),
)
"""What a snapshot id covers, in stored order by (id, copy)."""

WORKING: Final = pa.schema([*MEMBER_FIELDS, *CONTENT_FIELDS, *ORIGIN_FIELDS])
"""A record on its way through a build; `split` is null until a step sets it."""

QUARANTINE: Final = pa.schema(
    [
        ("source", pa.string()),
        ("file", pa.string()),
        ("line", pa.int64()),
        ("reason", pa.string()),
        ("raw", pa.binary()),
        ("raw_bytes", pa.int64()),
    ]
)
"""A bad input record: `raw` is its beginning (64 KiB at most), `raw_bytes` its full length."""


def kind_of(record: Mapping[str, Any]) -> Kind:
    """Say what a record can train, from which of its fields are set.

    >>> kind_of({"messages": None, "text": "a page"})
    'text'
    >>> kind_of({"messages": [{"role": "user", "content": "hi"}], "prompt_turns": 1})
    'prompt'
    """
    if record.get("messages") is None:
        return "text"
    if record.get("rejected") is not None:
        return "preference"
    if record.get("desirable") is not None:
        return "unpaired"
    return "prompt" if record["prompt_turns"] >= len(record["messages"]) else "sft"


def batch_of(rows: Sequence[Mapping[str, Any]], schema: pa.Schema = RECORD) -> pa.RecordBatch:
    """Make an Arrow batch from plain rows; fields that a row lacks become null."""
    return pa.RecordBatch.from_pylist([dict(row) for row in rows], schema=schema)
