"""The prompts that records answer, each by a hash, so that equal ones can be found."""

from hashlib import sha256
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.fields import Turns, turns_of
from curate.hashing import HASH_BYTES
from curate.kinds import kinds_of
from curate.record import MESSAGE
from curate.signals.normal_form import normal_form

KEY: Final = pa.binary(HASH_BYTES)

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


class Prompts(NamedTuple):
    """Keys of prompts, a row for each record: 16 bytes of a hash over the turns in order.

    Case, compatibility forms and white space make no difference; system turns are left out.
    """

    own: pa.Array
    """The key of what stands before the response (`KEY`); null where nothing does."""
    earlier: pa.ListArray
    """The keys of what stands before each other turn that is trained (lists of `KEY`)."""


def prompts_of(batch: pa.RecordBatch) -> Prompts:
    """The prompts of each record. `batch` has the columns that `kinds_of` needs.

    Which turns are trained is said by docs/format.md, "Record".
    """
    turns = turns_of(batch, "messages")
    boundary = pc.fill_null(batch.column("prompt_turns"), 0).to_numpy(zero_copy_only=False)
    lengths = np.bincount(turns.rows, minlength=len(batch))
    keys = _keys(turns, lengths)
    # Of each record there is one key more than it has turns.
    firsts = np.cumsum(lengths) - lengths + np.arange(len(batch))
    own = keys.take(pa.array(firsts + np.clip(boundary, 0, lengths)))
    other = _trained(batch, turns, boundary) & (turns.place != boundary[turns.rows])
    found = keys.take(pa.array((firsts[turns.rows] + turns.place)[other]))
    there = np.asarray(found.is_valid().to_numpy(zero_copy_only=False), np.bool_)
    counts = np.bincount(turns.rows[other][there], minlength=len(batch))
    ends = pa.array(np.concatenate([[0], np.cumsum(counts)]), pa.int32())
    return Prompts(own, pa.ListArray.from_arrays(ends, found.drop_null()))


def _keys(turns: Turns, lengths: Numbers) -> pa.Array:
    """For each record the key of what stands before each of its turns, and behind the last."""
    contents = normal_form(pc.fill_null(_part(turns, "content"), "")).cast(pa.binary())
    system = pc.fill_null(pc.equal(_part(turns, "role"), "system"), False).to_pylist()
    said = iter(zip(contents.to_pylist(), system, strict=True))
    keys: list[bytes | None] = []
    for number in lengths.tolist():
        key, is_empty = b"", True
        for _ in range(number):
            keys.append(None if is_empty else key)
            content, is_system = next(said)
            if not is_system:
                key, is_empty = (
                    sha256(key + content).digest()[:HASH_BYTES],
                    is_empty and not content,
                )
        keys.append(None if is_empty else key)
    return pa.array(keys, KEY)


def _trained(batch: pa.RecordBatch, turns: Turns, boundary: Numbers) -> Flags:
    """Which turns are the assistant's and trained."""
    is_sft = pc.equal(kinds_of(batch), "sft").to_numpy(zero_copy_only=False)
    usual = is_sft[turns.rows] | (turns.place >= boundary[turns.rows])
    said = pc.coalesce(_part(turns, "train"), pa.array(usual))
    both = pc.and_(pc.equal(_part(turns, "role"), "assistant"), said)
    return np.asarray(pc.fill_null(both, False).to_numpy(zero_copy_only=False), np.bool_)


def _part(turns: Turns, name: str) -> pa.Array:
    return pc.struct_field(turns.values, [MESSAGE.get_field_index(name)])
