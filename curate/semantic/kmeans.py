"""Spherical k-means, computed with whole numbers: it is the same on every machine.

Floating-point sums of a library differ with its threads and with the processor.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from curate.semantic.cosine import Floats, Places, Vectors, squares

ITERATIONS: Final = 100

_ROWS: Final = 4096
_UNIT: Final = 1 << 14


def kmeans(vectors: Vectors, clusters: int, seed: int) -> tuple[Places, Floats]:
    """The cluster of each record, and its cosine with the centroid."""
    clusters = min(clusters, len(vectors))
    first = np.random.default_rng(seed).permutation(len(vectors))[:clusters]
    centroids = vectors[np.sort(first)]
    assigned, similarity = _assign(vectors, centroids)
    for _ in range(ITERATIONS):
        centroids = _means(vectors, assigned, centroids)
        before = assigned
        assigned, similarity = _assign(vectors, centroids)
        if np.array_equal(before, assigned):
            break
    return assigned, similarity


def _assign(vectors: Vectors, centroids: Vectors) -> tuple[Places, Floats]:
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


def _means(vectors: Vectors, assigned: npt.NDArray[np.int64], centroids: Vectors) -> Vectors:
    """The mean direction of each cluster; a cluster without records stays where it is."""
    order = np.argsort(assigned, kind="stable")
    starts = np.flatnonzero(np.diff(assigned[order], prepend=-1))
    found = centroids.copy()
    for start, end in zip(starts, np.append(starts[1:], len(order)), strict=True):
        members = order[start:end]
        total = vectors[members].sum(axis=0, dtype=np.int64).astype(np.float64)
        size = np.sqrt(total @ total)
        if size > 0:
            found[assigned[members[0]]] = np.rint(total / size * _UNIT).astype(np.int16)
    return found
