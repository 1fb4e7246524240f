"""Fields: the texts of a record that operators read or write (docs/format.md, "Fields").

`field_texts` gives one text a record, for rules and selections. `leaves` gives every text where it
stands, flat, for edits, and `with_texts` puts edited texts back.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.code_fences import without_code
from curate.conversations import COLUMNS, WHOLE, whole_texts
from curate.record import MESSAGE

FIELDS: Final = (
    *("prompt", "response", "system", "chosen", "rejected", "text", "user", "assistant"),
    "all",
)
"""The names of fields; a path such as `messages[-1].content` names a single turn."""

PROSE: Final = ".prose"
"""Behind the name of a field: its text without fenced code blocks. It can be judged, not edited."""

TURN_SEPARATOR: Final = "\n\n"
"""What joins the turns of a field that has several."""


class Turns(NamedTuple):
    """The turns of a batch, flat: the row each belongs to, its place there, and its values."""

    rows: npt.NDArray[np.int64]
    place: npt.NDArray[np.int64]
    values: pa.StructArray


class Leaf(NamedTuple):
    """The texts at one place of the schema, flat, with the row and path of each."""

    column: str
    """`text`, or `messages.content`, `messages.reasoning`, and the same of `rejected`; for edits
    that scrub `license` and other texts of turns as well."""
    rows: npt.NDArray[np.int64]
    place: npt.NDArray[np.int64]
    texts: pa.StringArray

    def path(self, position: int) -> str:
        """The path of one text within its record, such as `messages[2].content`."""
        if "." not in self.column:
            return self.column
        column, part = self.column.split(".")
        return f"{column}[{self.place[position]}].{part}"


def turns_of(batch: pa.RecordBatch, column: str) -> Turns:
    """Lay the turns of a list column (`messages` or `rejected`) out flat."""
    array = batch.column(column)
    lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
    rows = np.repeat(np.arange(len(array), dtype=np.int64), lengths)
    starts = np.cumsum(lengths) - lengths
    index = np.arange(len(rows), dtype=np.int64) - np.repeat(starts, lengths)
    return Turns(rows, index, array.flatten())


def field_texts(batch: pa.RecordBatch, field: str) -> pa.StringArray:
    """One text a record for a field; null where the record has no such field.

    `prompt` is the turns before `prompt_turns` without the system turn; `response` and `chosen`
    the assistant's after it; `user` and `assistant` all turns of a role. Turns are joined by a
    blank line. `conversation` and `preference` are the whole record (`curate.conversations`).
    """
    if field in WHOLE:
        return whole_texts(batch, field)
    if field.endswith(PROSE):
        return without_code(field_texts(batch, field.removesuffix(PROSE)))
    if field == "text":
        return batch.column("text")
    if field == "rejected":
        turns = turns_of(batch, "rejected")
        wanted = _role_is(turns, "assistant")
        return _joined(turns, wanted, len(batch))
    turns = turns_of(batch, "messages")
    if "[" in field:
        return _single_turn(batch, turns, field)
    boundary = pc.fill_null(batch.column("prompt_turns"), 0).to_numpy(zero_copy_only=False)
    in_prompt = turns.place < boundary[turns.rows]
    system = _role_is(turns, "system")
    wanted = {
        "prompt": in_prompt & ~system,
        "system": system,
        "response": ~in_prompt & _role_is(turns, "assistant"),
        "chosen": ~in_prompt & _role_is(turns, "assistant"),
        "user": _role_is(turns, "user"),
        "assistant": _role_is(turns, "assistant"),
    }[field]
    return _joined(turns, wanted, len(batch))


def is_field(field: str) -> bool:
    """Whether a name is a field or a path that `field_texts` understands."""
    return field in FIELDS or _path_index(field) is not None


def can_be_judged(field: str) -> bool:
    """Whether a name is one text of a record: a field, a path, or the prose of one."""
    bare = field.removesuffix(PROSE)
    return bare != "all" and is_field(bare)


def can_be_measured(field: str) -> bool:
    """Whether signals can be measured on a field: on all that can be judged, and whole records."""
    return field in WHOLE or can_be_judged(field)


def field_columns(field: str) -> tuple[str, ...]:
    """The columns of a record that the text of a field is made of."""
    bare = field.removesuffix(PROSE)
    if bare in WHOLE:
        return COLUMNS
    return (bare,) if bare in ("text", "rejected") else ("messages", "prompt_turns")


def _path_index(field: str) -> int | None:
    if not (field.startswith("messages[") and field.endswith("].content")):
        return None
    number = field[len("messages[") : -len("].content")]
    return int(number) if number.removeprefix("-").isdecimal() else None


def _single_turn(batch: pa.RecordBatch, turns: Turns, field: str) -> pa.StringArray:
    wanted_index = _path_index(field)
    if wanted_index is None:
        raise KeyError(field)
    return _joined(turns, _turn_at(batch, turns, wanted_index), len(batch))


def _role_is(turns: Turns, role: str) -> npt.NDArray[np.bool_]:
    roles = pc.struct_field(turns.values, [0])
    return np.asarray(pc.equal(roles, role).to_numpy(zero_copy_only=False), np.bool_)


def _joined(turns: Turns, wanted: npt.NDArray[np.bool_], rows: int) -> pa.StringArray:
    """Join the contents of the wanted turns of each row; null where a row has none."""
    contents = pc.fill_null(pc.struct_field(turns.values, [1]), "").filter(pa.array(wanted))
    counts = np.bincount(turns.rows[wanted], minlength=rows)
    if counts.max(initial=0) <= 1:
        return contents if len(contents) == rows else _spread(contents, turns.rows[wanted], rows)
    offsets = np.zeros(rows + 1, np.int32)
    np.cumsum(counts, out=offsets[1:])
    lists = pa.ListArray.from_arrays(pa.array(offsets), contents)
    joined = pc.binary_join(lists, TURN_SEPARATOR)
    return pc.if_else(pa.array(counts > 0), joined, pa.scalar(None, pa.string()))


def _spread(texts: pa.StringArray, at: npt.NDArray[np.int64], rows: int) -> pa.StringArray:
    """Texts at some rows, each at another; null at all others."""
    places = np.full(rows, -1)
    places[at] = np.arange(len(at))
    return texts.take(pa.array(places, mask=places < 0))


def leaves(batch: pa.RecordBatch, fields: Sequence[str] = ("all",)) -> list[Leaf]:
    """Every text of a batch that belongs to the fields, where it stands."""
    found: list[Leaf] = []
    if {"all", "text"} & set(fields):
        rows = np.arange(len(batch), dtype=np.int64)
        found.append(Leaf("text", rows, np.zeros_like(rows), batch.column("text")))
    for column in ("messages", "rejected"):
        turns = turns_of(batch, column)
        whole = _wanted_turns(batch, turns, column, fields)
        single = _named_turns(batch, turns, fields) if column == "messages" else whole
        for position, part, wanted in ((1, "content", whole | single), (2, "reasoning", whole)):
            if not wanted.any():
                continue
            texts = pc.struct_field(turns.values, [position])
            texts = pc.if_else(pa.array(wanted), texts, pa.scalar(None, pa.string()))
            found.append(Leaf(f"{column}.{part}", turns.rows, turns.place, texts))
    return found


def names(batch: pa.RecordBatch) -> list[Leaf]:
    """What stands beside the texts: licences, names of speakers, and the ids of tool calls."""
    found = []
    if batch.column("license").null_count < len(batch):
        rows = np.arange(len(batch), dtype=np.int64)
        found.append(Leaf("license", rows, np.zeros_like(rows), batch.column("license")))
    for column in ("messages", "rejected"):
        turns = turns_of(batch, column)
        for part in ("name", "tool_call_id"):
            texts = pc.struct_field(turns.values, part)
            if texts.null_count < len(texts):
                found.append(Leaf(f"{column}.{part}", turns.rows, turns.place, texts))
    return found


def _wanted_turns(
    batch: pa.RecordBatch, turns: Turns, column: str, fields: Sequence[str]
) -> npt.NDArray[np.bool_]:
    if "all" in fields or (column == "rejected" and "rejected" in fields):
        return np.ones(len(turns.rows), np.bool_)
    wanted = np.zeros(len(turns.rows), np.bool_)
    if column == "rejected":
        return wanted
    boundary = pc.fill_null(batch.column("prompt_turns"), 0).to_numpy(zero_copy_only=False)
    in_prompt = turns.place < boundary[turns.rows]
    system = _role_is(turns, "system")
    if "prompt" in fields:
        wanted |= in_prompt & ~system
    if "system" in fields:
        wanted |= system
    if {"response", "chosen"} & set(fields):
        wanted |= ~in_prompt & _role_is(turns, "assistant")
    for role in {"user", "assistant"} & set(fields):
        wanted |= _role_is(turns, role)
    return wanted


def _named_turns(
    batch: pa.RecordBatch, turns: Turns, fields: Sequence[str]
) -> npt.NDArray[np.bool_]:
    """The turns that paths such as `messages[-1].content` name."""
    named = np.zeros(len(turns.rows), np.bool_)
    for index in map(_path_index, fields):
        if index is not None:
            named |= _turn_at(batch, turns, index)
    return named


def _turn_at(batch: pa.RecordBatch, turns: Turns, index: int) -> npt.NDArray[np.bool_]:
    """The turn of each row at an index, which counts from the end where it is negative."""
    lengths = pc.fill_null(pc.list_value_length(batch.column("messages")), 0)
    target = np.full(len(batch), index)
    if index < 0:
        target = lengths.to_numpy(zero_copy_only=False) + index
    return np.asarray(turns.place == target[turns.rows], np.bool_)


def with_texts(batch: pa.RecordBatch, leaf: Leaf, texts: pa.StringArray) -> pa.RecordBatch:
    """Put texts back where a leaf took them from; null texts leave what is there."""
    if "." not in leaf.column:
        return _with_column(batch, leaf.column, pc.coalesce(texts, batch.column(leaf.column)))
    column, part = leaf.column.split(".")
    lists = batch.column(column)
    turns = lists.flatten()
    children = [pc.struct_field(turns, [position]) for position in range(MESSAGE.num_fields)]
    position = MESSAGE.get_field_index(part)
    children[position] = pc.coalesce(texts, children[position])
    values = pa.StructArray.from_arrays(children, fields=list(MESSAGE))
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    offsets = np.zeros(len(lists) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    mask = pc.is_null(lists)
    rebuilt = pa.ListArray.from_arrays(pa.array(offsets), values, mask=mask)
    return _with_column(batch, column, rebuilt.cast(pa.list_(MESSAGE)))


def _with_column(batch: pa.RecordBatch, name: str, column: pa.Array) -> pa.RecordBatch:
    return batch.set_column(batch.schema.get_field_index(name), batch.schema.field(name), column)
