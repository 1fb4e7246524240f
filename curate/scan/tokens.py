"""The words and lines that a pass found, of all texts one after the other."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]
Sizes = npt.NDArray[np.int32]


class Tokens(NamedTuple):
    """What texts are made of; the words of text `i` are those from `word_ends[i - 1]` on.

    Hashes are of the characters: equal ones mean equal words, but for one case in 2**64. Starts and
    ends are bytes of UTF-8, from the beginning of the text.
    """

    word_hashes: Hashes
    word_characters: Sizes
    word_starts: Sizes
    word_stops: Sizes
    word_ends: Numbers
    line_hashes: Hashes
    line_characters: Sizes
    line_opens: npt.NDArray[np.bool_]
    """Whether a line is the first of its paragraph."""
    line_ends: Numbers

    @classmethod
    def empty(cls, texts: int, size: int) -> "Tokens":
        """Room for what so many texts of so many bytes together can have."""
        # A word or a line takes two bytes at least with what parts it from the next.
        most = (size + texts) // 2 + 1
        return cls(
            _room(most, np.uint64),
            _room(most, np.int32),
            _room(most, np.int32),
            _room(most, np.int32),
            _room(texts, np.int64),
            _room(most, np.uint64),
            _room(most, np.int32),
            _room(most, np.bool_),
            _room(texts, np.int64),
        )

    def filled(self) -> "Tokens":
        """Without the room that was not needed."""
        if not len(self.word_ends):
            return self
        words, lines = int(self.word_ends[-1]), int(self.line_ends[-1])
        return self._replace(
            word_hashes=self.word_hashes[:words],
            word_characters=self.word_characters[:words],
            word_starts=self.word_starts[:words],
            word_stops=self.word_stops[:words],
            line_hashes=self.line_hashes[:lines],
            line_characters=self.line_characters[:lines],
            line_opens=self.line_opens[:lines],
        )


def _room(number: int, kind: type[np.generic]) -> npt.NDArray[Any]:
    """Room from Arrow's pool, which hands out again what was given back.

    Memory that is new to the process costs as much time as a fifth of the pass.
    """
    size = number * np.dtype(kind).itemsize
    return np.frombuffer(pa.allocate_buffer(size), kind, number)
