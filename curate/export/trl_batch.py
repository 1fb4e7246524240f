"""Records in TRL's dataset types, as Arrow batches that `datasets` reads (extra `hf`)."""

import importlib
import json
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from curate.errors import MissingExtraError, RefusedError
from curate.export.rows import Row, json_line, trl_turn
from curate.fields import Turns, turns_of
from curate.kinds import kinds_of

COLUMNS: Final = {
    "sft": ("messages", "tools"),
    "preference": ("prompt", "chosen", "rejected", "tools"),
    "unpaired": ("prompt", "completion", "label", "tools"),
    "prompt": ("prompt", "tools"),
    "text": ("text",),
}
"""The columns of TRL's dataset type for each kind, after `id`."""

_ADDED: Final = (
    ("tool_call_id", "tool_call_id"),
    ("name", "name"),
    ("train", "train"),
    ("reasoning", "reasoning_content"),
)
"""What a turn may have beside role and content, and what TRL calls it."""


def trl_batch(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The rows of `trl_rows` as an Arrow batch, for records of one kind (one at least).

    Each turn is JSON text. Raises RefusedError where a tool call holds a number that the library
    cannot read; MissingExtraError where the library is missing.
    """
    kind = kinds_of(batch)[0].as_py()
    names = ("id", *COLUMNS[kind])
    schema = features(names).arrow_schema
    columns = [_COLUMN[name](batch) for name in names]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def features(names: Sequence[str]) -> Any:
    """The `datasets.Features` of some columns of TRL's types."""
    library = datasets_library()
    text, label = library.Value("string"), library.Value("bool")
    turns = library.List(library.Json())
    known = {"id": text, "text": text, "tools": text, "label": label}
    return library.Features({name: known.get(name, turns) for name in names})


def datasets_library() -> Any:
    """The package `datasets`, which is imported only where it is needed."""
    try:
        return importlib.import_module("datasets")
    except ImportError as error:
        raise MissingExtraError("datasets", "datasets", "hf") from error


def _ids(batch: pa.RecordBatch) -> pa.Array:
    return pa.array([value.hex() for value in batch.column("id").to_pylist()], pa.string())


def _tools(batch: pa.RecordBatch) -> pa.Array:
    texts = batch.column("tools")
    if texts.null_count == len(texts):
        return texts
    rows = [None if text is None else json_line(json.loads(text)) for text in texts.to_pylist()]
    return pa.array([None if row is None else row[:-1] for row in rows], pa.string())


def _whole(batch: pa.RecordBatch) -> pa.Array:
    turns = turns_of(batch, "messages")
    return _lists(turns, np.ones(len(turns.rows), np.bool_), batch)


def _prompt(batch: pa.RecordBatch) -> pa.Array:
    turns = turns_of(batch, "messages")
    return _lists(turns, _in_prompt(turns, batch), batch)


def _ending(batch: pa.RecordBatch) -> pa.Array:
    turns = turns_of(batch, "messages")
    return _lists(turns, ~_in_prompt(turns, batch), batch)


def _rejected(batch: pa.RecordBatch) -> pa.Array:
    turns = turns_of(batch, "rejected")
    return _lists(turns, np.ones(len(turns.rows), np.bool_), batch)


_COLUMN: Final[dict[str, Callable[[pa.RecordBatch], pa.Array]]] = {
    "id": _ids,
    "messages": _whole,
    "prompt": _prompt,
    "chosen": _ending,
    "completion": _ending,
    "rejected": _rejected,
    "label": lambda batch: batch.column("desirable"),
    "tools": _tools,
    "text": lambda batch: batch.column("text"),
}


def _in_prompt(turns: Turns, batch: pa.RecordBatch) -> npt.NDArray[np.bool_]:
    boundary = pc.fill_null(batch.column("prompt_turns"), 0).to_numpy(zero_copy_only=False)
    return np.asarray(turns.place < boundary[turns.rows], np.bool_)


def _lists(turns: Turns, wanted: npt.NDArray[np.bool_], batch: pa.RecordBatch) -> pa.Array:
    """The wanted turns of each row as JSON."""
    rows = turns.rows[wanted]
    offsets = np.zeros(len(batch) + 1, np.int32)
    np.cumsum(np.bincount(rows, minlength=len(batch)), out=offsets[1:])
    texts = _turn_texts(turns.values.filter(pa.array(wanted)), batch.column("id"), rows)
    return pa.ListArray.from_arrays(
        pa.array(offsets), pa.ExtensionArray.from_storage(pa.json_(), texts)
    )


def _turn_texts(turns: pa.StructArray, ids: pa.Array, rows: npt.NDArray[np.int64]) -> pa.Array:
    """Each turn as JSON, with the keys that `trl_row` gives it.

    Only turns with tool calls are seen one by one: their JSON is read and written again.
    """
    content = _json(pc.fill_null(pc.struct_field(turns, "content"), ""))
    parts = ['{"role":', _json(pc.struct_field(turns, "role")), ',"content":', content]
    for field, key in _ADDED:
        values = pc.struct_field(turns, field)
        if values.null_count < len(values):
            said = pc.binary_join_element_wise(f',"{key}":', _json(values), "")
            parts.append(pc.fill_null(said, ""))
    texts = pc.binary_join_element_wise(*parts, "}", "")
    calling = pc.or_(
        pc.is_valid(pc.struct_field(turns, "tool_calls")),
        pc.is_null(pc.struct_field(turns, "role")),
    )
    if not pc.any(calling).as_py():
        return texts
    places = np.flatnonzero(calling.to_numpy(zero_copy_only=False))
    written = [
        _calling_text(turn, ids[row].as_py())
        for turn, row in zip(turns.filter(calling).to_pylist(), rows[places].tolist(), strict=True)
    ]
    return pc.replace_with_mask(texts, calling, pa.array(written, pa.string()))


def _json(values: pa.Array) -> pa.StringArray:
    """Each value as JSON; null stays null."""
    if pa.types.is_boolean(values.type):
        return pc.if_else(values, "true", "false")
    dumps = orjson.dumps
    return pa.array([None if v is None else dumps(v) for v in values.to_pylist()], pa.string())


def _calling_text(turn: Row, record: bytes) -> bytes:
    try:
        return orjson.dumps(trl_turn(turn))
    except TypeError as error:  # an integer over 64 bits, or half a surrogate pair
        found = f"a tool call is beyond what the datasets library can read ({error})"
        right = "Choose the format trl, jsonl or parquet"
        raise RefusedError(f"record {record.hex()}", found, right) from error
