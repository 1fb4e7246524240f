"""Blocks of lines of JSON read at once, where they are laid out as others were."""

from itertools import accumulate
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from curate.readers.apart import Apart
from curate.readers.blocks import ROOM, Block
from curate.readers.layout import Layout
from curate.readers.problem import BadRecordError
from curate.readers.shapes.shaper import Shaper
from curate.scan.compiling import loaded

MOST_LAYOUTS: Final = 8
"""A line is held against so many layouts at most."""

MOST_TRIES: Final = 200
"""So many records are looked at for a new layout."""

_RECORDS: Final = "curate.readers.kernel_records"
_LINES: Final = "curate.readers.kernel_lines"

_SHORTEST_TURN: Final = len('{"from":"bot","value":""}')
_WAITS, _TAKEN, _DONE = 0, 1, 2


class Bulk:
    """Takes the lines of one file that have a layout which it has learned from others."""

    def __init__(self, shaper: Shaper, key: str | None) -> None:
        """`key` is the column of the key."""
        self._shaper, self._key = shaper, key
        self._layouts: list[Layout] = []
        self._tries = 0

    def learn(self, record: dict[str, Any]) -> None:
        """Learn the layout of a record, if compiled code can read such lines."""
        if len(self._layouts) == MOST_LAYOUTS or self._tries == MOST_TRIES:
            return
        self._tries += 1
        try:
            assembler = self._shaper.assembler(record)
        except BadRecordError:
            return
        layout = None if assembler is None else Layout.of(record, assembler)
        if layout and self._key in (None, *layout.values) and layout not in self._layouts:
            self._layouts.append(layout)

    def read(self, block: Block) -> tuple[list[Apart], npt.NDArray[np.int64]]:
        """What was taken apart, layout by layout, and the indices of the lines that are left."""
        if not self._tries:
            self._learn_line(block.line(0))
        taken, found = np.zeros(len(block), np.uint8), []
        for layout in self._layouts:
            apart = _read(block, layout, taken, self._key is None)
            rows = taken == _TAKEN
            if not rows.any():
                continue
            is_right = apart.is_unicode() and not apart.has_empty(self._key)
            taken[rows] = _DONE if is_right else _WAITS
            if is_right:
                found.append(apart)
        return found, np.flatnonzero(taken == _WAITS)

    def _learn_line(self, line: bytes) -> None:
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            return
        if isinstance(value, dict):
            self.learn(value)


def _read(block: Block, layout: Layout, taken: npt.NDArray[np.uint8], with_whole: bool) -> Apart:
    """Take those lines apart that have a layout and wait; they are marked then."""
    size, lines = int(block.places[-1] - block.places[0]), len(block)
    texts, values = len(layout.texts), len(layout.values)
    most = size // _SHORTEST_TURN + 1 if layout.has_turns else lines * texts
    turns, roles = np.zeros(lines, np.int64), np.empty(most, np.uint8)
    text, text_ends = np.empty(size + ROOM, np.uint8), np.zeros(most + 1, np.int64)
    value, value_ends = np.empty(size + ROOM, np.uint8), np.zeros(lines * values + 1, np.int64)
    loaded(_LINES, "JSON Lines").read_lines(
        *(np.frombuffer(block.data, np.uint8), block.places, *_joined(layout.names)),
        *(np.array(layout.kinds), *_joined(layout.words)),
        *(taken, turns, roles, text, text_ends, value, value_ends),
    )
    rows = np.flatnonzero(taken == _TAKEN)
    turns = turns[: len(rows)]
    count = int(turns.sum()) if layout.has_turns else len(rows) * texts
    whole = None
    if with_whole:
        out, ends = np.empty(size + ROOM, np.uint8), np.zeros(len(rows) + 1, np.int64)
        names, kinds, sources = layout.written
        loaded(_RECORDS, "JSON Lines").write_records(
            *(*_joined(names), np.array(kinds), np.array(sources), *_joined(layout.written_words)),
            *(layout.parts[0] < layout.parts[1], turns, roles, text, text_ends, value, value_ends),
            *(out, ends[1:]),
        )
        buffers = [None, pa.py_buffer(ends), pa.py_buffer(out)]
        whole = pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(rows), buffers)
    return Apart(
        layout,
        rows + block.number,
        turns,
        roles[:count],
        _strings(text, text_ends[: count + 1]),
        _strings(value, value_ends[: len(rows) * values + 1]),
        whole,
    )


def _joined(words: list[bytes]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Words one behind the other, and where each ends."""
    return np.frombuffer(b"".join(words), np.uint8), np.array(list(accumulate(map(len, words))))


def _strings(data: npt.NDArray[np.uint8], ends: npt.NDArray[np.int64]) -> pa.StringArray:
    """Texts that stand one behind the other."""
    used = data[: int(ends[-1])].tobytes()
    offsets = pa.py_buffer(ends.astype(np.int32))
    return pa.StringArray.from_buffers(len(ends) - 1, offsets, pa.py_buffer(used))
