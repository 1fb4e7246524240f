"""SemDeDup (Abbas et al. 2023, arXiv 2303.09540), by its name and to the letter.

Records are clustered by k-means; in each cluster they are sorted by their distance from the
centroid, the farthest first; a record is removed if its largest cosine to any before it, removed or
not, is above 1 - epsilon. So of a group of duplicates the one least similar to the centroid stays,
removals chain, and duplicates in different clusters stay. k-means is spherical, as in its authors'
code, and the same on every machine (`kmeans`).
"""

from itertools import pairwise
from typing import Final

import numpy as np

from curate.semantic.cosine import Floats, Places, Vectors, between
from curate.semantic.kmeans import kmeans

PER_CLUSTER: Final = 8_800
"""Records a cluster: the paper's 440 million images in 50,000 clusters."""

_ROWS: Final = 4096


def semdedup(vectors: Vectors, lengths: Floats, clusters: int, seed: int) -> tuple[Places, Floats]:
    """For each record the most similar one before it in its cluster, and their exact cosine.

    -1 and -1 where there is none. A record is removed where the cosine is above 1 - epsilon.
    """
    assigned, similarity = kmeans(vectors, clusters, seed)
    nearest, cosines = np.full(len(vectors), -1), np.full(len(vectors), -1.0)
    order = np.lexsort((np.arange(len(vectors)), similarity, assigned))
    bounds = np.flatnonzero(np.diff(assigned[order], prepend=-1, append=-1))
    for first, end in pairwise(bounds.tolist()):
        _compare(vectors, lengths, order[first:end], nearest, cosines)
    return nearest, cosines


def _compare(
    vectors: Vectors, lengths: Floats, members: Places, nearest: Places, cosines: Floats
) -> None:
    """Of the members of a cluster, in order, find the most similar before each."""
    for start in range(0, len(members), _ROWS // 4):
        rows = members[start : start + _ROWS // 4]
        for first in range(0, start + len(rows), _ROWS):
            before = members[first : min(first + _ROWS, start + len(rows))]
            found = between(vectors, lengths, rows, before)
            later = np.arange(first, first + len(before)) >= (start + np.arange(len(rows)))[:, None]
            found[later] = -2.0
            best = np.argmax(found, axis=1)
            values = found[np.arange(len(rows)), best]
            better = values > cosines[rows]
            nearest[rows[better]] = before[best[better]]
            cosines[rows[better]] = values[better]
