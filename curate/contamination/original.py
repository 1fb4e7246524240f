"""Places of the form that is compared, told as places of the text itself."""

import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.contamination.forms import joins

if TYPE_CHECKING:
    from curate.contamination.index import Sizes
    from curate.contamination.matching import Found


def original_spans(
    texts: pa.StringArray, formed: pa.StringArray, found: "Found"
) -> "tuple[Sizes, Sizes]":
    """Starts and ends of what was found, in code points of `texts`.

    What NFKC makes of several characters is theirs together. NFKC alone moves places, and only of
    few texts; those are gone through piece by piece.
    """
    starts, stops = found.starts.copy(), found.stops.copy()
    for place in np.unique(found.passages):
        text = texts[int(place)].as_py()
        if text.isascii() or unicodedata.is_normalized("NFKC", text):
            continue
        begins, ends = _places(text, len(formed[int(place)].as_py()))
        here = found.passages == place
        starts[here] = begins[starts[here]]
        stops[here] = ends[stops[here] - 1]
    return starts, stops


def _places(text: str, length: int) -> "tuple[Sizes, Sizes]":
    """For each code point of the form, where the piece of the text that made it begins and ends."""
    pieces = _pieces(text)
    sizes = pc.utf8_length(pc.utf8_normalize(pa.array(pieces, pa.string()), "NFKC")).to_numpy()
    if sizes.sum() != length:
        # Not to be told apart: the whole text is the span.
        return np.zeros(length, np.int32), np.full(length, len(text), np.int32)
    ends = np.cumsum([len(piece) for piece in pieces], dtype=np.int32)
    begins = np.concatenate([np.zeros(1, np.int32), ends[:-1]])
    return np.repeat(begins, sizes), np.repeat(ends, sizes)


def _pieces(text: str) -> list[str]:
    """Cut a text where no character joins the one before it."""
    normal = pc.utf8_normalize(pa.array(list(text), pa.string()), "NFKC").to_pylist()
    pieces: list[str] = []
    start = 0
    for place in range(1, len(text)):
        if not joins(normal[place][0]):
            pieces.append(text[start:place])
            start = place
    pieces.append(text[start:])
    return pieces
