"""A look at texts: counts, repetition and tokens, each found when it is first asked for."""

from collections.abc import Callable
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.scan import plain
from curate.scan.buffers import buffers, is_worth_it
from curate.scan.classes import classes
from curate.scan.columns import COUNTS, REPETITION, SURPRISE_UNIT
from curate.scan.compiling import kernel
from curate.scan.tokens import Tokens

Table = npt.NDArray[np.int64]


class Scan:
    """The texts of one field of a batch, and what was found in them.

    A null text has zeros everywhere. `compiled` says which way to go; by default the size decides.
    """

    def __init__(self, texts: pa.StringArray, compiled: bool | None = None) -> None:
        """Look at nothing yet."""
        self.texts = texts
        self._compiled = is_worth_it(texts) if compiled is None else compiled

    def __len__(self) -> int:
        """How many texts there are."""
        return len(self.texts)

    @cached_property
    def counts(self) -> Table:
        """The numbers `COUNTS`: a row a text, a column each (int64).

        Where `repetition` or `tokens` were asked for before, they are there; else the pass leaves
        out what only these need. Who wants both asks for these first.
        """
        if not self._compiled:
            return self._by_text(plain.counts_of, len(COUNTS))
        if "_passed" in self.__dict__:
            return self._passed[0]
        return self._pass(kernel().count, Tokens.empty(0, 0))

    @cached_property
    def repetition(self) -> Table:
        """The numbers `REPETITION`: a row a text, a column each (int64)."""
        counts = self._passed[0] if self._compiled else self.counts
        surprise = _surprise(int(counts[:, COUNTS.WORDS].max(initial=0)))
        if not self._compiled:
            listed = surprise.tolist()
            return self._by_text(lambda text: plain.repetition_of(text, listed), len(REPETITION))
        found = np.zeros((len(self), len(REPETITION)), np.int64)
        tokens = self.tokens
        kernel().repetition(
            tokens.word_hashes,
            tokens.word_characters,
            tokens.word_ends,
            tokens.line_hashes,
            tokens.line_characters,
            tokens.line_opens,
            tokens.line_ends,
            surprise,
            found,
        )
        return found

    @property
    def tokens(self) -> Tokens:
        """The words and lines, hashed."""
        return self._passed[1]

    @cached_property
    def _passed(self) -> tuple[Table, Tokens]:
        size = buffers(self.texts)[0]
        tokens = Tokens.empty(len(self), size)
        counts = self._pass(kernel().scan, tokens)
        return counts, tokens.filled()

    def _pass(self, fill: Callable[..., None], tokens: Tokens) -> Table:
        _, data, offsets = buffers(self.texts)
        counts = np.zeros((len(self), len(COUNTS)), np.int64)
        valid = np.asarray(self.texts.is_valid().to_numpy(zero_copy_only=False), np.bool_)
        fill(data, offsets, valid, classes(), counts, *tokens)
        return counts

    def _by_text(self, of_text: "plain.OfText", width: int) -> Table:
        found = np.zeros((len(self), width), np.int64)
        for row, text in enumerate(self.texts.to_pylist()):
            if text is not None:
                found[row] = of_text(text)
        return found


def _surprise(most: int) -> Table:
    """For each n up to `most` what it adds to `REPETITION.SURPRISE`."""
    numbers = np.arange(most + 1, dtype=np.float64)
    numbers[0] = 1.0
    scaled = np.rint(numbers * np.log2(numbers) * SURPRISE_UNIT).astype(np.int64)
    return np.asarray(scaled, np.int64)
