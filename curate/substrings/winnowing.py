"""Fingerprints of texts: if two texts share a passage, they share a fingerprint.

Winnowing (Schleimer, Wilkerson and Aiken 2003, SIGMOD, "Winnowing: local algorithms for document
fingerprinting"): of every `window` grams of `gram` words that follow each other the least hash is
taken. A passage of window + gram - 1 words that two texts share has such a window in both, hence
the same least hash.
"""

from typing import NamedTuple

import numpy as np

from curate.substrings import plain
from curate.substrings.compiling import is_loaded, kernel
from curate.substrings.words import Hashes, Numbers

FEW_WORDS = 20_000
"""Up to so many words are winnowed in plain Python more quickly than compiled code is loaded."""


class Winnowing(NamedTuple):
    """How fingerprints are taken."""

    gram: int
    window: int

    @classmethod
    def for_passages(cls, words: int) -> "Winnowing":
        """Fingerprints for passages of so many words (two at least).

        Half of them are the gram: longer ones would give more fingerprints (2 in `window` + 1 words
        on the average, section 3.2 there), shorter ones more texts that only seem to share.
        """
        gram = (words + 1) // 2
        return cls(gram, words + 1 - gram)

    def prints(
        self, hashes: Hashes, ends: Numbers, compiled: bool | None = None
    ) -> tuple[Hashes, Numbers]:
        """The fingerprints of texts given by the hashes of their words, and where each text's end.

        Texts of fewer than window + gram - 1 words have none. A value may come several times.
        """
        if is_loaded() or len(hashes) > FEW_WORDS if compiled is None else compiled:
            found, stops = np.empty(len(hashes), np.uint64), np.zeros(len(ends), np.int64)
            kernel().winnow(hashes, ends, self.gram, self.window, found, stops)
            return found[: stops[-1] if len(stops) else 0].copy(), stops
        parts = np.split(hashes, ends[:-1]) if len(ends) else []
        listed = [plain.winnowed(part.tolist(), self.gram, self.window) for part in parts]
        stops = np.cumsum([len(each) for each in listed], dtype=np.int64)
        return np.array([value for each in listed for value in each], np.uint64), stops
