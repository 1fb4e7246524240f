"""How large payloads are, so that counts and statistics read no text (docs/format.md, "Store")."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.fields import TURN_SEPARATOR, Turns, turns_of
from curate.kinds import kinds_of

SIZES: Final = pa.schema(
    [
        ("kind", pa.string()),
        ("turns", pa.int32()),
        ("prompt_characters", pa.int32()),
        ("response_characters", pa.int32()),
        ("rejected_characters", pa.int32()),
        ("text_characters", pa.int32()),
    ]
)
"""What a segment has beside each payload."""


def sizes_of(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The sizes of the records of a batch that has the content's columns (schema `SIZES`).

    `turns` is the number of `messages`, null for a document. The characters are the code points of
    the fields' texts as `curate.fields.field_texts` gives them, the blank lines between turns
    included; null where a record has no such field.
    """
    turns = turns_of(batch, "messages")
    boundary = pc.fill_null(batch.column("prompt_turns"), 0).to_numpy(zero_copy_only=False)
    in_prompt = turns.place < boundary[turns.rows]
    prompt = in_prompt & ~_role_is(turns, "system")
    response = ~in_prompt & _role_is(turns, "assistant")
    rejected = turns_of(batch, "rejected")
    return pa.RecordBatch.from_arrays(
        [
            kinds_of(batch),
            pc.list_value_length(batch.column("messages")),
            *_characters(turns, [prompt, response], len(batch)),
            *_characters(rejected, [_role_is(rejected, "assistant")], len(batch)),
            pc.utf8_length(batch.column("text")),
        ],
        schema=SIZES,
    )


def _role_is(turns: Turns, role: str) -> npt.NDArray[np.bool_]:
    roles = pc.struct_field(turns.values, [0])
    return np.asarray(pc.equal(roles, role).to_numpy(zero_copy_only=False), np.bool_)


def _characters(
    turns: Turns, fields: Sequence[npt.NDArray[np.bool_]], rows: int
) -> Iterator[pa.Array]:
    """For each field, which is some of the turns, the length of each row's, joined, or null."""
    each = pc.fill_null(pc.utf8_length(pc.struct_field(turns.values, [1])), 0)
    lengths = each.to_numpy(zero_copy_only=False)
    for wanted in fields:
        counts = np.bincount(turns.rows, wanted, minlength=rows)
        total = np.bincount(turns.rows, lengths * wanted, minlength=rows)
        joined = total + len(TURN_SEPARATOR) * np.maximum(counts - 1, 0)
        yield pa.array(joined.astype(np.int32), mask=counts == 0)
