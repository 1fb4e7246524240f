"""The whole message of each recipe in errors/, as a user reads it."""

from pathlib import Path

import pytest

from curate.errors import RecipeError
from curate.operator import Operator
from curate.recipe import RecipeProblemsError, load_recipe

FOLDER = Path(__file__).parent / "errors"


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.yaml")))
def test_the_message_says_where_what_and_what_would_be_right(
    name: str, operators: dict[str, type[Operator]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(FOLDER)
    with pytest.raises(RecipeProblemsError) as caught:
        load_recipe(Path(f"{name}.yaml"), operators)
    assert f"{caught.value}\n" == (FOLDER / f"{name}.txt").read_text()
    assert caught.value.exit_code == 3


def test_five_mistakes_are_five_lines() -> None:
    assert len((FOLDER / "five-mistakes.txt").read_text().splitlines()) == 5


def test_a_missing_recipe_names_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "support.yaml").write_text("dataset: a\n")
    with pytest.raises(RecipeError, match=r"suport\.yaml: no such file\. Did you mean '.*support"):
        load_recipe(tmp_path / "suport.yaml")
    with pytest.raises(RecipeError, match="is a folder"):
        load_recipe(tmp_path)
