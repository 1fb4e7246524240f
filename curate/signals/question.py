"""What the user asked last."""

import threading
import weakref
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.fields import turns_of


def last_question(batch: pa.RecordBatch) -> pa.StringArray:
    """The content of the last user turn of each prompt; null where there is none."""
    known, asked = getattr(_NEWEST, "found", (_no_batch, None))
    if known() is not batch:
        asked = _last_question(batch)
        _NEWEST.found = weakref.ref(batch), asked
    return asked


_NEWEST = threading.local()
"""What was found last: several signals ask for the same batch, one after the other."""


def _no_batch() -> Any:
    return None


def _last_question(batch: pa.RecordBatch) -> pa.StringArray:
    flat = turns_of(batch, "messages")
    boundary = pc.fill_null(batch.column("prompt_turns"), 0).to_numpy(zero_copy_only=False)
    roles = pc.fill_null(pc.equal(pc.struct_field(flat.values, [0]), "user"), False)
    of_user = np.asarray(roles.to_numpy(zero_copy_only=False), np.bool_)
    wanted = np.flatnonzero(of_user & (flat.place < boundary[flat.rows]))
    last = np.full(len(batch), -1)
    last[flat.rows[wanted]] = wanted
    positions = pa.array(last, mask=last < 0)
    return pc.struct_field(flat.values, [1]).take(positions)
