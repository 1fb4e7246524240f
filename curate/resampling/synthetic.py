"""Points that SMOTE and its kin make between records, and records that lie where they lie."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.mixing.choosing import Numbers

MARK: Final = 1e-3
"""How long the mark is by which a point tells its parents: the same for every record, so that of
all distances between two records the squares grow by the same, and neighbours stay neighbours."""

_BLOCK: Final = 1_024
"""Points that are compared with a pool at once."""

Floats = npt.NDArray[np.float64]


class Points(NamedTuple):
    """Points that a sampler made."""

    features: Any
    """[points, features] (sparse)."""
    classes: Numbers
    parents: Numbers
    """[points, 2]: the rows that each lies between; the second is -1 where it is one of them."""


class Realised(NamedTuple):
    """Records of a pool that stand for points, in the order of the points."""

    points: Numbers
    rows: Numbers
    """Rows of the pool, no two alike."""
    distances: Floats
    limits: Floats
    """How far the parents of the point are from one another."""


def points_of(sampler: Any, features: Any, classes: Numbers) -> Points:
    """Let a sampler make points, and find out of which records.

    A point lies on a line through two records. Every record gets a column of its own, in which it
    alone has a small number: the columns in which a point has some are those of its parents.
    """
    from scipy.sparse import csr_matrix, hstack, identity

    count, width = features.shape
    marked = hstack([csr_matrix(features), MARK * identity(count, format="csr")], format="csr")
    made, of = sampler.fit_resample(marked, classes)
    # What came is what comes first; points follow.
    made, of = csr_matrix(made)[count:], np.asarray(of[count:], np.int64)
    shares = csr_matrix(made[:, width:])
    parents = np.full((len(of), 2), -1, np.int64)
    for row in range(len(of)):
        span = slice(shares.indptr[row], shares.indptr[row + 1])
        columns, values = shares.indices[span], np.abs(shares.data[span])
        nearest = columns[np.lexsort((columns, -values))][:2]
        parents[row, : len(nearest)] = nearest
    return Points(csr_matrix(made[:, :width]), of, parents)


def realise(
    points: Points, features: Any, classes: Numbers, pool: Any, pool_classes: Numbers
) -> Realised:
    """Find for each point, in turn, the nearest record of a pool that no point before has taken.

    It must lie nearer to the point than the point's parents to one another, and its class must be
    that of the point. Where its class is not known (-1) it is that of the record nearest to it.
    """
    if not len(points.classes) or not pool.shape[0]:
        nothing = np.zeros(0, np.int64)
        return Realised(nothing, nothing, np.zeros(0), np.zeros(0))
    believed = np.where(pool_classes >= 0, pool_classes, _nearest_class(pool, features, classes))
    limits = _between(features, points.parents)
    free = np.ones(pool.shape[0], np.bool_)
    found: list[tuple[int, int, float, float]] = []
    for start in range(0, len(points.classes), _BLOCK):
        block = slice(start, start + _BLOCK)
        far = _distances(points.features[block], pool)
        for place, row in enumerate(far, start):
            fits = free & (believed == points.classes[place]) & (row < limits[place])
            if fits.any():
                nearest = int(np.where(fits, row, np.inf).argmin())
                free[nearest] = False
                found.append((place, nearest, float(row[nearest]), float(limits[place])))
    columns: Sequence[Any] = list(zip(*found, strict=True)) or ((), (), (), ())
    whole = [np.array(each, np.int64) for each in columns[:2]]
    return Realised(whole[0], whole[1], *(np.array(each, np.float64) for each in columns[2:]))


def _nearest_class(pool: Any, features: Any, classes: Numbers) -> Numbers:
    """The class of the record that is nearest to each of a pool; the first of equals."""
    found = [
        _distances(pool[start : start + _BLOCK], features).argmin(axis=1)
        for start in range(0, pool.shape[0], _BLOCK)
    ]
    return np.asarray(classes[np.concatenate(found)], np.int64)


def _between(features: Any, parents: Numbers) -> Floats:
    """The distance between the parents of each point; 0 where there is one only."""
    ones, others = parents[:, 0], np.where(parents[:, 1] < 0, parents[:, 0], parents[:, 1])
    from scipy.sparse import csr_matrix

    apart = csr_matrix(features[ones]) - csr_matrix(features[others])
    return np.sqrt(np.asarray(apart.multiply(apart).sum(axis=1), np.float64).ravel())


def _distances(ones: Any, others: Any) -> Floats:
    from sklearn.metrics.pairwise import euclidean_distances

    return np.asarray(np.round(euclidean_distances(ones, others), 9), np.float64)
