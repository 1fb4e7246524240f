"""The kinds of the records of a batch, all at once (docs/format.md, "Record")."""

import pyarrow as pa
import pyarrow.compute as pc

from curate.record import Kind


def kinds_of(batch: pa.RecordBatch) -> pa.StringArray:
    """The kind of each record, as `curate.record.kind_of` says it.

    `batch` has the columns `messages`, `prompt_turns`, `rejected` and `desirable`.
    """
    messages = batch.column("messages")
    turns = pc.list_value_length(messages)
    is_prompt = pc.fill_null(pc.greater_equal(batch.column("prompt_turns"), turns), True)
    cases = pa.StructArray.from_arrays(
        [
            pc.is_null(messages),
            pc.is_valid(batch.column("rejected")),
            pc.is_valid(batch.column("desirable")),
            is_prompt,
        ],
        ["text", "preference", "unpaired", "prompt"],
    )
    return pc.case_when(cases, "text", "preference", "unpaired", "prompt", "sft")


def kind_counts(batch: pa.RecordBatch) -> dict[Kind, int]:
    """How many records of each kind a batch has; kinds that do not occur are left out."""
    counted = pc.value_counts(kinds_of(batch)).to_pylist()
    return {pair["values"]: pair["counts"] for pair in counted}
