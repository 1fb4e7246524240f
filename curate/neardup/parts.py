"""What of a record is compared: its texts, each at its place."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.fields import field_texts, turns_of
from curate.record import MESSAGE

SYSTEM, PROMPT, ANSWER, REJECTED, TEXT = range(5)
"""The places of a record where all that it says is compared."""

SAID: Final = ("content", "reasoning", "tool_calls")


class Parts(NamedTuple):
    """The texts of a batch, sorted by record and place; texts of one place follow each other."""

    texts: pa.StringArray
    """None is null."""
    places: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    """Of each record where its texts end; they begin where those of the record before end."""

    def __len__(self) -> int:
        """How many records there are."""
        return len(self.ends)

    def characters(self) -> npt.NDArray[np.int64]:
        """How many code points the texts of each record have."""
        lengths = pc.utf8_length(self.texts).to_numpy(zero_copy_only=False)
        sums = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
        return np.diff(sums[self.ends], prepend=0)


def parts_of(batch: pa.RecordBatch, fields: Sequence[str] = ("all",)) -> Parts:
    """The texts of fields, each field a place of its own.

    `all` is what is said: content, reasoning and tool calls of every turn, and the document. Its
    places are the system turns, the prompt, what follows it, the rejected ending, and the document;
    so an answer is never compared with a prompt, nor a chosen ending with a rejected one.
    """
    if tuple(fields) == ("all",):
        return _sorted(_all(batch), len(batch))
    every = np.arange(len(batch), dtype=np.int64)
    found = [
        _Flat(field_texts(batch, name), every, np.full(len(batch), place))
        for place, name in enumerate(fields)
    ]
    return _sorted(found, len(batch))


class _Flat(NamedTuple):
    """Texts, some null, with the row and place of each; ascending by row."""

    texts: pa.StringArray
    rows: npt.NDArray[np.int64]
    places: npt.NDArray[np.int64]


def _all(batch: pa.RecordBatch) -> list[_Flat]:
    boundary = pc.fill_null(batch.column("prompt_turns"), 0).to_numpy(zero_copy_only=False)
    found = []
    for column in ("messages", "rejected"):
        turns = turns_of(batch, column)
        places = np.full(len(turns.rows), REJECTED)
        if column == "messages":
            roles = pc.struct_field(turns.values, [MESSAGE.get_field_index("role")])
            system = pc.fill_null(pc.equal(roles, "system"), False).to_numpy(zero_copy_only=False)
            places = np.where(turns.place < boundary[turns.rows], PROMPT, ANSWER)
            places[system] = SYSTEM
        for name in SAID:
            texts = pc.struct_field(turns.values, [MESSAGE.get_field_index(name)])
            found.append(_Flat(texts, turns.rows, places))
    every = np.arange(len(batch), dtype=np.int64)
    return [*found, _Flat(batch.column("text"), every, np.full(len(batch), TEXT))]


def _sorted(flats: Sequence[_Flat], records: int) -> Parts:
    """The texts of all in order, without nulls."""
    held = [_valid(each) for each in flats if each.texts.null_count < len(each.texts)]
    if not held:
        nothing = np.zeros(0, np.int64)
        return Parts(pa.array([], pa.string()), nothing, np.zeros(records, np.int64))
    texts = held[0].texts if len(held) == 1 else pa.concat_arrays([each.texts for each in held])
    rows = np.concatenate([each.rows for each in held])
    places = np.concatenate([each.places for each in held])
    keys = rows * (int(places.max()) + 1) + places
    if np.any(keys[1:] < keys[:-1]):
        # Stable, so that turns keep their order.
        order = np.argsort(keys, kind="stable")
        texts, rows, places = texts.take(pa.array(order)), rows[order], places[order]
    return Parts(texts, places, np.cumsum(np.bincount(rows, minlength=records)))


def _valid(flat: _Flat) -> _Flat:
    if not flat.texts.null_count:
        return flat
    valid = flat.texts.is_valid()
    kept = valid.to_numpy(zero_copy_only=False)
    return _Flat(flat.texts.filter(valid), flat.rows[kept], flat.places[kept])
