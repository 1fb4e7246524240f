"""How well a text can be compressed."""

import zlib

import pyarrow as pa

from curate.signals.registry import text_signal

LEVEL = 6


@text_signal("compressed bytes a byte", pa.float64())
def compression_ratio(texts: pa.StringArray) -> pa.Array:
    """Size of the text under zlib by its size in UTF-8: low where it repeats itself.

    Above 1 for short texts, to which zlib adds some bytes. Null for an empty text.
    """
    return pa.array([_ratio(text) for text in texts.to_pylist()], pa.float64())


def _ratio(text: str | None) -> float | None:
    if not text:
        return None
    raw = text.encode()
    return len(zlib.compress(raw, LEVEL)) / len(raw)
