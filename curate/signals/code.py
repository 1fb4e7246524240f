"""Fenced code blocks in a text."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.code_fences import code_blocks, has_fence
from curate.signals.registry import text_signal


@text_signal("true or false", pa.bool_())
def open_fence(texts: pa.StringArray) -> pa.Array:
    """Whether a fenced code block is opened and never closed."""
    return _of_fenced(
        texts, lambda text: any(not block.closed for block in code_blocks(text)), pa.bool_()
    )


@text_signal("share of characters", pa.float64())
def code_share(texts: pa.StringArray) -> pa.Array:
    """Share of the characters that stand in fenced code blocks, the fences not counted."""

    def share(text: str) -> float:
        return sum(block.end - block.start for block in code_blocks(text)) / len(text)

    return _of_fenced(texts, share, pa.float64())


def _of_fenced(
    texts: pa.StringArray, of_text: Callable[[str], float], type_: pa.DataType
) -> pa.Array:
    """What a function says of the texts that may have a fence, else false or 0."""
    gate = has_fence(texts)
    found = np.zeros(len(texts), np.float64)
    for row in np.flatnonzero(gate):
        found[row] = of_text(texts[row].as_py())
    values = pa.array(found).cast(type_)
    return pc.if_else(pc.is_valid(texts), values, pa.scalar(None, type_))
