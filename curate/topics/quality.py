"""How far topics can be trusted: how well they are parted, and whether they are found again."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa

from curate.mixing.choosing import positions
from curate.semantic.cosine import Floats, Places, Vectors
from curate.semantic.kmeans import assign
from curate.topics.clusters import beginning

RUNS: Final = 5
"""Random halves of the sample that are clustered again."""

DISSOLVED: Final = 0.5
"""A topic whose mean Jaccard index over the halves is not above this was not found again (Hennig
2007, "Cluster-wise assessment of cluster stability", section 3)."""

_ROWS: Final = 4096


def silhouettes(vectors: Vectors, assigned: Places) -> Floats:
    """The silhouette of each record (Rousseeuw 1987), with 1 - cosine as distance; from -1 to 1.

    It is (b - a) / max(a, b): a is the mean distance to the other records of the own cluster, b to
    those of the nearest other one. A record alone in its cluster has 0, as all have where there is
    one cluster. Of directions the mean of distances is the distance to the mean.
    """
    count = int(assigned.max(initial=-1)) + 1
    if count < 2:
        return np.zeros(len(vectors))
    sizes = np.bincount(assigned, minlength=count).astype(np.float64)
    sums = np.zeros((count, vectors.shape[1]))
    for start in range(0, len(vectors), _ROWS):
        np.add.at(sums, assigned[start : start + _ROWS], _units(vectors[start : start + _ROWS]))
    found = np.empty(len(vectors))
    for start in range(0, len(vectors), _ROWS):
        own = assigned[start : start + _ROWS]
        rows = np.arange(len(own))
        far = sizes - _units(vectors[start : start + _ROWS]) @ sums.T
        with np.errstate(divide="ignore", invalid="ignore"):
            inside = far[rows, own] / (sizes[own] - 1)
            outside = far / sizes
            outside[rows, own] = np.inf
            nearest = outside.min(axis=1)
            each = (nearest - inside) / np.maximum(inside, nearest)
        found[start : start + _ROWS] = np.where((sizes[own] > 1) & np.isfinite(each), each, 0.0)
    return found


def _units(vectors: Vectors) -> Floats:
    given = vectors.astype(np.float64)
    return np.asarray(given / np.sqrt(np.einsum("ij,ij->i", given, given))[:, None], np.float64)


def clustered_again(vectors: Vectors, ids: pa.Array, count: int, seed: int) -> list[Places]:
    """The clusters of records by the centroids of random halves of them, one a half."""
    found = []
    for run in range(1, RUNS + 1):
        half = np.sort(np.argsort(positions(ids, seed + run), kind="stable")[: (len(ids) + 1) // 2])
        found.append(assign(vectors, beginning(vectors[half], count, seed + run))[0])
    return found


def stability(assigned: Places, again: Sequence[Places]) -> Floats:
    """Of each cluster the Jaccard index with the most similar one, mean over other clusterings.

    This is Hennig's (2007, section 2), with random halves in the place of bootstrap samples.
    """
    means = np.zeros(int(assigned.max(initial=-1)) + 1)
    for other in again:
        table = _contingency(assigned, other)
        either = table.sum(axis=1)[:, None] + table.sum(axis=0)[None, :] - table
        means += (table / np.maximum(either, 1)).max(axis=1) / len(again)
    return means


def adjusted_rand(one: Places, other: Places) -> float:
    """The adjusted Rand index of two clusterings (Hubert and Arabie 1985, equation 5).

    1 where they are the same, about 0 where they have nothing in common.

    >>> adjusted_rand(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]))
    1.0
    """
    table = _contingency(one, other)
    together, rows, columns, all_ = (
        float((part * (part - 1) / 2).sum())
        for part in (table, table.sum(axis=1), table.sum(axis=0), table.sum())
    )
    expected = rows * columns / all_ if all_ else 0.0
    most = (rows + columns) / 2
    return (together - expected) / (most - expected) if most != expected else 1.0


def _contingency(one: Places, other: Places) -> Floats:
    """How many records two clusters have in common, [clusters of one, of the other]."""
    table = np.zeros((int(one.max(initial=-1)) + 1, int(other.max(initial=-1)) + 1))
    np.add.at(table, (one, other), 1.0)
    return table
