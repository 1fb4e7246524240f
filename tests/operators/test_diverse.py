"""DEITA's filter over vectors: who is told to be too near to whom."""

import numpy as np
import pytest

from curate.models.vectors import column_of
from curate.semantic.diverse import diverse


@pytest.mark.parametrize("budget", [1, 5, 19, 20, 40])
def test_only_what_is_taken_counts_as_near(budget: int) -> None:
    """Twenty directions, then a copy of each: the list ends when enough is taken."""
    directions = np.eye(20, dtype=np.int16) * 16_384
    found = diverse(column_of(np.vstack([directions] * 2)), 0.9, np.ones(40), budget)
    taken = np.flatnonzero(found.taken)
    assert taken.tolist() == list(range(min(budget, 20)))
    near = np.flatnonzero(found.nearest >= 0)
    assert found.taken[found.nearest[near]].all()
    # Behind the last one taken nothing is looked at.
    assert near.tolist() == ([] if budget <= 20 else list(range(20, 40)))


def test_what_would_go_beyond_the_budget_ends_the_list() -> None:
    directions = np.eye(4, dtype=np.int16) * 16_384
    vectors = column_of(np.vstack([directions, directions]))
    found = diverse(vectors, 0.9, np.array([2.0, 1, 9, 1, 1, 1, 1, 1]), 5.0)
    assert np.flatnonzero(found.taken).tolist() == [0, 1]
    assert (found.nearest < 0).all()


def test_the_first_is_taken_whatever_the_budget() -> None:
    vectors = column_of(np.eye(3, dtype=np.int16) * 1000)
    found = diverse(vectors, 0.9, np.array([300.0, 10, 10]), 50)
    assert found.taken.tolist() == [True, False, False]
