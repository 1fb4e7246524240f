"""Vectors that a step `embedding` gave, for the selections that compare."""

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from curate.scores import Wanted, score_of

WANTED: Final = (
    Wanted("embedding", "conversation", "vector"),
    Wanted("embedding", "text", "vector"),
)
"""The scores that it takes: a record is a conversation or a document."""


def stored_vectors(batch: pa.RecordBatch) -> pa.Array:
    """The vector of each record (`models.vectors`), null where it has none."""
    return pc.coalesce(*(score_of(batch, one) for one in WANTED))
