"""Choices among vectors, against their published definitions written out plainly."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from curate.errors import RefusedError
from curate.semantic.clusters import from_clusters
from curate.semantic.dpp import most_probable
from curate.semantic.facility_location import facility_location
from curate.semantic.k_centre import k_centre
from curate.semantic.kmeans import kmeans
from curate.semantic.similarity import UNIT, Budget, Sized, nearest_taken

Matrix = npt.NDArray[Any]


def directions(count: int, dimensions: int = 12, seed: int = 0, groups: int = 9) -> Sized:
    """Vectors in some groups, with a copy of the first ten at the end."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(groups, dimensions))
    given = centres[random.integers(groups, size=count - 10)]
    given = given + 0.6 * random.normal(size=given.shape)
    given = np.vstack([given, given[:10]])
    given /= np.linalg.norm(given, axis=1)[:, None]
    return Sized.of(np.rint(given * 16_384).astype(np.int16))


def similarities(given: Sized) -> npt.NDArray[np.int64]:
    """Cosines of all pairs in units of 2^-30, from whole numbers."""
    products = given.vectors.astype(np.int64) @ given.vectors.astype(np.int64).T
    scale = given.inverse[:, None] * given.inverse[None, :] * UNIT
    return np.floor(products * scale + 0.5).astype(np.int64)


def records(count: int, wanted: int) -> Budget:
    return Budget(np.ones(count), float(wanted))


@pytest.mark.parametrize("wanted", [1, 2, 40, 300])
def test_k_centre_takes_the_farthest_again_and_again(wanted: int) -> None:
    given = directions(300)
    cosines = similarities(given)
    mean = given.vectors.astype(float).sum(axis=0)
    taken = [int(np.argmax(given.vectors @ mean * given.inverse))]
    while len(taken) < wanted:
        nearest = cosines[:, taken].max(axis=1)
        nearest[taken] = np.iinfo(np.int64).max
        taken.append(int(np.argmin(nearest)))
    assert k_centre(given, records(300, wanted)).tolist() == taken


def greedily(represents: npt.NDArray[np.int64], wanted: int) -> list[int]:
    """Facility location by its definition: [represented, by], in units of 2^-30."""
    best = np.zeros(len(represents), np.int64)
    taken: list[int] = []
    while len(taken) < wanted:
        gains = np.maximum(represents - best[:, None], 0).sum(axis=0)
        gains[taken] = -1
        taken.append(int(np.argmax(gains)))
        best = np.maximum(best, represents[:, taken[-1]])
    return taken


@pytest.mark.parametrize("wanted", [1, 40, 300])
def test_facility_location_adds_most_to_the_sum(wanted: int) -> None:
    given = directions(300)
    found = facility_location(given, records(300, wanted)).tolist()
    assert found == greedily(similarities(given), wanted)


def test_facility_location_with_neighbours_represents_only_the_nearest() -> None:
    given = directions(300)
    cosines = similarities(given)
    listed = np.zeros_like(cosines)
    for row in range(300):
        others = [other for other in range(300) if other != row]
        nearest = sorted(others, key=lambda other: (-cosines[row, other], other))[:7]
        listed[row, [row, *nearest]] = cosines[row, [row, *nearest]]
    np.fill_diagonal(listed, UNIT)
    found = facility_location(given, records(300, 60), 7).tolist()
    assert found == greedily(listed, 60)
    whole = facility_location(given, records(300, 60))
    assert facility_location(given, records(300, 60), 299).tolist() == whole.tolist()


def determinants(kernel: Matrix, wanted: int) -> list[int]:
    """Greedy MAP by its definition: the largest determinant with one more."""
    taken: list[int] = []
    while len(taken) < wanted:
        best, most = -1, -np.inf
        for row in range(len(kernel)):
            rows = [*taken, row]
            sign, found = np.linalg.slogdet(kernel[np.ix_(rows, rows)])
            if row not in taken and sign > 0 and found > most + 1e-9:
                best, most = row, float(found)
        taken.append(best)
    return taken


@pytest.mark.parametrize("bandwidth", [None, 0.6])
def test_dpp_takes_the_largest_determinant_of_quality_and_similarity(
    bandwidth: float | None,
) -> None:
    given = directions(60)
    quality = np.random.default_rng(1).uniform(0.5, 2, 60)
    cosines = similarities(given) / UNIT
    similar = (1 + cosines) / 2 if bandwidth is None else np.exp((cosines - 1) / bandwidth**2)
    kernel = quality[:, None] * similar * quality[None, :]
    found = most_probable(given, quality, records(60, 11), bandwidth).tolist()
    assert found == determinants(kernel, 11)
    # Of two equal ones both are never taken.
    assert not {row for row in found if row >= 50} & {row + 50 for row in found if row < 10}


