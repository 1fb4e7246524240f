"""What the names of a ranking stand for, and what makes its values."""

from typing import Any

import pytest

from curate.operators.balance import Balance
from curate.operators.dpo_margin import DpoMargin
from curate.operators.select import Select
from curate.ranking.expression import OF_PAIRS, SIDES, Ranking
from curate.scores import Wanted
from curate.signals import SIGNALS


def test_a_side_of_a_pair_is_its_field() -> None:
    wanted = Ranking("chosen_reward - rejected_reward", "response").wants()
    assert wanted == [Wanted("reward", "chosen"), Wanted("reward", "rejected")]


def test_scores_of_pairs_that_are_called_like_a_side_are_themselves() -> None:
    named = {
        name
        for name in DpoMargin.model_construct(model="", reference="").signals()
        if name.startswith(SIDES)
    }
    assert named == OF_PAIRS
    wanted = Ranking("chosen_logratio - rejected_logratio", "chosen").wants()
    assert {one.name for one in wanted} == OF_PAIRS


@pytest.mark.parametrize(
    "step",
    [
        lambda: Select(by="chosen_words / characters", top=3),
        lambda: Select(by="characters", top=3, per="language"),
        lambda: Balance(by="words", bins=(3, 5), max_share=0.5),
    ],
)
def test_facts_are_taken_again_when_a_signal_is_measured_otherwise(
    step: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = step().facts_fingerprint()
    for name in ("words", "language"):
        changed = SIGNALS[name]._replace(version=SIGNALS[name].version + 1)
        monkeypatch.setitem(SIGNALS, name, changed)
    assert step().facts_fingerprint() != before
