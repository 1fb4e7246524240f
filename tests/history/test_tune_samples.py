"""Which records are drawn to be labelled."""

from itertools import pairwise

import pytest

from curate.history.tune import draw_samples
from curate.store import Version
from tests.conftest import Workbench
from tests.history.conftest import Make, ticket

PACK = """
pack: mine
version: 1
what: Mine.
rules:
  - {id: short, what: S., why: T., where: characters < limit, limit: 100, good: ["@LONG@"],
     bad: [a]}
""".replace("@LONG@", "a" * 120)


@pytest.fixture
def built(make: Make, bench: Workbench) -> Version:
    (bench.folder / "mine.yaml").write_text(PACK)
    rows = [ticket(f"k{n}", f"Question {n}?", "x" * n) for n in range(1, 601)]
    return make(rows, "  - rules: {pack: mine.yaml}\n")


def test_both_sides_are_drawn_near_and_far(built: Version) -> None:
    drawn = draw_samples(built, "short", 40, 0)
    assert len({one.id for one in drawn}) == 40
    assert all(one.fails == (one.value < 100) for one in drawn)
    failing = [100 - one.value for one in drawn if one.fails]
    passing = [one.value - 100 for one in drawn if not one.fails]
    assert 15 <= len(failing) <= 25
    assert min(failing) <= 2
    assert max(failing) > 50
    assert min(passing) <= 10
    assert max(passing) > 250
    # Denser near the limit: more than a third of those that pass is of the nearest tenth.
    assert sum(one <= 50 for one in passing) > len(passing) / 3


def test_the_order_does_not_tell_the_side(built: Version) -> None:
    fails = [one.fails for one in draw_samples(built, "short", 40, 0)]
    changes = sum(one != other for one, other in pairwise(fails))
    assert changes > 8
    assert 0 < sum(fails[:20]) < sum(fails)


def test_a_draw_is_the_same_again_and_another_with_another_seed(built: Version) -> None:
    drawn = draw_samples(built, "short", 30, 0)
    assert draw_samples(built, "short", 30, 0) == drawn
    assert {one.id for one in draw_samples(built, "short", 30, 1)} != {one.id for one in drawn}


def test_a_larger_draw_adds_to_a_smaller_one(built: Version) -> None:
    few, many = (draw_samples(built, "short", number, 0) for number in (30, 60))
    assert {one.id for one in few} < {one.id for one in many}


def test_all_are_drawn_where_there_are_no_more(built: Version) -> None:
    assert len(draw_samples(built, "short", 10_000, 0)) == 600
