"""Shares of what a pass counted."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Numbers = npt.NDArray[np.int64]


def ratio(part: Numbers, whole: Numbers) -> pa.Array:
    """One number by the other, text by text; null where the whole is 0: nothing was measured."""
    empty = whole == 0
    return pa.array(part / np.where(empty, 1, whole), pa.float64(), mask=empty)
