"""Recipes without some of their steps."""

from pathlib import Path

import pytest

from curate.errors import RecipeError, UsageError
from curate.recipe import parse_recipe
from curate.recipe.leaving_out import without_steps

HEAD = "dataset: a\nsources:\n  - path: a.jsonl\n"


def left(steps: str, *names: str) -> tuple[str, list[str]]:
    recipe = parse_recipe(f"{HEAD}{steps}", Path("recipe.yaml"))
    made = without_steps(recipe, names)
    assert made.seed == recipe.seed
    kept = [step for step in recipe.steps if step.name not in names]
    assert [step.name for step in made.steps] == [step.name for step in kept]
    prints = ([step.operator.fingerprint() for step in each] for each in (made.steps, kept))
    assert next(prints) == next(prints)
    return made.text.removeprefix(HEAD), [step.name for step in made.steps]


def test_the_lines_of_a_step_go_and_all_others_stay() -> None:
    steps = (
        "steps:\n  - repair   # first\n  - rules:\n      pack: chat\n\n  - exact_dedup\nseed: 3\n"
    )
    assert left(steps, "rules")[0] == "steps:\n  - repair   # first\n  - exact_dedup\nseed: 3\n"
    assert left(steps, "repair")[0].startswith("steps:\n  - rules:\n      pack: chat\n\n  - exact")
    assert left(steps, "exact_dedup")[0].endswith("      pack: chat\n\nseed: 3\n")


def test_all_steps_may_go() -> None:
    assert left("steps:\n  - repair\n  - exact_dedup\n", "repair", "exact_dedup")[1] == []


def test_other_steps_keep_the_names_that_they_had() -> None:
    steps = "steps:\n  - rules: chat\n  - repair\n  - rules: chat\n"
    text, names = left(steps, "rules")
    assert names == ["repair", "rules-2"]
    assert '"name": "rules-2"' in text
    assert left(steps, "rules-2")[1] == ["rules", "repair"]


def test_a_list_in_one_line_is_written_anew() -> None:
    text, names = left("steps: [repair, {rules: chat}, exact_dedup]\n", "rules")
    assert names == ["repair", "exact_dedup"]
    assert '"steps"' in text


def test_a_step_goes_with_what_comes_with_it() -> None:
    recipe = parse_recipe(f"{HEAD}steps:\n  - rules: c4\n  - repair\n", Path("recipe.yaml"))
    assert [step.name for step in recipe.steps] == ["rules-lines", "rules", "repair"]
    assert [step.name for step in without_steps(recipe, ["rules"]).steps] == ["repair"]


def test_what_another_step_needs_cannot_go() -> None:
    steps = "steps:\n  - measure: {define: {more: words + 1}}\n"
    steps += "  - balance: {by: more, bins: [5]}\n"
    recipe = parse_recipe(f"{HEAD}{steps}", Path("recipe.yaml"))
    with pytest.raises(RecipeError):
        without_steps(recipe, ["measure"])


def test_an_unknown_step_is_told() -> None:
    recipe = parse_recipe(f"{HEAD}steps:\n  - repair\n", Path("recipe.yaml"))
    with pytest.raises(UsageError, match="Did you mean 'repair'"):
        without_steps(recipe, ["repare"])
