"""Records with exactly known similarities."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from curate.neardup import Parts
from curate.neardup.shingling import ShingleSets, Shingling


def parts(*texts: str | Sequence[str]) -> Parts:
    """A record for each text, or for each list of texts at the places 0, 1, ..."""
    records = [[text] if isinstance(text, str) else list(text) for text in texts]
    flat = [text for record in records for text in record]
    places = [place for record in records for place in range(len(record))]
    ends = np.cumsum([len(record) for record in records], dtype=np.int64)
    return Parts(pa.array(flat, pa.string()), np.array(places, np.int64), ends)


def pairs_of(number: int, shared: int, own: int) -> Parts:
    """Pairs of texts, one after the other, which share words and each have some of their own.

    Taken word by word, their Jaccard similarity is shared / (shared + 2 own).
    """
    texts = []
    for pair in range(number):
        common = [f"w{pair}x{word}" for word in range(shared)]
        for side in "ab":
            texts.append(" ".join([*common, *(f"{side}{pair}y{word}" for word in range(own))]))
    return parts(*texts)


def sets_of(texts: Sequence[str], shingling: Shingling) -> ShingleSets:
    """The sets of shingles of texts."""
    return shingling.gather(parts(*texts))
