"""Where texts changed whose lines were removed or mended."""

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import pyarrow as pa

from curate.decision import Span
from curate.rulepacks.line_texts import KEPT, Lines, Rows

Change = tuple[Span, int]
"""A changed stretch of a text, and the place of the rule that changed it."""

Value = TypeVar("Value")


class Mend(NamedTuple):
    """What a rule replaced in a line, as the line was then without white space at its ends."""

    order: int
    places: tuple[tuple[int, int], ...]
    replacement: str


class OfRows(Generic[Value]):
    """Something of every text, made when it is asked for: most texts are never asked about."""

    def __init__(self, of_row: Callable[[int], Value]) -> None:
        """`of_row` makes it."""
        self._of_row = of_row

    def __getitem__(self, row: int, /) -> Value:
        """That of one text."""
        return self._of_row(row)


class Changes:
    """The changes of texts whose lines went through rules."""

    def __init__(
        self, lines: Lines, cause: Rows, mends: Mapping[int, Sequence[Mend]], now: pa.StringArray
    ) -> None:
        """`now` are the lines without white space at their ends, after what was mended in them."""
        self._lines, self._cause, self._mends, self._now = lines, cause, mends, now
        self._last: tuple[int, list[Change]] = (-1, [])

    def of(self, row: int) -> list[Change]:
        """Where a text changed; it is kept, since spans and rules are asked for in turn."""
        if self._last[0] != row:
            self._last = (row, self._of(row))
        return self._last[1]

    def _of(self, row: int) -> list[Change]:
        """Where a text changed, in order.

        A removed line goes with the line feed before it where a kept line stands there, else with
        the one behind it.
        """
        start, stop = np.searchsorted(self._lines.rows, [row, row + 1]).tolist()
        found: list[Change] = []
        place, kept_before = 0, False
        for line in range(start, stop):
            raw, cause = self._lines.raw[line].as_py(), int(self._cause[line])
            end = place + len(raw)
            if cause == KEPT:
                kept_before = True
                found += self._mended(line, raw, place)
            elif kept_before:
                found.append((Span(place - 1, end, 0), cause))
            elif line < stop - 1 or end > place:
                found.append((Span(place, end + (line < stop - 1), 0), cause))
            place = end + 1
        return found

    def _mended(self, line: int, raw: str, place: int) -> list[Change]:
        """What was mended in a line that is kept; one that was mended twice has one span."""
        mends = self._mends.get(line, ())
        if not mends:
            return []
        now = self._now[line].as_py()
        if len(mends) == 1 and raw.strip() == raw:
            (mend,) = mends
            size = len(mend.replacement)
            changes = [
                (Span(place + start, place + end, size), mend.order) for start, end in mend.places
            ]
            # What was white space beside a match is gone with it: then one span tells it all.
            if len(raw) + sum(size - span.end + span.start for span, _ in changes) == len(now):
                return changes
        lead = len(raw) - len(raw.lstrip())
        whole = Span(place + lead, place + len(raw.rstrip()), len(now))
        return [(whole, mends[-1].order)]
