"""In what a mix is measured: records, characters, or tokens that a signal step counted."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.fields import field_texts
from curate.scores import Wanted, score_of

PLAIN: Final = ("records", "characters")
"""Units that need no step before."""

_TEXTS: Final = ("prompt", "response", "text")

Amounts = npt.NDArray[np.float64]


def wanted(unit: str) -> list[Wanted]:
    """The scores that a unit needs: of conversations and documents, as `trained_tokens` gives it.

    A record is one or the other.
    """
    return [] if unit in PLAIN else [Wanted(unit, "conversation"), Wanted(unit, "text")]


def amounts(unit: str, batch: pa.RecordBatch) -> Amounts:
    """How much of a unit each record is; nothing where it was not counted."""
    if unit == "records":
        return np.ones(len(batch), np.float64)
    if unit != "characters":
        values = pc.coalesce(*(score_of(batch, one) for one in wanted(unit)))
        return np.asarray(pc.fill_null(values, 0.0).to_numpy(zero_copy_only=False), np.float64)
    found = np.zeros(len(batch), np.float64)
    for field in _TEXTS:
        lengths = pc.fill_null(pc.utf8_length(field_texts(batch, field)), 0)
        found += lengths.to_numpy(zero_copy_only=False)
    return found
