"""What tells records that a build made of others from those that were read."""

import pyarrow as pa
import pyarrow.compute as pc

from curate.signals.registry import record_signal
from curate.synthetic import parents_of


@record_signal("true or false", pa.bool_())
def synthetic(batch: pa.RecordBatch) -> pa.Array:
    """Whether the record was made of another, by the mark in its meta."""
    return pc.is_valid(parents_of(batch.column("meta")))
