"""The texts and whole numbers within the JSON of a record: tools, tool calls, labels and meta.

They are no fields: no rule reads them, and only an edit that scrubs is given them, with the keys of
objects and with what is JSON within a text, as the arguments of tool calls often are.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from curate.fields import Leaf, turns_of, with_texts

SHORTEST_NUMBER: Final = 7
"""Digits of the shortest whole number that is looked at: a telephone number without its area."""

EXACT_BELOW: Final = 2**63
"""From here on a number with a fraction has more digits than it tells."""

Path: TypeAlias = tuple[str | int, ...]
"""Where a value stands: pieces of the path, and in the place of a key the number of its text."""

_COLUMNS: Final = ("tools", "labels", "meta")
_TURNS: Final = ("messages", "rejected")
_CALLS: Final = "tool_calls"
_SORTED: Final = dict.fromkeys(("labels", "meta"), orjson.OPT_SORT_KEYS)


class JsonValues(NamedTuple):
    """The texts in the JSON of one column, flat, as a `Leaf` has those of a field."""

    column: str
    """`tools`, `labels`, `meta`, or `messages.tool_calls` and the same of `rejected`."""
    rows: npt.NDArray[np.int64]
    texts: pa.StringArray
    paths: Sequence[Path]
    written: pa.StringArray
    """The JSON of each record, or turn, that has some."""
    values: Sequence[int]
    """How many texts each of these has."""
    places: Sequence[int]
    """Where each of these stands among all records, or turns."""
    whole: int
    """How many records, or turns, there are."""

    def path(self, position: int, texts: Sequence[str]) -> str:
        """The path of one text, such as `meta.author.mail`; keys are told as they are in `texts`.

        So a key that an edit replaced is not told as it was.
        """
        pieces = (texts[one] if isinstance(one, int) else one for one in self.paths[position])
        return "".join(pieces)


def json_values(batch: pa.RecordBatch) -> list[JsonValues]:
    """All texts within the JSON of a batch, where there are any."""
    found = []
    for column in _COLUMNS:
        array = batch.column(column)
        rows = np.arange(len(array), dtype=np.int64)
        found.append(_values(column, array, rows, [column] * len(array)))
    for column in _TURNS:
        if batch.column(column).null_count == len(batch):
            continue
        turns = turns_of(batch, column)
        calls = pc.struct_field(turns.values, _CALLS)
        heads = [f"{column}[{place}].{_CALLS}" for place in turns.place.tolist()]
        found.append(_values(f"{column}.{_CALLS}", calls, turns.rows, heads))
    return [one for one in found if len(one.texts)]


def with_values(batch: pa.RecordBatch, values: JsonValues, texts: Sequence[str]) -> pa.RecordBatch:
    """Put edited texts back in the place of the values; JSON without any stays as it is."""
    before = values.texts.to_pylist()
    made: list[str | None] = [None] * values.whole
    start = 0
    counted = zip(values.places, values.written.to_pylist(), values.values, strict=True)
    for place, written, count in counted:
        part = slice(start, start + count)
        if before[part] != texts[part]:
            value = _replace(orjson.loads(written), iter(texts[part]))
            made[place] = orjson.dumps(value, option=_SORTED.get(values.column)).decode()
        start += count
    changed = pa.array(made, pa.string())
    if values.column in _COLUMNS:
        position = batch.schema.get_field_index(values.column)
        merged = pc.coalesce(changed, batch.column(values.column))
        return batch.set_column(position, batch.schema.field(position), merged)
    nothing = np.empty(0, np.int64)
    return with_texts(batch, Leaf(values.column, nothing, nothing, changed), changed)


def _values(
    column: str, array: pa.StringArray, rows: npt.NDArray[np.int64], heads: Sequence[str]
) -> JsonValues:
    written: list[str] = []
    texts: list[str] = []
    paths: list[Path] = []
    of: list[int] = []
    counts: list[int] = []
    places: list[int] = []
    for place in np.flatnonzero(array.is_valid().to_numpy(zero_copy_only=False)).tolist():
        text = array[place].as_py()
        before = len(texts)
        _collect(orjson.loads(text), (heads[place],), texts, paths)
        if len(texts) > before:
            written.append(text)
            counts.append(len(texts) - before)
            places.append(place)
            of += [int(rows[place])] * counts[-1]
    own, json = pa.array(texts, pa.string()), pa.array(written, pa.string())
    return JsonValues(column, np.array(of, np.int64), own, paths, json, counts, places, len(array))


def _collect(value: Any, path: Path, texts: list[str], paths: list[Path]) -> None:
    """Add the texts of a value in the order in which `_replace` takes them."""
    if isinstance(value, dict):
        for key, inner in value.items():
            number = len(texts)
            texts.append(key)
            paths.append((*path, ".", number, " (key)"))
            _collect(inner, (*path, ".", number), texts, paths)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _collect(inner, (*path, f"[{number}]"), texts, paths)
    elif (text := _as_text(value)) is not None:
        inner = _within(text) if isinstance(value, str) else None
        if inner is not None:
            _collect(inner, path, texts, paths)
        else:
            texts.append(text)
            paths.append(path)


def _as_text(value: Any) -> str | None:
    """What of a value can be looked at: a text, or a whole number of some digits.

    A number such as 2125550123.0 is whole: so pandas writes those of a column that has gaps.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT_BELOW:
        value = int(value)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number and abs(value) >= 10 ** (SHORTEST_NUMBER - 1) else None


def _within(text: str) -> dict[str, Any] | list[Any] | None:
    """The object or array that a text is the JSON of; None where it is none."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        value = orjson.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict | list) else None


def _replace(value: Any, texts: Iterator[str]) -> Any:
    if isinstance(value, dict):
        made: dict[str, Any] = {}
        for _, inner in value.items():
            key = _free(next(texts), made.__contains__)
            made[key] = _replace(inner, texts)
        return made
    if isinstance(value, list):
        return [_replace(inner, texts) for inner in value]
    text = _as_text(value)
    if text is None:
        return value
    inner = _within(text) if isinstance(value, str) else None
    if inner is not None:
        return _again(text, inner, texts)
    after = next(texts)
    return value if after == text else after


def _again(text: str, inner: Any, texts: Iterator[str]) -> str:
    """JSON within a text; as it is where nothing in it is replaced."""
    made = _replace(inner, texts)
    return text if made == inner else orjson.dumps(made).decode()


def _free(key: str, taken: Callable[[str], bool]) -> str:
    """A key that is not taken: two that are replaced by the same tag must both stay."""
    made, number = key, 1
    while taken(made):
        number += 1
        made = f"{key}-{number}"
    return made
