"""The texts of records in which passages are looked for."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from curate.fields import Leaf, leaves
from curate.substrings.words import Numbers


class Passages(NamedTuple):
    """Texts of a batch, flat, sorted by record; none is null."""

    texts: pa.StringArray
    rows: Numbers
    """The record of each, ascending."""
    leaves: Sequence[Leaf]
    at: Numbers
    """Of each the place in its leaf, and the number of the leaf in the lowest three bits."""

    @classmethod
    def of(cls, batch: pa.RecordBatch, fields: Sequence[str]) -> "Passages":
        """Every text of a batch that belongs to the fields."""
        found = leaves(batch, fields)
        texts, rows, at = [pa.array([], pa.string())], [_none()], [_none()]
        for number, leaf in enumerate(found):
            valid = np.flatnonzero(leaf.texts.is_valid().to_numpy(zero_copy_only=False))
            if not len(valid):
                continue
            is_whole = len(valid) == len(leaf.texts)
            texts.append(leaf.texts if is_whole else leaf.texts.take(pa.array(valid)))
            rows.append(leaf.rows[valid])
            at.append(valid << 3 | number)
        if len(texts) == 2:
            return cls(texts[1], rows[1], found, at[1])
        every = np.concatenate(rows)
        order = np.argsort(every, kind="stable")
        return cls(
            pa.concat_arrays(texts).take(pa.array(order)),
            every[order],
            found,
            np.concatenate(at)[order],
        )

    def path(self, text: int) -> str:
        """The path of a text in its record, such as `messages[1].content`."""
        return self.leaves[int(self.at[text]) & 7].path(int(self.at[text]) >> 3)


def _none() -> Numbers:
    return np.zeros(0, np.int64)
