from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.errors import RecipeError
from curate.operator import Operator
from curate.recipe import RecipeProblemsError, Source, parse_recipe

Operators = dict[str, type[Operator]]

WHOLE = """\
# a comment
dataset: support-sft
sources:
  - path: data/*.jsonl
    key: ticket_id
    license: cc-by-4.0
    map: {prompt: question, labels: {on: topic}}
steps:
  - repair
  - near_dedup: 0.7
  - repair
  - near_dedup: {name: again, unit: character, threshold: 1e-1}
seed: 7
"""
SAME = """\
seed: 7
steps:
  [repair, {near_dedup: {threshold: 0.70}}, repair,
   {near_dedup: {threshold: .1, unit: "character", name: again}}]
sources:
  - {license: cc-by-4.0, map: {labels: {"on": topic}, prompt: question},
     key: ticket_id, name: data, path: elsewhere.csv}
dataset: support-sft
"""


def test_a_recipe_is_read_whole(operators: Operators) -> None:
    recipe = parse_recipe(WHOLE, Path("recipes/support.yaml"), operators)
    assert [step.name for step in recipe.steps] == ["repair", "near_dedup", "repair-2", "again"]
    assert [step.operator.model_dump().get("threshold") for step in recipe.steps] == [
        None,
        0.7,
        None,
        0.1,
    ]
    assert recipe.sources[0].name == "data"
    (source,) = recipe.sources
    assert isinstance(source, Source) and source.columns is not None
    assert source.columns.labels == {"on": "topic"}
    assert (recipe.base, recipe.seed, recipe.text) == (Path("recipes"), 7, WHOLE)


def test_layout_and_paths_do_not_change_the_hash(operators: Operators) -> None:
    first = parse_recipe(WHOLE, None, operators)
    second = parse_recipe(SAME, Path("x/y.yaml"), operators)
    assert first.normalised() == second.normalised()
    assert first.hash() == second.hash()
    assert "path" not in first.normalised()["sources"][0]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("support-sft", "support"),
        ("seed: 7", "seed: 8"),
        ("near_dedup: 0.7", "near_dedup: 0.71"),
        ("name: again", "name: once"),
        ("key: ticket_id", "key: id"),
        ("cc-by-4.0", "cc0-1.0"),
        ("prompt: question", "prompt: query"),
        ("key: ticket_id", "key: ticket_id\n    name: other"),
        ("key: ticket_id", "key: ticket_id\n    format: jsonl"),
        ("  - repair\n  - near", "  - near"),
    ],
)
def test_what_is_built_from_changes_the_hash(old: str, new: str, operators: Operators) -> None:
    changed = WHOLE.replace(old, new, 1)
    assert changed != WHOLE
    before = parse_recipe(WHOLE, None, operators).hash()
    assert parse_recipe(changed, None, operators).hash() != before


def test_a_new_version_of_an_operator_changes_the_hash(
    operators: Operators, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = parse_recipe(WHOLE, None, operators)
    before = recipe.hash()
    monkeypatch.setattr(operators["repair"], "version", 2)
    assert recipe.hash() != before


def test_settings_may_name_files_beside_the_recipe(operators: Operators, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("rules")
    text = "dataset: a\nsources: [{path: x.jsonl}]\nsteps: [rules: mine.txt]\n"
    assert parse_recipe(text, tmp_path / "recipe.yaml", operators).steps[0].name == "rules"
    with pytest.raises(RecipeProblemsError, match=r"steps\[0\].rules: rule pack 'mine.txt'"):
        parse_recipe(text, None, operators)


@pytest.mark.parametrize(
    "bomb",
    ["[" * 5000, "x: " + "[a," * 40_000, "a: {" * 60 + "}" * 60, "# " + "x" * (1 << 20)],
    ids=["deep", "wide", "nested", "large"],
)
def test_a_hostile_file_is_refused_in_bounds(bomb: str, operators: Operators) -> None:
    with pytest.raises(RecipeProblemsError):
        parse_recipe(bomb, None, operators)


@given(
    at=st.integers(0, len(WHOLE)),
    length=st.integers(0, 12),
    piece=st.one_of(
        st.text(max_size=8),
        st.sampled_from(
            ["\n- ", "{", "}", "[", ": ", "? ", "&a ", "*a", "!!map ", "!!int x", "|\n"]
        ),
        st.sampled_from(["null", "1e999", "-0x10", "'", '"\\ud800"', "\t", "--- ", "%YAML 9.9\n"]),
    ),
)
def test_any_text_is_a_recipe_or_an_error_for_the_user(
    at: int, length: int, piece: str, operators: Operators
) -> None:
    text = WHOLE[:at] + piece + WHOLE[at + length :]
    try:
        recipe = parse_recipe(text, Path("recipe.yaml"), operators)
    except RecipeError as error:
        assert str(error).startswith("recipe.yaml")
    else:
        assert len(recipe.hash()) == 64
