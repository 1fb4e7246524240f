"""Scoring and dropping records by a classifier."""

import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from curate.build import Options, build
from curate.classifier.file import encoded
from curate.classifier.model import Linear
from curate.errors import CurateError
from curate.operators.classifier import Classifier
from curate.recipe import load_recipe
from tests.classifier.small import small, small_file
from tests.conftest import Workbench

MODEL = str(small_file())
USER = {"role": "user", "content": "What?"}


def answer(text: str, **more: object) -> dict[str, object]:
    turns = [USER, {"role": "assistant", "content": text}]
    return {"messages": turns, "prompt_turns": 1, **more}


def test_it_gives_the_label_and_the_probability_of_each() -> None:
    operator = Classifier(model=MODEL)
    assert list(operator.signals()) == ["tone", "tone_kind", "tone_rude", "tone_so_so"]
    found = operator.measure(pa.array(["thanks for the mail", "xyzzy"]))
    label, *scores = (found[name].to_pylist() for name in operator.signals())
    chances = [one[0] for one in scores]
    assert label == [("kind", "rude", "so-so")[chances.index(max(chances))], None]
    assert sum(chances) == pytest.approx(1, abs=2e-4)
    assert all(round(one, 4) == one for one in chances)
    assert [one[1] for one in scores] == [None] * 3


def test_its_signals_can_be_called_otherwise() -> None:
    operator = Classifier(model=MODEL, signal="mood")
    assert list(operator.measure(pa.array(["thanks"]))) == list(operator.signals())
    assert "mood_so_so" in operator.signals()
    with pytest.raises(ValueError, match="no name for a signal"):
        Classifier(model=MODEL, signal="Mood!")


def test_a_moved_file_gives_the_same_fingerprint_and_another_file_another(tmp_path: Path) -> None:
    moved, other = tmp_path / "moved", tmp_path / "other"
    shutil.copy(MODEL, moved)
    made = small()
    assert isinstance(made.body, Linear)
    doubled = made.body._replace(weights=made.body.weights * 2)
    other.write_bytes(encoded(replace(made, body=doubled)))
    first = Classifier(model=MODEL)
    assert Classifier(model=str(moved)).fingerprint() == first.fingerprint()
    assert Classifier(model=str(other)).fingerprint() != first.fingerprint()


def test_a_recipe_scores_and_drops(filled: Workbench) -> None:
    shutil.copy(MODEL, filled.folder / "tone.classifier")
    steps = (
        "  - classifier: tone.classifier\n"
        "  - drop: {where: tone_rude >= limit, limit: 0.001, rule: tone-rude}\n"
    )
    filled.build(filled.recipe(steps))
    version = filled.store.version("support@latest")
    ledger = version.ledger().to_pylist()
    dropped = [one for one in ledger if one["rule"] == "tone-rude"]
    assert dropped
    assert all(float(one["value"]) >= 0.001 for one in dropped)
    signals = set(filled.store.signals()["signal"].to_pylist())
    assert {"tone", "tone_kind", "tone_rude", "tone_so_so"} <= signals


@pytest.mark.parametrize(
    ("model", "words"), [("nowhere.classifier", "cannot be read"), ("data", "cannot be read")]
)
def test_a_missing_or_damaged_classifier_is_told_with_its_line(
    filled: Workbench, model: str, words: str
) -> None:
    path = filled.folder / "recipe.yaml"
    path.write_text(filled.recipe(f"  - classifier: {model}\n"))
    with pytest.raises(CurateError, match=words) as caught:
        build(load_recipe(path), filled.store, Options())
    assert "recipe.yaml:5: " in str(caught.value)
