"""Rules that no build applied, tried on a version over signals and stored scores."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from curate.build.scoring import score
from curate.cli import curate
from curate.errors import RecipeError, UsageError
from curate.history.trial import with_trial
from curate.history.tune import tune
from curate.history.whatif import try_rule
from curate.recipe.step import written_steps
from curate.store import Version
from tests.conftest import Workbench

DEFINED = "measure: {signals: [], define: {size: words * 10}, fields: [response]}"


@pytest.fixture
def version(filled: Workbench) -> Version:
    """A version with a split, and a score that came after it was built."""
    built = filled.build(filled.recipe("  - exact_dedup\n  - split: {eval: 0.2}\n")).version
    assert built is not None
    step = DEFINED.replace("[]", "[words]")
    score(filled.store, built, written_steps([step], Path()))
    return filled.store.version("support")


def sizes(version: Version) -> list[float]:
    rows = version.signals("response").to_pylist()
    return [row["value"] for row in rows if row["signal"] == "size"]


def test_a_drop_says_what_it_would_lose_of_the_members(version: Version) -> None:
    view, rule = with_trial(version, "size > 50")
    outcome = try_rule(view, rule)
    wanted = sum(value > 50 for value in sizes(version))
    assert 0 < wanted < version.records
    assert (outcome.came, outcome.passed) == (version.records, version.records)
    assert (outcome.lost.records, outcome.gained.records) == (wanted, 0)


def test_signals_need_no_scores(version: Version) -> None:
    view, rule = with_trial(version, "{where: words * 10 > limit, limit: 50, rule: long}")
    assert try_rule(view, rule).lost.records == sum(value > 50 for value in sizes(version))


def test_a_limit_can_be_tuned_before_there_is_a_rule(version: Version) -> None:
    view, rule = with_trial(version, "{where: size > limit, limit: 50}")
    found = tune(view, rule)
    assert found.failing == sum(value > 50 for value in sizes(version))


def test_what_a_build_with_the_step_drops_is_what_was_foretold(
    version: Version, filled: Workbench
) -> None:
    view, rule = with_trial(version, "size > 50")
    steps = f"  - exact_dedup\n  - {DEFINED.replace('[]', '[words]')}\n  - drop: size > 50\n"
    built = filled.build(filled.recipe(steps)).version
    assert built is not None
    assert version.records - built.records == try_rule(view, rule).lost.records


@pytest.mark.parametrize(
    ("drop", "words"),
    [
        ("sise > 50", "did you mean 'size'"),
        ("{where: size > 50, field: prompt}", "gives it of response"),
        ("size >", "no expression"),
        ("{wehre: size > 50}", "did you mean 'where'"),
    ],
)
def test_a_wrong_trial_is_told(version: Version, drop: str, words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        with_trial(version, drop)


def test_the_commands_take_a_drop(version: Version, filled: Workbench) -> None:
    def run(*arguments: str) -> Any:
        said = [*arguments, "--store", str(filled.store.folder)]
        return CliRunner().invoke(curate, said, catch_exceptions=False).output

    shown = run("whatif", version.ref, "--drop", "size > 50")
    assert "drop  size > 50, tried" in shown
    assert "- drop: {where: size > 50}" in shown
    assert "limit 50" in run("tune", version.ref, "--drop", "{where: size > limit, limit: 50}")
    with pytest.raises(UsageError, match="Try one thing at a time"):
        run("whatif", version.ref, "a=1", "--drop", "size > 50")
    with pytest.raises(UsageError, match="no RULE"):
        run("tune", version.ref)


def test_members_without_the_score_are_told(version: Version, filled: Workbench) -> None:
    score(
        filled.store,
        filled.store.version("support:eval"),
        written_steps(
            ["measure: {signals: [words], define: {half: words / 2}, fields: [response]}"], Path()
        ),
    )
    view, rule = with_trial(version, "half > 1")
    outcome = try_rule(view, rule)
    assert 0 < outcome.measured.lacking < version.records


def test_a_limit_of_nothing_is_told_in_the_settings(version: Version) -> None:
    from curate.history.whatif_settings import settings_of

    view, rule = with_trial(version, "{where: size > limit, limit: 0}")
    outcome = try_rule(view, rule)
    settings = settings_of(view, outcome.step, outcome.changes)
    assert settings == {"where": "size > limit", "limit": 0}
