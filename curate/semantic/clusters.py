"""Choosing from clusters: the best of each, or those nearest to its centroid."""

from typing import Literal

import numpy as np

from curate.semantic.cosine import Floats, Places
from curate.semantic.kmeans import kmeans
from curate.semantic.similarity import Sized

Quota = Literal["proportional", "equal"]


def from_clusters(
    given: Sized, scores: Floats | None, clusters: int, quota: Quota, seed: int
) -> Places:
    """All rows in an order whose beginnings are fair to the clusters of spherical k-means.

    In a cluster the highest score comes first, without scores the highest cosine with the centroid;
    of equal ones the lowest row. `equal` takes one of each cluster in turn, as long as it has any;
    `proportional` gives each its share of records, by Webster's divisors: the n-th of a cluster of
    s records comes at (n - 1/2) / s.
    """
    count = len(given.vectors)
    if not count:
        return np.zeros(0, np.int64)
    assigned, cosines = kmeans(given.vectors, clusters, seed)
    worth = cosines if scores is None else scores
    order = np.lexsort((np.arange(count), -worth, assigned))
    sizes = np.bincount(assigned)
    ends = np.cumsum(sizes)
    own = assigned[order]
    turns = np.arange(count) - (ends - sizes)[own]
    at = turns if quota == "equal" else (turns + 0.5) / sizes[own]
    return order[np.lexsort((order, -worth[order], at))]
