"""Spherical k-means, computed with whole numbers: it is the same on every machine.

Floating-point sums of a library differ with its threads and with the processor.
"""

from math import sqrt
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.semantic.cosine import Floats, Places, Vectors, squares

ITERATIONS: Final = 100

_ROWS: Final = 4096
_UNIT: Final = 1 << 14


class Clusters(NamedTuple):
    """Where k-means came to rest."""

    centroids: Vectors
    assigned: Places
    """The cluster of each record."""
    similarity: Floats
    """Its cosine with the centroid."""


def kmeans(vectors: Vectors, clusters: int, seed: int) -> tuple[Places, Floats]:
    """The cluster of each record, and its cosine with the centroid."""
    clusters = min(clusters, len(vectors))
    first = np.random.default_rng(seed).permutation(len(vectors))[:clusters]
    found = lloyd(vectors, vectors[np.sort(first)])
    return found.assigned, found.similarity


def lloyd(vectors: Vectors, centroids: Vectors) -> Clusters:
    """Move centroids to the mean directions of their records until no record changes sides."""
    assigned, similarity = assign(vectors, centroids)
    for _ in range(ITERATIONS):
        centroids = means(vectors, assigned, centroids)
        before = assigned
        assigned, similarity = assign(vectors, centroids)
        if np.array_equal(before, assigned):
            break
    return Clusters(centroids, assigned, similarity)


def assign(vectors: Vectors, centroids: Vectors) -> tuple[Places, Floats]:
    """The nearest centroid of each record, of equal ones the first, and the cosine with it."""
    sizes = np.sqrt(squares(centroids))
    table = centroids.astype(np.float64).T
    assigned, similarity = np.empty(len(vectors), np.int64), np.empty(len(vectors))
    for start in range(0, len(vectors), _ROWS):
        some = vectors[start : start + _ROWS].astype(np.float64)
        found = (some @ table) / sizes
        best = np.argmax(found, axis=1)
        assigned[start : start + _ROWS] = best
        own = np.sqrt(np.einsum("ij,ij->i", some, some))
        similarity[start : start + _ROWS] = found[np.arange(len(some)), best] / own
    return assigned, similarity


def means(vectors: Vectors, assigned: npt.NDArray[np.int64], centroids: Vectors) -> Vectors:
    """The mean direction of each cluster; a cluster without records stays where it is."""
    order = np.argsort(assigned, kind="stable")
    starts = np.flatnonzero(np.diff(assigned[order], prepend=-1))
    found = centroids.copy()
    for start, end in zip(starts, np.append(starts[1:], len(order)), strict=True):
        members = order[start:end]
        total = vectors[members].sum(axis=0, dtype=np.int64)
        # Python's whole numbers: the sum of squares may have more digits than a double.
        size = sqrt(sum(each * each for each in total.tolist()))
        if size > 0:
            found[assigned[members[0]]] = np.rint(total / size * _UNIT).astype(np.int16)
    return found
