"""How much of each slice there shall be."""

import pytest

from curate.mixing.levels import at_most, level_of, to_level
from curate.mixing.targets import Asked, InfeasibleError, targets

THERE = {"chat": 2000.0, "code": 3400.0, "math": 700.0}


def shares(found: dict[str, float]) -> dict[str, float]:
    whole = sum(found.values())
    return {name: round(amount / whole, 6) for name, amount in found.items()}


def test_as_much_as_the_shares_allow_is_taken_where_no_total_is_given() -> None:
    found = targets(THERE, Asked(weights={"chat": 1, "code": 1, "math": 2}))
    assert found == pytest.approx({"chat": 350, "code": 350, "math": 700})


def test_repeats_stretch_small_slices() -> None:
    found = targets(THERE, Asked(weights=dict.fromkeys(THERE, 1), repeats=4))
    assert found == pytest.approx(dict.fromkeys(THERE, 2800))


def test_a_slice_without_a_weight_goes() -> None:
    assert targets(THERE, Asked(weights={"chat": 1}))["code"] == 0


def test_a_temperature_flattens_sizes() -> None:
    same = shares(targets(THERE, Asked(temperature=1)))
    flat = shares(targets(THERE, Asked(temperature=1000, repeats=5)))
    assert same["math"] == pytest.approx(700 / 6100, abs=1e-5)
    assert flat["math"] == pytest.approx(1 / 3, abs=1e-2)


def test_floors_and_ceilings_bound_shares_and_the_others_share_the_rest() -> None:
    asked = Asked(weights={"chat": 4, "code": 4, "math": 2}, total=1000)
    floor = Asked(**{**vars(asked), "floors": {"math": 0.4}})
    assert targets(THERE, floor) == pytest.approx({"chat": 300, "code": 300, "math": 400})
    ceiling = Asked(**{**vars(asked), "ceilings": {"chat": 0.1}})
    assert targets(THERE, ceiling) == pytest.approx({"chat": 100, "code": 600, "math": 300})


def test_what_a_cap_takes_goes_to_the_others_by_their_weights() -> None:
    asked = Asked(weights={"chat": 2, "code": 1, "math": 1}, total=1000, caps={"chat": 200})
    assert targets(THERE, asked) == pytest.approx({"chat": 200, "code": 400, "math": 400})


def test_a_cap_alone_bounds_the_whole() -> None:
    asked = Asked(weights=dict.fromkeys(THERE, 1), caps=dict.fromkeys(THERE, 100))
    assert targets(THERE, asked) == pytest.approx(dict.fromkeys(THERE, 100))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Asked(weights={"maths": 1}), "no slice 'maths' .did you mean 'math'"),
        (Asked(weights=dict.fromkeys(THERE, 1), total=3000), "math: 1,000 are asked for; there ar"),
        (Asked(weights=dict.fromkeys(THERE, 1), total=3000), "300 missing"),
        (Asked(floors={"chat": 0.7, "code": 0.7}), "floors add up to 1.4"),
        (Asked(ceilings=dict.fromkeys(THERE, 0.2)), "ceilings to 0.6"),
        (Asked(floors={"chat": 0.5}, ceilings={"chat": 0.1}), "floors add up to 0.5"),
        (Asked(caps=dict.fromkeys(THERE, 100), total=1000), "caps leave 300 of 1,000"),
    ],
)
def test_what_cannot_be_had_is_named_with_what_is_missing(asked: Asked, words: str) -> None:
    with pytest.raises(InfeasibleError, match=words) as caught:
        targets(THERE, asked)
    assert caught.value.right


def test_what_can_be_had_instead_is_right() -> None:
    asked = Asked(weights=dict.fromkeys(THERE, 1), total=3000)
    with pytest.raises(InfeasibleError) as caught:
        targets(THERE, asked)
    assert "2,100 in all" in caught.value.right
    assert sum(targets(THERE, Asked(weights=asked.weights, total=2100)).values()) == 2100


def test_no_slice_has_more_than_the_largest_share() -> None:
    found = at_most({"a": 1000, "b": 30, "c": 20, "d": 400}, 0.4)
    assert max(shares(found).values()) == pytest.approx(0.4)
    assert (found["b"], found["c"]) == (30, 20)
    with pytest.raises(InfeasibleError, match=r"2 slices of at most 0\.3 make no whole"):
        at_most({"a": 1, "b": 1}, 0.3)


def test_levels_are_those_of_the_sizes() -> None:
    assert [level_of(THERE, level) for level in ("smallest", "median", "mean", "largest")] == [
        *(700, 2000, pytest.approx(6100 / 3), 3400)
    ]
    assert to_level(THERE, 1000, 1) == {"chat": 1000, "code": 1000, "math": 700}
