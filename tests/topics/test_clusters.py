"""Topics as clusters: found whatever the order, and figures as their definitions have them."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from curate.models.embedding import fixed_point
from curate.semantic.cosine import Vectors
from curate.topics.clusters import beginning, clustered
from curate.topics.quality import adjusted_rand, clustered_again, silhouettes, stability


def directions(groups: int, each: int, noise: float = 0.1, seed: int = 0) -> Vectors:
    """Vectors around random directions; those of group g stand at g, g + groups ..."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((groups, 24))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    own = np.tile(centres, (each, 1)) + noise * random.standard_normal((groups * each, 24))
    return fixed_point(own.astype(np.float32))


def partition(assigned: npt.NDArray[np.int64]) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(assigned == one).tolist()) for one in np.unique(assigned)}


@pytest.mark.parametrize("seed", range(5))
def test_groups_that_are_far_apart_are_found(seed: int) -> None:
    vectors = directions(12, 40)
    found = clustered(vectors, np.arange(len(vectors)), 12, seed)
    assert partition(found.assigned) == {frozenset(range(g, 480, 12)) for g in range(12)}


def test_topics_are_numbered_by_size_and_none_is_empty() -> None:
    vectors = np.concatenate([directions(3, 1, 0.0)[:1]] * 9 + [directions(3, 1, 0.0)[1:]] * 4)
    found = clustered(vectors, np.arange(len(vectors)), 8, 1)
    assert np.bincount(found.assigned).tolist() == [9, 4, 4]
    assert len(found.centroids) == 3
    # Of equally large ones the one with the first record comes first.
    assert found.assigned[9:11].tolist() == [1, 2]


def test_centroids_are_the_mean_directions_of_their_records() -> None:
    vectors = directions(5, 60, noise=0.3)
    found = clustered(vectors, np.arange(len(vectors)), 5, 3)
    for number, centroid in enumerate(found.centroids):
        mean = vectors[found.assigned == number].astype(np.float64).sum(axis=0)
        assert np.allclose(centroid / 16_384, mean / np.linalg.norm(mean), atol=1e-4)


def test_a_beginning_is_the_same_each_time_and_another_with_another_seed() -> None:
    vectors = directions(30, 10, noise=0.6)
    first = beginning(vectors, 9, 5)
    assert np.array_equal(first, beginning(vectors, 9, 5))
    assert not np.array_equal(first, beginning(vectors, 9, 6))


def test_silhouettes_are_those_of_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    vectors = directions(6, 30, noise=0.4)
    assigned = clustered(vectors, np.arange(len(vectors)), 6, 0).assigned
    expected = metrics.silhouette_samples(vectors.astype(np.float64), assigned, metric="cosine")
    assert np.allclose(silhouettes(vectors, assigned), expected, atol=1e-9)
    alone = np.concatenate([np.zeros(179, np.int64), [1]])
    expected = metrics.silhouette_samples(vectors.astype(np.float64), alone, metric="cosine")
    assert np.allclose(silhouettes(vectors, alone), expected, atol=1e-9)
    assert not silhouettes(vectors, np.zeros(180, np.int64)).any()


def test_the_adjusted_rand_index_is_that_of_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(1)
    for clusters in (1, 2, 7):
        one, other = random.integers(0, clusters, 300), random.integers(0, 5, 300)
        expected = metrics.adjusted_rand_score(one, other)
        assert adjusted_rand(one, other) == pytest.approx(expected)
    assert adjusted_rand(np.arange(3), np.arange(3)) == 1


def test_what_is_a_group_is_found_again_and_what_is_not_is_not() -> None:
    ids = pa.array([n.to_bytes(16, "big") for n in range(400)], pa.binary(16))
    groups, one = directions(8, 50), directions(1, 400, noise=1.0)
    for vectors, low, high in ((groups, 0.99, 1.0), (one, 0.0, 0.6)):
        assigned = clustered(vectors, np.arange(400), 8, 2).assigned
        again = clustered_again(vectors, ids, 8, 2)
        found = stability(assigned, again)
        assert low <= found.mean() <= high
    best = [
        max(
            len(set(np.flatnonzero(assigned == 0)) & set(np.flatnonzero(other == n)))
            / len(set(np.flatnonzero(assigned == 0)) | set(np.flatnonzero(other == n)))
            for n in range(other.max() + 1)
        )
        for other in again
    ]
    assert found[0] == pytest.approx(np.mean(best))
