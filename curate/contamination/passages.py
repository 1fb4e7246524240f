"""Passages of records: each text where it stands; no sequence runs from one into another."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.fields import Leaf, leaves


class Passages(NamedTuple):
    """Texts of a batch, flat, with the row of each and where it stands there."""

    texts: pa.StringArray
    rows: npt.NDArray[np.int64]
    origins: tuple[tuple[Leaf, npt.NDArray[np.int64]], ...]
    """The leaves the texts are from, one after the other, each with its places."""

    def path(self, place: int) -> str:
        """The path of a text within its record, such as `messages[2].content`."""
        for leaf, places in self.origins:
            if place < len(places):
                return leaf.path(int(places[place]))
            place -= len(places)
        raise IndexError(place)


def passages_of(batch: pa.RecordBatch, fields: Sequence[str]) -> Passages:
    """The texts of a batch that belong to fields; those that are null are left out."""
    texts, rows, origins = [], [], []
    for leaf in leaves(batch, fields):
        places = np.flatnonzero(leaf.texts.is_valid().to_numpy(zero_copy_only=False))
        texts.append(leaf.texts if len(places) == len(leaf.texts) else leaf.texts.take(places))
        rows.append(leaf.rows[places])
        origins.append((leaf, places))
    if not texts:
        return Passages(pa.array([], pa.string()), np.empty(0, np.int64), ())
    return Passages(pa.concat_arrays(texts), np.concatenate(rows), tuple(origins))
