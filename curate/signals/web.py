"""Links in a text."""

import pyarrow as pa
import pyarrow.compute as pc

from curate.signals.registry import text_signal

URL = r"(?i)\b(?:https?://|www\.)[^\s<>\x22]+"
"""A link as people write them (RE2)."""


@text_signal("links", pa.int64())
def urls(texts: pa.StringArray) -> pa.Array:
    """Number of links: what begins with http://, https:// or www."""
    return pc.count_substring_regex(texts, URL)


@text_signal("share of characters", pa.float64())
def url_share(texts: pa.StringArray) -> pa.Array:
    """Share of the characters that stand in links."""
    rest = pc.utf8_length(pc.replace_substring_regex(texts, URL, ""))
    whole = pc.utf8_length(texts)
    length = pc.if_else(pc.equal(whole, 0), pa.scalar(None, whole.type), whole)
    return pc.divide(pc.subtract(whole, rest).cast(pa.float64()), length.cast(pa.float64()))
