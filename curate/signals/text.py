"""Signals of a text alone."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.signals.code_fences import FENCE_GATE, code_blocks
from curate.signals.registry import text_signal


@text_signal("code points", pa.int64())
def characters(texts: pa.StringArray) -> pa.Array:
    """Length of the text in code points, white space at both ends not counted."""
    return pc.utf8_length(pc.utf8_trim_whitespace(texts))


@text_signal("words", pa.int64())
def words(texts: pa.StringArray) -> pa.Array:
    """Number of stretches between white space.

    Scripts that write without spaces (Chinese, Japanese, Thai) give one word a phrase: limits on
    words mean nothing there.
    """
    trimmed = pc.utf8_trim_whitespace(texts)
    stretches = pc.list_value_length(pc.utf8_split_whitespace(trimmed))
    return pc.if_else(pc.equal(trimmed, ""), 0, stretches)


@text_signal("lines", pa.int64())
def lines(texts: pa.StringArray) -> pa.Array:
    """Number of lines; 0 for an empty text, and a final line feed opens no line."""
    feeds = pc.count_substring(texts, "\n")
    last_is_open = pc.and_(pc.invert(pc.ends_with(texts, "\n")), pc.not_equal(texts, ""))
    return pc.add(feeds, last_is_open.cast(feeds.type))


@text_signal("true or false", pa.bool_())
def open_fence(texts: pa.StringArray) -> pa.Array:
    """Whether a fenced code block is opened and never closed."""
    gate = pc.fill_null(pc.match_substring_regex(texts, FENCE_GATE), False)
    found = np.zeros(len(texts), np.bool_)
    for row in np.flatnonzero(gate.to_numpy(zero_copy_only=False)):
        found[row] = any(not block.closed for block in code_blocks(texts[row].as_py()))
    return pc.if_else(pc.is_valid(texts), pa.array(found), pa.scalar(None, pa.bool_()))
