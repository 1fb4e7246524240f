"""Topics as clusters of vectors: spherical k-means, from the best of several beginnings.

Each beginning is drawn by k-means++ (Arthur and Vassilvitskii 2007, "k-means++: The Advantages of
Careful Seeding", section 2.2) and runs over a sample; from the best end k-means goes on over all
records.
"""

from math import fsum, log
from typing import Final

import numpy as np

from curate.semantic.cosine import Floats, Places, Vectors, between, squares
from curate.semantic.kmeans import Clusters, lloyd

STARTS: Final = 3
"""Beginnings, of which the one with the highest sum of cosines counts."""

SAMPLE: Final = 10_000
"""Records of the sample. k-means of more finds much the same centroids, which all records mend."""


def clustered(vectors: Vectors, sample: Places, count: int, seed: int) -> Clusters:
    """At most `count` clusters of records, the largest first; none of them is empty.

    `sample` are the places of the records from which the beginning is found.
    """
    begun = beginning(vectors[sample], count, seed)
    return _by_size(lloyd(vectors, begun))


def beginning(vectors: Vectors, count: int, seed: int) -> Vectors:
    """The centroids of the best of several runs over some records; fewer where records are equal.

    >>> beginning(np.array([[9, 0], [9, 0], [0, 9]], np.int16), 3, seed=1).tolist()
    [[16384, 0], [0, 16384]]
    """
    ends = [lloyd(vectors, _drawn(vectors, count, seed, start)) for start in range(STARTS)]
    # A sum that is rounded once: the best of equal ends does not depend on the order of adding.
    best = max(ends, key=lambda end: fsum(end.similarity.tolist()))
    return _by_size(best).centroids


def _drawn(vectors: Vectors, count: int, seed: int, start: int) -> Vectors:
    """Records far from each other, by greedy k-means++ (section 5 of the paper).

    Some are drawn, with a chance in proportion to the squared distance from what is taken, and the
    one is taken that leaves the others nearest.
    """
    random = np.random.default_rng([seed, start])
    trials = 2 + int(log(count))
    lengths = squares(vectors)
    places = [int(random.integers(len(vectors)))]
    distances = _distances(vectors, lengths, np.array(places))[0]
    while len(places) < count and distances.any():
        sums = np.cumsum(distances)
        tried = np.searchsorted(sums, random.integers(sums[-1], size=trials), side="right")
        left = np.minimum(distances, _distances(vectors, lengths, tried))
        best = int(np.argmin(left.sum(axis=1)))
        places.append(int(tried[best]))
        distances = left[best]
    return vectors[places]


def _distances(vectors: Vectors, lengths: Floats, places: Places) -> Places:
    """Squared distances of directions, 2 - 2 cos, of some records from all, [some, all].

    They are whole numbers of 2^-30, so that sums are exact.
    """
    far = 2 - 2 * between(vectors, lengths, places, slice(None))
    return np.asarray(np.rint(far * _UNIT), np.int64)


_UNIT: Final = 1 << 30


def _by_size(found: Clusters) -> Clusters:
    """Number clusters by their records, of equally large ones the one with the first record."""
    sizes = np.bincount(found.assigned, minlength=len(found.centroids))
    firsts = np.full(len(sizes), len(found.assigned))
    np.minimum.at(firsts, found.assigned, np.arange(len(found.assigned)))
    order = np.lexsort((firsts, -sizes))[: int(np.count_nonzero(sizes))]
    numbers = np.zeros(len(sizes), np.int64)
    numbers[order] = np.arange(len(order))
    return Clusters(found.centroids[order], numbers[found.assigned], found.similarity)
