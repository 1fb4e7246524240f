"""A record as one text: what a model is given, as JSON (docs/format.md, "Fields").

Signals that look at a whole conversation are functions of such a text, as all signals are of
theirs; `record_of` makes a record of it again.
"""

from collections.abc import Mapping
from typing import Any, Final

import orjson
import pyarrow as pa

from curate.record import CONTENT, batch_of, kind_of

COLUMNS: Final = ("messages", "prompt_turns", "rejected", "desirable", "tools")
"""What of a record the texts are made of."""

WHOLE: Final = ("conversation", "preference")
"""The fields that are a whole record: they can be measured, not judged or edited."""

_VERSION: Final = 1


def whole_texts(batch: pa.RecordBatch, field: str) -> pa.StringArray:
    """The texts of a field of `WHOLE`, one a record.

    `conversation` is null without messages, `preference` also without a rejected ending.
    """
    rows = batch.select(COLUMNS).to_pylist()
    return pa.array([_text(row, field) for row in rows], pa.string())


def record_of(text: str) -> dict[str, Any] | None:
    """The record that a text of a field of `WHOLE` was made of; None of any other text.

    It has the columns of `COLUMNS`, with `desirable` null, and `kind`: without a rejected ending it
    could not be told.
    """
    if not text.startswith(_HEADS):
        return None
    try:
        said = orjson.loads(text)
        (row,) = batch_of([said], _SCHEMA).to_pylist()
        row["kind"] = str(said["kind"])
        field = next(name for name in WHOLE if name in said)
        # A document may only begin like such a text.
        return row if _text(row, field) == text else None
    except (ValueError, KeyError, TypeError, pa.ArrowException):
        return None


_SCHEMA: Final = pa.schema([CONTENT.field(name) for name in COLUMNS])
_HEADS: Final = tuple(f'{{"{field}":{_VERSION},"kind":' for field in WHOLE)


def _text(row: Mapping[str, Any], field: str) -> str | None:
    """The keys in a fixed order, no spaces; what is null is left out."""
    if not row["messages"] or (field == "preference" and row["rejected"] is None):
        return None
    said: dict[str, Any] = {field: _VERSION, "kind": row.get("kind") or kind_of(row)}
    said["messages"] = [_said(turn) for turn in row["messages"]]
    said["prompt_turns"] = row["prompt_turns"]
    if field == "preference":
        said["rejected"] = [_said(turn) for turn in row["rejected"]]
    if row["tools"] is not None:
        said["tools"] = row["tools"]
    return orjson.dumps(said).decode()


def _said(turn: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in turn.items() if value is not None}
