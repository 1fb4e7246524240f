"""The most similar of the records that are kept, approximately, by an HNSW graph (usearch).

Only kept records are in the graph, so that a large group of equals cannot hide what else is near.
It is built by one thread with usearch's fixed seed: the same vectors in the same order give the
same graph on machines with the same vector instructions.
"""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, Final, NamedTuple

import numpy as np

from curate.errors import MissingExtraError
from curate.semantic.cosine import Floats, Places, Vectors, of_pairs, unit
from curate.semantic.nearest import Exhaustive, Level, Near, nearest

NEIGHBOURS: Final = 8
"""Candidates for each record; the exact cosine picks the nearest."""

CONNECTIVITY: Final = 16
EXPANSION_ADD: Final = 128
EXPANSION_SEARCH: Final = 64
"""What usearch recommends as its defaults, written out so that a release cannot change them."""

SAMPLE: Final = 1_000


class Recall(NamedTuple):
    """How many duplicates of a sample the graph found."""

    found: int
    there: int


class Graph:
    """Looks at the neighbours that an HNSW graph gives, at one level."""

    def __init__(self, vectors: Vectors, lengths: Floats) -> None:
        """`lengths` are `cosine.squares`. Raises `MissingExtraError` without usearch."""
        if find_spec("usearch") is None:
            raise MissingExtraError("the index of neighbours", "usearch", "embedding")
        from usearch.index import Index

        self._vectors, self._lengths = vectors, lengths
        self._index: Any = Index(
            ndim=vectors.shape[1],
            metric="ip",
            dtype="f32",
            connectivity=CONNECTIVITY,
            expansion_add=EXPANSION_ADD,
            expansion_search=EXPANSION_SEARCH,
        )

    def near(self, start: int, stop: int, levels: Sequence[Level]) -> list[Near]:
        """What is near to the rows from start to stop, among those that were added."""
        (level,) = levels
        count = stop - start
        if not len(self._index):
            return [Near(np.full(count, -1), np.zeros(count))]
        asked = unit(self._vectors[start:stop])
        matches = self._index.search(asked, min(NEIGHBOURS, len(self._index)), threads=1)
        places = np.asarray(matches.keys, np.int64).reshape(count, -1)
        given = np.arange(places.shape[1]) < np.asarray(matches.counts)[:, None]
        rows, columns = np.nonzero(given)
        found = places[rows, columns]
        cosines = of_pairs(self._vectors, self._lengths, rows + start, found)
        return [nearest(rows, found, cosines, (count, level.threshold))]

    def add(self, places: Places) -> None:
        """Put records into the graph."""
        if len(places):
            vectors = unit(self._vectors[places])
            self._index.add(places.astype(np.uint64), vectors, threads=1)


def recall(vectors: Vectors, lengths: Floats, fixed: int, level: Level) -> Recall:
    """Look exhaustively for what a graph should have found, for an even sample of records."""
    rest = len(vectors) - fixed
    sample = np.unique(np.linspace(fixed, len(vectors) - 1, min(SAMPLE, rest)).astype(np.int64))
    search = Exhaustive(vectors, lengths)
    there = [int(search.near(row, row + 1, [level])[0].places[0]) >= 0 for row in sample.tolist()]
    return Recall(int(np.count_nonzero(level.keepers[sample[there]] >= 0)), sum(there))
