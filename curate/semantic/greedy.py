"""Greedy decisions: a record is dropped if one that is kept before it is similar to it.

Nothing chains: what is similar only to a dropped record is kept (as DEITA's paper has it, Liu et
al. 2023, arXiv 2312.15685, section 2.3, not as in its batches).
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np

from curate.semantic.cosine import Floats, Places, Vectors, between
from curate.semantic.nearest import BLOCK, Level, Near


class Search(Protocol):
    """Finds the most similar of the records that are kept."""

    def near(self, start: int, stop: int, levels: Sequence[Level]) -> list[Near]:
        """For each level what is near to the rows from start to stop, among those before."""

    def add(self, places: Places) -> None:
        """Records that are kept at the first level."""


def decide(
    vectors: Vectors,
    lengths: Floats,
    fixed: int,
    thresholds: Sequence[float],
    search: Search,
    enough: Callable[[Level], bool] = lambda _: False,
) -> list[Level]:
    """Decide on records in the order of their rows, at several thresholds at once.

    The first `fixed` are kept whatever they are like. `lengths` are `cosine.squares`. Where
    `enough` holds of the first level no more rows are looked at.
    """
    levels = [Level.begun(threshold, len(vectors), fixed) for threshold in thresholds]
    search.add(np.arange(fixed))
    for start in range(fixed, len(vectors), BLOCK):
        stop = min(start + BLOCK, len(vectors))
        found = search.near(start, stop, levels)
        inside = between(vectors, lengths, slice(start, stop), slice(start, stop))
        inside = np.tril(inside, -1)
        for level, near in zip(levels, found, strict=True):
            _settle(level, near, inside, start)
        search.add(start + np.flatnonzero(levels[0].kept[start:stop]))
        if enough(levels[0]):
            break
    return levels


def _settle(level: Level, near: Near, inside: Floats, start: int) -> None:
    """Decide on a block, whose rows may be similar to rows of it that come before."""
    stop = start + len(inside)
    kept, keepers = level.kept[start:stop], level.keepers[start:stop]
    similarities = level.similarities[start:stop]
    keepers[:], similarities[:] = near.places, near.cosines
    kept[:] = near.places < 0
    rows, columns = np.nonzero(inside >= level.threshold)
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    for first, end in pairwise([*starts.tolist(), len(rows)]):
        row, candidates = rows[first], columns[first:end]
        candidates = candidates[kept[candidates]]
        if not len(candidates):
            continue
        best = candidates[np.argmax(inside[row, candidates])]
        if inside[row, best] > similarities[row]:
            keepers[row], similarities[row] = start + best, inside[row, best]
            kept[row] = False
