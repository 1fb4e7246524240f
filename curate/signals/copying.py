"""How much of what was asked a text only says again."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.scan.copies import Rows, may_stand_in
from curate.signals.question import last_question
from curate.signals.registry import signal

_BEGIN: Final = 64
"""Characters that are looked at first."""


@signal("share of words", pa.float64())
def copied_share(batch: pa.RecordBatch, texts: pa.StringArray) -> pa.Array:
    """Share of the last user turn's words that the text is, where it stands there word for word.

    0 where it does not, or has less than half of that turn's characters. Null where the prompt has
    no user turn or that turn has no words.
    """
    asked = last_question(batch)
    shares = np.zeros(len(texts))
    rows = _maybe_copies(asked, texts).tolist()
    sides = (each.take(pa.array(rows, pa.int64())).to_pylist() for each in (asked, texts))
    for row, question, text in zip(rows, *sides, strict=True):
        # Few texts begin with any word of the question, and to split all would take long.
        begin = text[:_BEGIN].split(None, 1)
        if begin and begin[0] in question:
            shares[row] = _share(question.split(), text.split())
    worded = pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(asked), ""), False)
    valid = pc.and_(worded, pc.is_valid(texts))
    return pc.if_else(valid, pa.array(shares), pa.scalar(None, pa.float64()))


def _maybe_copies(asked: pa.StringArray, texts: pa.StringArray) -> Rows:
    """The rows where the text may stand in the question, and is at least half as long."""
    given, wanted = (pc.utf8_length(each) for each in (texts, asked))
    long = pc.greater_equal(pc.multiply(given, 2), wanted)
    fits = pc.and_(long, pc.less_equal(given, pc.multiply(wanted, 2)))
    rows = np.flatnonzero(pc.fill_null(fits, False).to_numpy(zero_copy_only=False))
    return may_stand_in(asked, texts, rows)


def _share(wanted: list[str], given: list[str]) -> float:
    if not given or given[0] not in wanted or given[-1] not in wanted:
        return 0.0
    copied = f" {' '.join(given)} " in f" {' '.join(wanted)} "
    return len(given) / len(wanted) if copied else 0.0
