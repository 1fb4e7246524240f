"""Texts that stand in others, word for word: compiled code finds the few that may."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.scan.buffers import buffers, is_worth_it
from curate.scan.compiling import kernel

Rows = npt.NDArray[np.int64]


def may_stand_in(wholes: pa.StringArray, texts: pa.StringArray, rows: Rows) -> Rows:
    """Those of some rows, none null, whose text may stand in the whole of the row.

    All words of the text must follow each other there, whatever white space is between them. Where
    compiled code would take longer to load than it saves, all rows may.
    """
    if not is_worth_it(texts):
        return rows
    found = np.empty(len(rows), np.bool_)
    kernel().copied(*buffers(wholes)[1:], *buffers(texts)[1:], rows, found)
    return rows[found]
