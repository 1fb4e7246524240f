"""Texts as their lines, and texts again of those that are left."""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.scan import COUNTS, Scan

KEPT: Final = -1
"""The cause of a line that no rule removed."""

Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


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

    def joined(self, now: pa.StringArray, kept: Flags, touched: Flags) -> pa.StringArray:
        """The texts again, those that were touched of the lines that are kept, as they are now."""
        if not touched.any():
            return self.texts
        chosen = kept & touched[self.rows]
        counts = np.bincount(self.rows[chosen], minlength=len(self.texts))[touched]
        offsets = np.zeros(len(counts) + 1, np.int32)
        np.cumsum(counts, out=offsets[1:])
        left = now.filter(pa.array(chosen))
        texts = pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), left), "\n")
        return pc.replace_with_mask(self.texts, pa.array(touched), texts)
