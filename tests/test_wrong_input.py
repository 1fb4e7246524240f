"""Wrong input on purpose: one clear message, the documented exit code, and never a traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Workbench

FIVE_MISTAKES = """\
dataset: Support SFT
sources:
  - path: data
    licence: cc-by-4.0
steps:
  - repiar
  - rules: {pack: chat, feild: response}
  - split: {eval: lots}
seed: seven
"""


def curate(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a user does; a traceback is always a failure."""
    done = subprocess.run(
        [sys.executable, "-m", "curate", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert "Traceback" not in done.stderr + done.stdout
    return done


def assert_refused(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    assert done.returncode == code, done.stderr
    for word in words:
        assert word in done.stderr
    assert done.stderr.startswith("curate: ")


@pytest.fixture
def ready(filled: Workbench) -> Workbench:
    """A workbench with one version of tickets and one of preference pairs."""
    filled.build()
    pairs = [{"prompt": f"Is {n} even?", "chosen": "Yes.", "rejected": "No."} for n in range(4)]
    filled.write(pairs, "pairs/pairs.jsonl")
    filled.build(filled.recipe("", "{path: pairs, name: pairs}", "pairs"))
    return filled


def write_recipe(bench: Workbench, source: str) -> Path:
    path = bench.folder / "recipe.yaml"
    path.write_text(bench.recipe("  - repair", f"{{path: {source}, name: s}}"))
    return path


def test_a_missing_file_is_named(filled: Workbench) -> None:
    done = curate("build", write_recipe(filled, "nowhere.jsonl"), cwd=filled.folder)
    assert_refused(done, 4, "nowhere.jsonl")


def test_a_missing_recipe_is_named(filled: Workbench) -> None:
    done = curate("build", "nowhere.yaml", cwd=filled.folder)
    assert done.returncode in (2, 3, 5)
    assert "nowhere.yaml" in done.stderr


def test_an_empty_file_is_named(filled: Workbench) -> None:
    (filled.folder / "empty.jsonl").touch()
    done = curate("build", write_recipe(filled, "empty.jsonl"), cwd=filled.folder)
    assert_refused(done, 4, "empty.jsonl", "empty")


def test_a_binary_file_is_named(filled: Workbench) -> None:
    (filled.folder / "picture.jsonl").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    done = curate("build", write_recipe(filled, "picture.jsonl"), cwd=filled.folder)
    assert_refused(done, 4, "picture.jsonl")


def test_five_mistakes_of_a_recipe_are_told_at_once(filled: Workbench) -> None:
    path = filled.folder / "recipe.yaml"
    path.write_text(FIVE_MISTAKES)
    done = curate("build", path, cwd=filled.folder)
    assert_refused(done, 3, "Support SFT", "license", "repair", "feild", "lots", "seven")
    assert done.stderr.count("recipe.yaml:") == 6


def test_an_unknown_dataset_is_told_with_what_there_is(ready: Workbench) -> None:
    for command in (["show", "suport"], ["log", "suport"], ["diff", "suport@1", "support@1"]):
        done = curate(*command, "--store", ready.store.folder, cwd=ready.folder)
        assert_refused(done, 5, "suport", "support")


def test_a_command_without_a_store_says_how_to_make_one(tmp_path: Path) -> None:
    for command in (["log"], ["show", "a"], ["sql", "SELECT 1"], ["runs"], ["tag"]):
        assert_refused(curate(*command, cwd=tmp_path), 5, "curate build")


def test_a_model_that_does_not_exist_is_named(ready: Workbench) -> None:
    done = curate(
        "train", "support", "--method", "sft", "--model", "no/such-model",
        "--store", ready.store.folder, cwd=ready.folder,
    )  # fmt: skip
    assert_refused(done, 5, "no/such-model")


@pytest.mark.parametrize(("ref", "method"), [("pairs", "sft"), ("support", "dpo")])
def test_data_of_the_wrong_kind_is_refused_with_what_to_do(
    ready: Workbench, ref: str, method: str
) -> None:
    done = curate(
        "train", ref, "--method", method, "--model", "no/such-model",
        "--store", ready.store.folder, cwd=ready.folder,
    )  # fmt: skip
    assert_refused(done, 7, f"{ref}@1", "--method")


def test_an_unknown_command_has_a_suggestion(tmp_path: Path) -> None:
    done = curate("biuld", cwd=tmp_path)
    assert done.returncode == 2
    assert "'build'" in done.stderr
