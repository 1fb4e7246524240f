"""The margin of a pair by what another signal step says of both answers."""

from pathlib import Path
from typing import Any

import pytest

from curate.history.margins import margins
from curate.operators.external_margin import ExternalMargin
from curate.recipe.problem import RecipeProblemsError
from tests.classifier.small import small_file
from tests.conftest import Workbench

PAIRS = [{"prompt": "?", "chosen": "a " * n, "rejected": "b " * 8} for n in range(1, 15)]
STEP = "  - external_margin: {step: {measure: {signals: [words]}}, signal: words}\n"


@pytest.fixture
def pairs(bench: Workbench) -> Workbench:
    bench.write([*PAIRS, {"prompt": "?", "response": "no pair"}])
    return bench


def test_it_is_the_difference_of_what_the_step_says_of_both_answers(pairs: Workbench) -> None:
    pairs.build(pairs.recipe(STEP))
    rows = pairs.store.signals(["external_margin"]).to_pylist()
    assert sorted(row["value"] for row in rows) == [n - 8 for n in range(1, 15)]


def test_steps_behind_it_drop_and_rank_by_it(pairs: Workbench) -> None:
    drop = "  - drop: {where: external_margin <= limit, limit: 0, rule: noise}\n"
    version = pairs.build(pairs.recipe(STEP + drop)).version
    assert version is not None
    assert {row["rule"] for row in version.ledger().to_pylist()} == {"noise"}
    assert version.records == 6 + 1
    select = "  - select: {by: external_margin, top: 3}\n"
    best = pairs.build(pairs.recipe(STEP + select)).version
    assert best is not None
    assert best.records == 3
    seen = margins(best, "external_margin", "external_margin")
    assert sorted(seen.external.tolist()) == [4, 5, 6]


def test_a_classifier_can_be_the_judge(pairs: Workbench) -> None:
    settings = {"classifier": {"model": str(small_file())}}
    operator = ExternalMargin(step=settings, signal="tone_rude")
    assert operator.at_once() > 0
    assert operator.fingerprint() != ExternalMargin(step=settings, signal="tone_kind").fingerprint()
    step = f"  - external_margin: {{step: {{classifier: {small_file()}}}, signal: tone_rude}}\n"
    pairs.build(pairs.recipe(step))
    assert len(pairs.store.signals(["external_margin"])) == len(PAIRS)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"step": "measur", "signal": "words"}, "did you mean 'measure'"),
        ({"step": "repair", "signal": "words"}, "'repair' is no signal step"),
        ({"step": "external_margin", "signal": "words"}, "is no signal step"),
        ({"step": "measure", "signal": "wrods"}, "gives no number 'wrods'; it gives characters"),
        ({"step": {"measure": {"signals": ["language"]}}, "signal": "language"}, "no number"),
        ({"step": {"measure": {}, "tokens": {}}, "signal": "words"}, "is one step"),
        ({"step": {"measure": {"signls": ["words"]}}, "signal": "words"}, "signls"),
    ],
)
def test_a_wrong_step_is_told(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        ExternalMargin.model_validate(settings)


def test_the_place_of_a_mistake_is_told_with_the_recipe(pairs: Workbench) -> None:
    step = "  - external_margin: {step: {classifier: {model: nowhere}}, signal: x}\n"
    with pytest.raises(RecipeProblemsError, match=r"recipe\.yaml:5: .*nowhere"):
        pairs.build(pairs.recipe(step))


def test_paths_make_no_difference(tmp_path: Path) -> None:
    moved = tmp_path / "moved.classifier"
    moved.write_bytes(small_file().read_bytes())
    made = [
        ExternalMargin(step={"classifier": {"model": str(path)}}, signal="tone_rude")
        for path in (small_file(), moved)
    ]
    assert made[0].signal_fingerprint() == made[1].signal_fingerprint()
    assert made[0].model_dump(mode="json") == made[1].model_dump(mode="json")
