"""The most similar of the records that are kept, exactly: every one of them is looked at.

Blocked matrix products in float32 find candidates, with a margin for their rounding; those that can
be the most similar are verified by their exact cosine. Memory: a tile of `BLOCK` times `TILE`
products, 32 MB, beside the vectors.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.semantic.cosine import Floats, Places, Vectors, of_pairs, slack, unit

BLOCK: Final = 1024
TILE: Final = 8192


class Level(NamedTuple):
    """What is decided at one threshold, record by record in the order in which they are kept."""

    threshold: float
    kept: npt.NDArray[np.bool_]
    keepers: Places
    """The place of the most similar record that is kept and comes before; -1 where none is as
    similar as the threshold."""
    similarities: Floats
    """The exact cosine of the two; 0 where there is none."""

    @classmethod
    def begun(cls, threshold: float, records: int, fixed: int) -> "Level":
        """Nothing is decided but that the first `fixed` records are kept."""
        kept = np.zeros(records, np.bool_)
        kept[:fixed] = True
        return cls(threshold, kept, np.full(records, -1), np.zeros(records))

    @property
    def dropped(self) -> int:
        """How many records are dropped."""
        return int(np.count_nonzero(self.keepers >= 0))


class Near(NamedTuple):
    """Of each row of a block, the most similar kept record before it: -1 and 0 where none is."""

    places: Places
    cosines: Floats


class Exhaustive:
    """Looks at every record that is kept at any level."""

    def __init__(self, vectors: Vectors, lengths: Floats) -> None:
        """`lengths` are `cosine.squares` of the vectors."""
        self._vectors, self._lengths = vectors, lengths

    def near(self, start: int, stop: int, levels: Sequence[Level]) -> list[Near]:
        """For each level what is near to the rows from start to stop, among those before."""
        margin = slack(self._vectors.shape[1])
        block = unit(self._vectors[start:stop])
        best = [_Best(stop - start, level.threshold, margin) for level in levels]
        lowest = min(level.threshold for level in levels) - margin
        known = np.flatnonzero(np.logical_or.reduce([level.kept[:start] for level in levels]))
        for first in range(0, len(known), TILE):
            tile = known[first : first + TILE]
            products = block @ unit(self._vectors[tile]).T
            rows, columns = np.nonzero(products >= lowest)
            values, places = products[rows, columns], tile[columns]
            for level, found in zip(levels, best, strict=True):
                hits = level.kept[places]
                found.offer(rows[hits], places[hits], values[hits])
        return [found.settled(start, self._vectors, self._lengths) for found in best]

    def add(self, places: Places) -> None:
        """Nothing is to be done for records that are kept: the levels tell."""


class _Best:
    """Of each row the candidates that can be its most similar."""

    def __init__(self, rows: int, threshold: float, margin: float) -> None:
        self._threshold, self._margin = threshold, margin
        self._highest = np.full(rows, threshold, np.float32)
        self._candidates: list[tuple[Places, Places, npt.NDArray[np.float32]]] = []

    def offer(self, rows: Places, places: Places, values: npt.NDArray[np.float32]) -> None:
        np.maximum.at(self._highest, rows, values)
        near = values >= self._highest[rows] - 2 * self._margin
        self._candidates.append((rows[near], places[near], values[near]))

    def settled(self, start: int, vectors: Vectors, lengths: Floats) -> Near:
        rows, places, values = self._all()
        near = values >= self._highest[rows] - 2 * self._margin
        rows, places = rows[near], places[near]
        return nearest(
            rows,
            places,
            of_pairs(vectors, lengths, rows + start, places),
            (len(self._highest), self._threshold),
        )

    def _all(self) -> tuple[Places, Places, npt.NDArray[np.float32]]:
        if not self._candidates:
            nothing = np.zeros(0, np.int64)
            return nothing, nothing, np.zeros(0, np.float32)
        rows, places, values = zip(*self._candidates, strict=True)
        return np.concatenate(rows), np.concatenate(places), np.concatenate(values)


def nearest(rows: Places, places: Places, cosines: Floats, wanted: tuple[int, float]) -> Near:
    """Of pairs the most similar of each row, ties by the lower place.

    `wanted` is the number of rows, and the cosine from which pairs count.
    """
    count, threshold = wanted
    reached = cosines >= threshold
    rows, places, cosines = rows[reached], places[reached], cosines[reached]
    order = np.lexsort((places, -cosines, rows))
    rows, places, cosines = rows[order], places[order], cosines[order]
    first = np.flatnonzero(np.diff(rows, prepend=-1))
    found = Near(np.full(count, -1), np.zeros(count))
    found.places[rows[first]] = places[first]
    found.cosines[rows[first]] = cosines[first]
    return found
