"""Whether a trainer's dataset can hold the records: it has one type, and no marks on turns."""

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.errors import RefusedError
from curate.fields import turns_of
from curate.kinds import kind_counts, kinds_of


def of_one_kind(batches: Iterable[pa.RecordBatch], out: str) -> Iterator[pa.RecordBatch]:
    """Pass batches on while all records are of one kind, without those that have no rows.

    Raises RefusedError, once all are counted, where there are several kinds.
    """
    counts: Counter[str] = Counter()
    for batch in batches:
        counts.update(kind_counts(batch))
        if len(counts) == 1 and len(batch):
            yield batch
    if len(counts) > 1:
        parts = ", ".join(f"{number:,} {kind}" for kind, number in counts.most_common())
        right = (
            "A trainer's dataset holds one kind: choose the format jsonl or parquet, which hold "
            "all, or build a dataset of one kind"
        )
        raise RefusedError(out, f"the records are of {len(counts)} kinds ({parts})", right)


def remarked_records(batch: pa.RecordBatch) -> int:
    """How many sft records say of a turn what TRL does not do: it trains all assistant turns."""
    turns = turns_of(batch, "messages")
    role, train = (pc.struct_field(turns.values, name) for name in ("role", "train"))
    differs = pc.fill_null(pc.not_equal(train, pc.equal(role, "assistant")), False)
    is_sft = pc.equal(kinds_of(batch), "sft").to_numpy(zero_copy_only=False)
    rows = np.unique(turns.rows[differs.to_numpy(zero_copy_only=False)])
    return int(is_sft[rows].sum())
