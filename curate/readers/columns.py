"""Collects records and bad input in columns, and makes Arrow batches of them."""

from itertools import accumulate, chain
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from curate.readers.canonical import dumps
from curate.readers.shapes.content import Content
from curate.readers.shapes.turn import Turn
from curate.record import MESSAGE, QUARANTINE, RECORD

RAW_LIMIT: Final = 64 * 1024
"""Bytes of a bad record that are kept."""

_TURNS: Final = pa.list_(MESSAGE)


class RecordColumns:
    """Records of one file on their way into a batch."""

    def __init__(self, source: str, file: str, license_name: str | None) -> None:
        self._source = source
        self._file = file
        self._license = license_name
        self._clear()

    def _clear(self) -> None:
        self._contents: list[Content] = []
        self._ids: list[bytes] = []
        self._lines: list[int] = []
        self._meta: list[str] = []
        self._labels: list[str] = []

    def __len__(self) -> int:
        """How many records wait."""
        return len(self._contents)

    def add(self, record_id: bytes, line: int, content: Content) -> None:
        """Take one record; `BadRecordError` where its meta or labels cannot be JSON."""
        meta, labels = _object_text(content.meta), _object_text(content.labels)
        self._contents.append(content)
        self._ids.append(record_id)
        self._lines.append(line)
        self._meta.append(meta)
        self._labels.append(labels)

    def take(self) -> pa.RecordBatch:
        """The records collected so far (schema `RECORD`); none remain."""
        count = len(self)
        if not count:
            return pa.RecordBatch.from_pylist([], schema=RECORD)
        messages, prompt_turns, _, rejected, desirable, text, tools, _, licenses = zip(
            *self._contents, strict=True
        )
        arrays = [
            pa.array(self._ids, pa.binary(16)),
            _turn_lists(messages),
            pa.array(prompt_turns, pa.int32()),
            _turn_lists(rejected),
            pa.array(desirable, pa.bool_()),
            pa.array(text, pa.string()),
            pa.array(tools, pa.string()),
            pa.array(self._labels, pa.string()),
            pa.array(self._meta, pa.string()),
            pa.array([self._license if each is None else each for each in licenses], pa.string()),
            pa.repeat(pa.scalar(self._source, pa.string()), count),
            pa.repeat(pa.scalar(self._file, pa.string()), count),
            pa.array(self._lines, pa.int64()),
        ]
        self._clear()
        return pa.RecordBatch.from_arrays(arrays, schema=RECORD)


class QuarantineColumns:
    """Bad input of one file on its way into a batch."""

    def __init__(self, source: str, file: str) -> None:
        self._source = source
        self._file = file
        self._rows: list[dict[str, Any]] = []

    def add(self, line: int, reason: str, raw: bytes) -> None:
        """Take one bad record; its beginning and its full length are kept."""
        row = {"line": line, "reason": reason, "raw": raw[:RAW_LIMIT], "raw_bytes": len(raw)}
        self._rows.append({"source": self._source, "file": self._file, **row})

    def take(self) -> pa.RecordBatch:
        """The bad records collected so far (schema `QUARANTINE`); none remain."""
        rows, self._rows = self._rows, []
        return pa.RecordBatch.from_pylist(rows, schema=QUARANTINE)


def in_order(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    """Records (schema `RECORD`) of one file as one batch, by line."""
    filled = [batch for batch in batches if len(batch)]
    if len(filled) < 2:
        return filled[0] if filled else batches[0]
    whole = pa.Table.from_batches(filled).combine_chunks().to_batches()[0]
    return whole.take(pc.sort_indices(whole.column("line")))


def _object_text(value: dict[str, Any]) -> str:
    return dumps(value, sort_keys=True).decode() if value else "{}"


def _turn_lists(lists: tuple[list[Turn] | None, ...]) -> pa.ListArray:
    """A list of turns for each record; null where a record has none."""
    if not any(lists):
        return pa.nulls(len(lists), _TURNS)
    turns = list(chain.from_iterable(filter(None, lists)))
    children = [
        pa.array(values, field.type)
        for values, field in zip(zip(*turns, strict=True), MESSAGE, strict=True)
    ]
    offsets = list(accumulate((len(each) if each else 0 for each in lists), initial=0))
    return pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()),
        pa.StructArray.from_arrays(children, fields=list(MESSAGE)),
        mask=pa.array([each is None for each in lists]),
    )
