"""The words of texts, hashed, and where they stand."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.scan import Scan
from curate.scan.buffers import KERNEL_BYTES, WARM_BYTES
from curate.scan.plain import words_of
from curate.substrings import plain
from curate.substrings.compiling import is_loaded

Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]


class Words(NamedTuple):
    """The words of texts (`scan.COUNTS`), one text after the other.

    Letter case, accents and signs make a difference; white space between words makes none.
    """

    hashes: Hashes
    starts: npt.NDArray[np.int32]
    """Where each starts and stops: bytes of UTF-8 from the beginning of its text."""
    stops: npt.NDArray[np.int32]
    ends: Numbers
    """Where the words of each text end; they begin where those of the text before end."""

    @classmethod
    def of(cls, texts: pa.StringArray, compiled: bool | None = None) -> "Words":
        """The words of texts. `compiled` says which way to go; by default the size decides."""
        if len(texts) and (is_worth_it(texts) if compiled is None else compiled):
            tokens = Scan(texts, compiled=True).tokens
            return cls(
                tokens.word_hashes, tokens.word_starts, tokens.word_stops, tokens.word_ends.copy()
            )
        listed = texts.to_pylist()
        words = [words_of(text or "") for text in listed]
        stand = [place for text in listed for place in plain.places(text or "")]
        hashes = [plain.word_hash(word) for text in words for word in text]
        return cls(
            np.array(hashes, np.uint64),
            np.array([start for start, _ in stand], np.int32),
            np.array([stop for _, stop in stand], np.int32),
            np.cumsum([len(text) for text in words], dtype=np.int64),
        )

    @property
    def counts(self) -> Numbers:
        """How many words each text has."""
        return np.diff(self.ends, prepend=0)

    def pick(self, texts: Numbers) -> tuple[Hashes, Numbers]:
        """The hashes of the words of some of the texts, and where each of these ends."""
        lengths = self.counts[texts]
        ends = np.cumsum(lengths)
        if len(texts) == len(self.ends):
            return self.hashes, ends
        shift = self.ends[texts] - ends
        return self.hashes[np.arange(lengths.sum()) + np.repeat(shift, lengths)], ends


def is_worth_it(texts: pa.StringArray) -> bool:
    """Whether texts are so large that compiled code is quicker, loading included."""
    size = pc.sum(pc.binary_length(texts)).as_py() or 0
    return bool(size >= (WARM_BYTES if is_loaded() else KERNEL_BYTES))
