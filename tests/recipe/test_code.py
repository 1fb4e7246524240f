import sys
from pathlib import Path

import pytest

from curate.errors import RecipeError
from curate.operator import REGISTRY
from curate.recipe import load_code, parse_recipe
from curate.recipe.code import MODULE_PREFIX

SHOUT = '''
import pyarrow as pa
import pyarrow.compute as pc
from curate.operator import Edited, EditOperator


class Shout(EditOperator):
    """Write in capitals."""

    name = "shout_test"
    version = 1
    mark: str = "!"
    """What stands at the end."""

    def edit(self, texts: pa.StringArray) -> Edited:
        return Edited(pc.utf8_upper(texts))
'''
RECIPE = "dataset: a\nsources: [{path: x.jsonl}]\nsteps: [shout_test: '?']\n"

pytestmark = pytest.mark.usefixtures("registry")


def test_a_users_operator_is_a_step_like_any_other(tmp_path: Path) -> None:
    file = tmp_path / "shout.py"
    file.write_text(SHOUT)
    assert load_code(file) == SHOUT.encode()
    loaded = REGISTRY["shout_test"]
    assert load_code(file) == SHOUT.encode()
    assert REGISTRY["shout_test"] is loaded
    assert loaded.model_fields["mark"].description == "What stands at the end."
    assert parse_recipe(RECIPE).steps[0].operator.model_dump() == {"mark": "?"}
    assert not list(tmp_path.glob("__pycache__"))


def test_any_change_of_the_file_changes_the_recipe(tmp_path: Path) -> None:
    file = tmp_path / "shout.py"
    file.write_text(SHOUT)
    load_code(file)
    before = parse_recipe(RECIPE).hash()
    file.write_text(SHOUT.replace("utf8_upper", "utf8_lower"))
    load_code(file)
    assert parse_recipe(RECIPE).hash() != before


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("x = 1\n", r"mine\.py: defines no operator"),
        ("x = (\n", r"mine\.py:1: SyntaxError"),
        ("\n\n1 / 0\n", r"mine\.py:3: ZeroDivisionError: division by zero"),
        (SHOUT + "\nraise ValueError('late')\n", r"mine\.py:\d+: ValueError: late"),
        (SHOUT.replace('"shout_test"', '"split"'), "defines the operator 'split', which exists"),
        ("raise SystemExit(0)\n", "SystemExit"),
    ],
    ids=["nothing", "syntax", "failure", "late", "taken", "exit"],
)
def test_a_file_that_is_no_operator_leaves_nothing_behind(
    code: str, message: str, tmp_path: Path
) -> None:
    before = dict(REGISTRY)
    (tmp_path / "mine.py").write_text(code)
    if "split" in message and "split" not in before:
        pytest.skip("there is no operator to clash with")
    with pytest.raises(RecipeError, match=message):
        load_code(tmp_path / "mine.py")
    assert before == REGISTRY
    assert not [name for name in sys.modules if name.startswith(MODULE_PREFIX)]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"mine\.py: cannot be read"):
        load_code(tmp_path / "mine.py")
