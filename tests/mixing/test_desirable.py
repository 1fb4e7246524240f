"""Unpaired preferences: both sides in the ratio asked for, and the weights that KTO needs else."""

from collections import Counter
from dataclasses import fields
from typing import Any

import pytest

from curate.errors import RefusedError
from curate.mixing.desirable import Sides
from tests.conftest import Workbench

SOURCE = "{path: data, name: t, key: n}"


def rows(desirable: int, undesirable: int, plain: int = 0) -> list[dict[str, Any]]:
    wanted = [True] * desirable + [False] * undesirable
    labelled = [
        {"n": str(n), "prompt": f"{n}?", "completion": f"answer {n}", "label": label}
        for n, label in enumerate(wanted)
    ]
    others = [{"n": f"p{n}", "prompt": f"{n}!", "response": "hello"} for n in range(plain)]
    return [*labelled, *others]


def built(bench: Workbench, steps: str) -> Any:
    return bench.build(bench.recipe(steps, SOURCE)).version


def sizes(version: Any) -> Counter[bool | None]:
    found = (batch["desirable"].to_pylist() for batch in version.batches())
    return Counter(label for labels in found for label in labels)


def kto(version: Any) -> dict[str, Any]:
    (told,) = [one["kto"] for one in version.certificates if one["kind"] == "mix"]
    return dict(told)


def test_both_sides_are_made_equal_and_other_records_stay(bench: Workbench) -> None:
    bench.write(rows(30, 100, plain=17))
    version = built(bench, "  - balance: {by: desirable}\n")
    assert sizes(version) == {True: 30, False: 30, None: 17}
    told = kto(version)
    weights = {"desirable_weight": pytest.approx([100 / 30, 400 / 90])}
    assert told["came"] == {"desirable": 30, "undesirable": 100, "weights": weights}
    assert told["left"] == {"desirable": 30, "undesirable": 30, "weights": {}}
    assert version.manifest["notes"]["balance"][-2:] == [
        "KTO on all that came: 30 desirable and 100 undesirable records need desirable_weight "
        "from 3.33 to 4.44",
        "KTO on what is left: 30 desirable and 30 undesirable records need no weights",
    ]


def test_another_ratio_is_a_mix(bench: Workbench) -> None:
    bench.write(rows(90, 30, plain=5))
    step = "  - mix: {by: desirable, weights: {desirable: 4, undesirable: 3}}\n"
    version = built(bench, step)
    assert sizes(version) == {True: 40, False: 30, None: 5}
    assert kto(version)["left"]["weights"] == {}


def test_repeats_count(bench: Workbench) -> None:
    bench.write(rows(40, 10))
    version = built(bench, "  - balance: {by: desirable, to: largest, repeats: 3}\n")
    assert kto(version)["left"] == {
        **{"desirable": 40, "undesirable": 30},
        "weights": {},
    }


def test_what_is_set_aside_neither_goes_nor_counts(bench: Workbench) -> None:
    bench.write(rows(40, 160))
    steps = "  - split: {eval: 0.25, by: id}\n  - balance: {by: desirable}\n"
    version = built(bench, steps)
    held_out = sizes(version.with_split("eval"))
    assert held_out[False] > 2 * held_out[True]
    trained = sizes(version.with_split("train"))
    assert trained[True] == trained[False] == kto(version)["came"]["desirable"]


def test_one_side_alone_is_told(bench: Workbench) -> None:
    bench.write(rows(10, 0))
    notes = built(bench, "  - balance: {by: desirable}\n").manifest["notes"]["balance"]
    assert notes[-1].endswith("10 desirable and 0 undesirable records, and it needs both")


def test_a_dataset_without_any_is_refused(bench: Workbench) -> None:
    bench.write(rows(0, 0, plain=5))
    with pytest.raises(RefusedError, match="no record has a value of desirable"):
        built(bench, "  - balance: {by: desirable}\n")


@pytest.mark.parametrize("sides", [(1, 10), (10, 1), (7, 9), (9, 7), (300, 200), (999, 1)])
def test_the_weights_bring_the_ratio_to_the_ends_of_its_range(sides: tuple[int, int]) -> None:
    found = Sides(*sides)
    ratio = found.desirable / found.undesirable
    ends = [
        ratio * weight if name == "desirable_weight" else ratio / weight
        for name, both in found.weights().items()
        for weight in both
    ]
    if ends:
        assert sorted(ends) == pytest.approx([1, 4 / 3])
    else:
        assert 1 <= ratio <= 4 / 3


def test_the_weights_are_settings_of_trl() -> None:
    trl = pytest.importorskip("trl", reason="the extra train is not installed")
    known = {field.name for field in fields(trl.KTOConfig)}
    assert {name for sides in ((1, 9), (9, 1)) for name in Sides(*sides).weights()} <= known


def test_select_takes_the_best_of_each_side(bench: Workbench) -> None:
    bench.write(rows(20, 40))
    version = built(bench, "  - select: {by: characters, top: 0.5, per: desirable}\n")
    assert sizes(version) == {True: 10, False: 20}
