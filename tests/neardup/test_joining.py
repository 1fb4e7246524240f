"""Joining by an index, or each with each, decides as the definitions in plain Python do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.neardup import joining
from curate.neardup.boilerplate import boilerplate
from curate.neardup.joining import Group, Way, joined

SETS = st.sets(st.integers(1, 24), min_size=1, max_size=14)
COMPONENTS = st.lists(st.lists(st.tuples(SETS, st.booleans()), min_size=1, max_size=9), max_size=4)
WAYS = st.builds(Way, st.sampled_from([0.3, 0.5, 0.6, 0.8, 1.0]), st.booleans(), st.booleans())


def spread(number: int) -> int:
    """A number as a hash: what tells it from others is in its upper bits too."""
    return number * 0x9E3779B97F4A7C15 % 2**64


def group(components: list[list[tuple[set[int], bool]]]) -> Group:
    """In each component, what is fixed comes first."""
    ordered = [sorted(each, key=lambda pair: not pair[1]) for each in components]
    flat = [pair for each in ordered for pair in each]
    numbers = [number for held, _ in flat for number in sorted(map(spread, held))]
    return Group(
        np.array(numbers, np.uint64),
        np.cumsum([len(held) for held, _ in flat], dtype=np.int64),
        np.cumsum([len(each) for each in ordered], dtype=np.int64),
        np.array([fixed for _, fixed in flat], np.bool_),
    )


@pytest.mark.parametrize("few", [0, 32])
@given(COMPONENTS, WAYS, st.sets(st.integers(1, 24), max_size=8))
@settings(max_examples=300, deadline=None)
def test_compiled_and_plain_decide_alike(
    few: int, components: list[list[tuple[set[int], bool]]], way: Way, common: set[int]
) -> None:
    everywhere = np.array(sorted(map(spread, common)), np.uint64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(joining, "FEW", few)
        compiled = joined(group(components), everywhere, way, compiled=True)
    plain = joined(group(components), everywhere, way, compiled=False)
    assert compiled.keepers.tolist() == plain.keepers.tolist()
    assert compiled.similarities.tolist() == plain.similarities.tolist()
    assert compiled.reached.tolist() == plain.reached.tolist()


def chain(length: int) -> list[list[tuple[set[int], bool]]]:
    """Sets of which each shares 9 of 11 numbers with the next, and nothing with far ones."""
    return [[(set(range(start, start + 10)), False) for start in range(length)]]


def test_a_chain_is_one_cluster_only_where_chaining_is_allowed() -> None:
    nothing = np.zeros(0, np.uint64)
    way = Way(0.8, chaining=True)
    found = joined(group(chain(50)), nothing, way, compiled=True)
    assert set(found.keepers.tolist()) == {0}
    assert found.similarities[1] == 9 / 11
    assert found.reached.tolist() == [True, True, *([False] * 48)]
    way = Way(0.8, chaining=False)
    found = joined(group(chain(50)), nothing, way, compiled=True)
    assert found.keepers.tolist() == [place - place % 2 for place in range(50)]
    assert found.reached.all()


def test_a_dropped_set_has_the_most_similar_keeper_and_the_first_of_equally_similar_ones() -> None:
    kept = [set(range(10)), set(range(3, 13)), set(range(100, 110))]
    sets = [(held, False) for held in [*kept, set(range(2, 12)), set(range(100, 109)) | {9}]]
    found = joined(group([sets]), np.zeros(0, np.uint64), Way(0.6, chaining=False))
    assert found.keepers.tolist() == [0, 1, 2, 1, 2]


def test_a_share_of_a_threshold_is_exact() -> None:
    """7 of 10 is 0.7, which no float is."""
    sets = [(set(range(10)), False), (set(range(7)), False)]
    for threshold, dropped in ((0.7, True), (0.700001, False)):
        found = joined(group([sets]), np.zeros(0, np.uint64), Way(threshold, False), compiled=True)
        assert (found.keepers[1] == 0) == dropped


def test_boilerplate_is_what_more_than_a_share_of_many_sets_have() -> None:
    sets = [[1, 2, 1000 + place] for place in range(300)] + [[2, 3]] * 150
    flat = np.array([number for held in sets for number in held], np.uint64)
    assert boilerplate(lambda: [flat[:700], flat[700:]], 450, 0.5).tolist() == [1, 2]
    assert boilerplate(lambda: [flat[:700], flat[700:]], 450, 0.7).tolist() == [2]
    assert boilerplate(lambda: [flat[:700], flat[700:]], 450, 0.1).tolist() == [1, 2, 3]
    assert boilerplate(lambda: [flat[:700], flat[700:]], 450, 0).tolist() == []
    assert boilerplate(lambda: [np.array([1] * 99, np.uint64)], 99, 0.1).tolist() == []