def test_dpp_tells_what_it_cannot_do(monkeypatch: pytest.MonkeyPatch) -> None:
    given = directions(60, dimensions=5)
    quality = np.ones(60)
    assert len(most_probable(given, quality, records(60, 6), None)) == 6
    with pytest.raises(RefusedError, match="after 6 records every other one depends on them"):
        most_probable(given, quality, records(60, 20), None)
    assert len(most_probable(given, quality, records(60, 20), 0.5)) == 20
    with pytest.raises(RefusedError, match="1 have one that is not above 0"):
        most_probable(given, np.r_[quality[1:], 0.0], records(60, 2), None)
    monkeypatch.setattr("curate.semantic.dpp.MOST_BYTES", 8 * 60 * 5)
    with pytest.raises(RefusedError, match="`top` of 5 records or less"):
        most_probable(given, quality, records(60, 6), None)


def test_clusters_give_in_proportion_or_equally_the_best_or_the_most_central() -> None:
    given = directions(300)
    assigned, cosines = kmeans(given.vectors, 8, 5)
    sizes = np.bincount(assigned)
    order = from_clusters(given, None, 8, "proportional", 5)
    assert sorted(order.tolist()) == list(range(300))
    for wanted in (30, 100):
        counts = np.bincount(assigned[order[:wanted]], minlength=8)
        assert np.abs(counts - sizes * wanted / 300).max() <= 1
    order = from_clusters(given, None, 8, "equal", 5)[:40]
    assert np.bincount(assigned[order], minlength=8).tolist() == [5] * 8
    scores = np.random.default_rng(2).integers(0, 50, 300).astype(float)
    for worth, found in ((cosines, order), (scores, from_clusters(given, scores, 8, "equal", 5))):
        for cluster in range(8):
            own = np.flatnonzero(assigned == cluster)
            best = sorted(own, key=lambda row: (-worth[row], row))[:5]
            assert [row for row in found[:40] if assigned[row] == cluster] == best


def test_small_clusters_give_all_they_have_and_the_others_the_rest() -> None:
    given = directions(300)
    assigned, _ = kmeans(given.vectors, 8, 5)
    sizes = np.bincount(assigned)
    level = int(np.sort(sizes)[2])
    wanted = int(np.minimum(sizes, level).sum())
    found = from_clusters(given, None, 8, "equal", 5)[:wanted]
    assert np.bincount(assigned[found]).tolist() == np.minimum(sizes, level).tolist()


def test_a_budget_of_amounts_is_reached_and_no_more() -> None:
    given = directions(100)
    amounts = np.random.default_rng(3).integers(1, 9, 100).astype(float)
    budget = Budget(amounts, 60.0)
    for order in (
        k_centre(given, budget),
        facility_location(given, budget),
        facility_location(given, budget, 5),
        most_probable(given, np.ones(100), budget, 0.5),
    ):
        assert amounts[order[:-1]].sum() < 60 <= amounts[order].sum()
        assert len(set(order.tolist())) == len(order) <= budget.most


def test_the_nearest_taken_is_found_of_each() -> None:
    given = directions(300)
    taken = np.array([250, 3, 77, 290])
    found = nearest_taken(given, np.arange(300), taken)
    cosines = similarities(given)[:, np.sort(taken)]
    assert found.places.tolist() == np.sort(taken)[cosines.argmax(axis=1)].tolist()
    assert (found.cosines * UNIT).tolist() == cosines.max(axis=1).tolist()
    nothing = nearest_taken(given, np.arange(3), np.zeros(0, np.int64))
    assert nothing.cosines.tolist() == [-1.0] * 3


def test_nothing_is_chosen_of_nothing() -> None:
    nothing = Sized.of(np.zeros((0, 1), np.int16))
    budget = Budget(np.zeros(0), 5.0)
    assert not len(k_centre(nothing, budget))
    assert not len(facility_location(nothing, budget, 3))
    assert not len(most_probable(nothing, np.zeros(0), budget, None))
    assert not len(from_clusters(nothing, None, 3, "equal", 0))


def test_vectors_whose_products_may_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="length above 0"):
        Sized.of(np.full((1, 4), 32_767, np.int16))
