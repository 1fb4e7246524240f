"""Texts as their lines, and texts again of those that are left."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.decision import Span
from curate.scan import COUNTS, Scan

KEPT: Final = -1
"""The cause of a line that no rule removed."""

Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Change = tuple[Span, int]
"""A changed stretch of a text, and the place of the rule that changed it."""


class Mend(NamedTuple):
    """What a rule replaced in a line, as the line was then without white space at its ends."""

    order: int
    places: tuple[tuple[int, int], ...]
    replacement: str


class Lines(NamedTuple):
    """The lines of texts, one after the other; a text without a line feed is one line."""

    texts: pa.StringArray
    raw: pa.StringArray
    stripped: pa.StringArray
    rows: Rows
    """The text that each line is of."""

    @classmethod
    def of(cls, texts: pa.StringArray) -> "Lines":
        """Cut texts at line feeds; null texts have no lines."""
        cut = pc.split_pattern(texts, "\n")
        counts = pc.fill_null(pc.list_value_length(cut), 0).to_numpy(zero_copy_only=False)
        raw = cut.flatten()
        rows = np.repeat(np.arange(len(texts), dtype=np.int64), counts)
        return cls(texts, raw, pc.utf8_trim_whitespace(raw), rows)

    def words(self) -> Rows:
        """How many words each line has."""
        return np.asarray(Scan(self.stripped).counts[:, COUNTS.WORDS], np.int64)

    def removed(self, gone: Flags, words: Rows) -> pa.Table:
        """The signals `line_rule.REMOVED`, a row a text."""
        solid = words > 0
        return pa.table(
            {
                "removed_words": self._share(np.where(gone, words, 0), words),
                "removed_lines": self._share(gone & solid, solid),
            }
        )

    def _share(self, part: Rows | Flags, whole: Rows | Flags) -> pa.Array:
        """Sums of lines over sums of lines, text by text; null where there is nothing."""
        sums = [
            np.bincount(self.rows, weights=each, minlength=len(self.texts))
            for each in (part, whole)
        ]
        none = sums[1] == 0
        return pa.array(sums[0] / np.where(none, 1, sums[1]), pa.float64(), mask=none)


class Rebuilt(NamedTuple):
    """Texts after their lines changed, and where each of those changed, by its row."""

    texts: pa.StringArray
    changes: dict[int, list[Change]]


def rebuilt(
    lines: Lines,
    cause: Rows,
    mends: Mapping[int, Sequence[Mend]],
    now: pa.StringArray,
    dropped: set[int],
) -> Rebuilt:
    """Put the lines that are left together; texts of `dropped` rows stay as they are."""
    touched = np.zeros(len(lines.texts), np.bool_)
    touched[lines.rows[cause != KEPT]] = True
    touched[[lines.rows[line] for line in mends]] = True
    touched[list(dropped)] = False
    rows = np.flatnonzero(touched)
    starts = np.searchsorted(lines.rows, rows)
    ends = np.searchsorted(lines.rows, rows, side="right")
    texts: list[str] = []
    changes: dict[int, list[Change]] = {}
    for row, start, end in zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True):
        raw = lines.raw[start:end].to_pylist()
        text = _Text(raw, cause[start:end].tolist())
        for line in range(start, end):
            if line in mends and cause[line] == KEPT:
                text.mend(line - start, mends[line], now[line].as_py())
        texts.append(text.joined())
        changes[row] = text.changes()
    if not texts:
        return Rebuilt(lines.texts, {})
    array = pc.replace_with_mask(lines.texts, pa.array(touched), pa.array(texts, pa.string()))
    return Rebuilt(array, changes)


class _Text:
    """One text whose lines change."""

    def __init__(self, raw: list[str], cause: list[int]) -> None:
        self.raw, self.cause = raw, cause
        self.now = list(raw)
        self.mended: dict[int, list[Change]] = {}

    def mend(self, line: int, mends: Sequence[Mend], now: str) -> None:
        """Take over what a line became; one that was mended twice has one span."""
        raw = self.raw[line]
        lead = len(raw) - len(raw.lstrip())
        self.now[line] = now
        if len(mends) == 1 and raw.strip() == raw:
            (mend,) = mends
            changes = [
                (Span(start, end, len(mend.replacement)), mend.order) for start, end in mend.places
            ]
            # What was white space beside a match is gone with it: then one span tells it all.
            if len(raw) + sum(s.length - s.end + s.start for s, _ in changes) == len(now):
                self.mended[line] = changes
                return
        stop = len(raw.rstrip())
        self.now[line] = raw[:lead] + now + raw[stop:]
        self.mended[line] = [(Span(lead, stop, len(now)), mends[-1].order)]

    def joined(self) -> str:
        return "\n".join(
            line for line, cause in zip(self.now, self.cause, strict=True) if cause == KEPT
        )

    def changes(self) -> list[Change]:
        """Where the text changed.

        A removed line goes with the line feed before it where a kept line stands there, else with
        the one behind it.
        """
        found: list[Change] = []
        place, kept_before = 0, False
        last = len(self.raw) - 1
        for line, (raw, cause) in enumerate(zip(self.raw, self.cause, strict=True)):
            end = place + len(raw)
            if cause == KEPT:
                kept_before = True
                found += [
                    (Span(place + span.start, place + span.end, span.length), order)
                    for span, order in self.mended.get(line, ())
                ]
            elif kept_before:
                found.append((Span(place - 1, end, 0), cause))
            elif line < last or end > place:
                found.append((Span(place, end + (line < last), 0), cause))
            place = end + 1
        return found
