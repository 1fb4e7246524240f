"""What is known of lines on their way through rules: their texts, signals and matches."""

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.rulepacks.line_texts import Lines
from curate.rulepacks.matching import matches
from curate.scan import Scan
from curate.signals import SIGNALS, tokens_first

Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_ANCHORS = ("^", "$", r"\A", r"\z")


def is_gated(pattern: str) -> bool:
    """Whether a pattern is looked for by `LineFacts.likely` first.

    One that is tied to an end of the line finds its answer there, or finds most lines.
    """
    return not any(anchor in pattern for anchor in _ANCHORS)


class LineFacts:
    """Lines without white space at their ends, as they are after what was mended in them."""

    def __init__(self, lines: Lines, signals: Iterable[str], patterns: Iterable[str]) -> None:
        """`signals` and `patterns` are all that will be asked for."""
        self.now = lines.stripped
        self._lines = lines
        self._names = tokens_first(set(signals))
        self._gated = [pattern for pattern in patterns if is_gated(pattern)]
        self._signals: dict[str, pa.Array] | None = None

    @cached_property
    def likely(self) -> Flags:
        """Which lines any of the gated patterns matches: one search for all of them.

        First in the texts, since a search costs less than to begin one: what is found in a line is
        found in its text too, where white space or nothing stands beside the line.
        """
        together = "|".join(f"(?:{pattern})" for pattern in self._gated)
        found = matches(self._lines.texts, together)[self._lines.rows]
        rows = np.flatnonzero(found)
        found[rows] = matches(self.now.take(pa.array(rows)), together)
        return found

    def matches(self, pattern: str) -> Flags:
        """Which lines a pattern matches."""
        if len(self._gated) < 2 or pattern not in self._gated:
            return matches(self.now, pattern)
        rows = np.flatnonzero(self.likely)
        found = np.zeros(len(self.now), np.bool_)
        found[rows] = matches(self.now.take(pa.array(rows)), pattern)
        return found

    def table(self, names: Sequence[str]) -> pa.Table:
        """Signals of all lines, a column each."""
        if self._signals is None:
            self._signals = self._measured(self.now)
        return pa.table({name: self._signals[name] for name in names})

    def mend(self, lines: Rows, texts: pa.StringArray) -> None:
        """Take over what lines, in ascending order, became."""
        if len(self._gated) > 1:
            # What was mended may match now what it did not before.
            self.likely[lines] = True
        mask = np.zeros(len(self.now), np.bool_)
        mask[lines] = True
        self.now = pc.replace_with_mask(self.now, pa.array(mask), texts)
        if self._signals is not None:
            for name, values in self._measured(texts).items():
                changed = pc.replace_with_mask(self._signals[name], pa.array(mask), values)
                self._signals[name] = changed

    def _measured(self, texts: pa.StringArray) -> dict[str, pa.Array]:
        scan = Scan(texts)
        found = {}
        for name in self._names:
            alone = SIGNALS[name].of_text_alone
            assert alone is not None
            found[name] = alone(scan).cast(SIGNALS[name].type)
        return found
