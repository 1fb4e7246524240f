"""Attacks keep to their budget and leave alone what must stay, whatever the text."""

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from curate.attacks.recipes import attack_of
from curate.attacks.report import report
from curate.attacks.running import Attacked, Attacker, Budget, changed_share
from curate.attacks.target import ObjectTarget, Target, target_of
from curate.augmenting.protecting import protected
from curate.errors import InputError, NotFoundError, RefusedError
from tests.attacks.test_recipes import made
from tests.attacks.victims import opinions

SLOW = ("CLARE",)
CHANGING = ("CLARE", "CheckList", "DeepWordBug", "InputReduction", "PWWS", "TextBugger")
PIECES = (
    *("`good()`", "https://good.example/bad", "{film}", "bad 5 kg", "{{ child }}", "<b>good</b>"),
    *("the good", "a great film", "do not", "I am bad", "Anna", "Germany", "25", "fast movie"),
    *("😀", "中文", "\u0301", "\u200f", "-a-", "''", "²", "lovely child", "children like it", "\n"),
)


class Fickle:
    """A classifier whose answer is drawn by the whole text, so that any change may fool it."""

    classes_ = ("no", "yes")

    def __init__(self) -> None:
        self.asked = 0

    def predict_proba(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        self.asked += len(texts)
        share = np.array([Random(text).random() for text in texts])
        return np.stack([1 - share, share], axis=1)


@pytest.fixture(scope="module")
def target(folder: Path) -> Target:
    return target_of("opinion.classifier", folder)


@pytest.mark.parametrize("name", CHANGING)
def test_what_must_stay_stays_in_any_text(name: str, folder: Path) -> None:
    target = ObjectTarget(Fickle())
    attacker = Attacker(made(name, folder), target, Budget(queries=40))
    random, changed = Random(3), 0
    for seed in range(8 if name in SLOW else 25):
        text = " ".join(random.choices(PIECES, k=8))
        kept = protected(text)
        label = target.labels[int(target.probabilities([text])[0].argmax())]
        found = attacker.attack(text, label, seed, kept)
        rest = found.text
        for start, end in kept:
            assert text[start:end] in rest, (text, found.text)
            rest = rest.partition(text[start:end])[2]
        changed += found.text != text
    assert changed


def test_nothing_is_changed_where_all_must_stay(folder: Path, target: Target) -> None:
    text = "The film was good."
    found = Attacker(made("TextBugger", folder), target).attack(text, "good", 0, [(0, len(text))])
    assert (found.status, found.text) == ("failed", text)


@pytest.mark.parametrize("name", ["CLARE", "DeepWordBug", "GeneticAlgorithm", "LEAP", "PWWS"])
@pytest.mark.parametrize("queries", [2, 3, 7])
def test_a_classifier_is_asked_no_more_than_the_budget_allows(
    name: str, queries: int, folder: Path
) -> None:
    fickle = Fickle()
    attacker = Attacker(made(name, folder), ObjectTarget(fickle), Budget(queries=queries))
    for text in opinions(4)[0]:
        fickle.asked = 0
        label = fickle.classes_[int(fickle.predict_proba([text])[0].argmax())]
        found = attacker.attack(text, label, 0)
        assert found.queries <= queries
        # Beside these once for the text itself, once for what was found, and once above.
        assert fickle.asked <= queries + 3


def test_an_attack_ends_when_its_time_is_over(folder: Path, target: Target) -> None:
    attacker = Attacker(made("DeepWordBug", folder), target, Budget(seconds=1e-9))
    found = attacker.attack("The film was good.", "good", 0)
    assert (found.status, found.why) == ("failed", "out of time")
    assert attacker.attack("The film was good.", "good", 0)[:2] == found[:2]


def test_texts_that_the_classifier_is_wrong_about_are_not_attacked(
    folder: Path, target: Target
) -> None:
    attacker = Attacker(made("DeepWordBug", folder), target)
    found = attacker.attack("The film was good.", "bad", 0)
    assert (found.status, found.why, found.queries) == ("skipped", "wrong before", 1)


@pytest.mark.parametrize("text", ["", "  ", "...", "😀", "a <SPLIT> b"])
def test_texts_without_words_are_not_attacked(text: str, folder: Path) -> None:
    target = ObjectTarget(Fickle())
    label = target.labels[int(target.probabilities([text])[0].argmax())]
    found = Attacker(made("DeepWordBug", folder), target).attack(text, label, 0)
    assert (found.status, found.why, found.text) == ("skipped", "no words", text)


def test_texts_that_would_take_hours_are_not_attacked(folder: Path, target: Target) -> None:
    attacker = Attacker(made("DeepWordBug", folder), target)
    for text in ("good " * 600, "good" * 5000, "good ß" * 50_000):
        label = target.labels[int(target.probabilities([text])[0].argmax())]
        assert attacker.attack(text, label, 0)[:2] == ("skipped", "too long")


def test_the_report_counts_what_became_of_texts() -> None:
    wrong, right = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    found = [
        Attacked("success", "", "x", 10, right, wrong, 0.5),
        Attacked("failed", "out of queries", "x", 20, right, right, 0.0),
        Attacked("skipped", "wrong before", "x", 1, wrong, wrong, 0.0),
        Attacked("skipped", "no words", "", 1, right, right, 0.0),
    ]
    told = report(found, [1, 1, 1, 1])
    assert (told.attacked, told.successes, told.success_rate) == (2, 1, 0.5)
    assert (told.accuracy_before, told.accuracy_after) == (0.75, 0.5)
    assert (told.words_changed, told.queries) == (0.5, 15)
    assert (told.wrong_before, told.without_words, told.out_of_queries) == (1, 1, 1)
    assert report([], []).success_rate is None


@pytest.mark.parametrize(
    ("old", "new", "share"),
    [("a b", "a b", 0), ("a b", "a", 0.5), ("a b", "x a b", 0.5), ("a", "x y", 2), ("", "", 0)],
)
def test_words_that_were_changed_put_in_or_left_out_are_counted(
    old: str, new: str, share: float
) -> None:
    assert changed_share(old.split(), new.split()) == share


def test_pickles_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "model.pkl").write_bytes(b"\x80\x04.")
    with pytest.raises(InputError, match="pickle"):
        target_of("model.pkl", tmp_path)
    with pytest.raises(NotFoundError, match="curate classifier train"):
        target_of("none", tmp_path)


def test_a_model_that_gives_several_labels_is_refused(folder: Path, tmp_path: Path) -> None:
    import json

    from tests.attacks.victims import classifier_folder

    config = classifier_folder(tmp_path / "bert") / "config.json"
    told = json.loads(config.read_text()) | {"problem_type": "multi_label_classification"}
    config.write_text(json.dumps(told))
    with pytest.raises(RefusedError, match="several labels"):
        target_of("bert", tmp_path)


def test_an_object_must_give_a_probability_of_each_label() -> None:
    class Odd(Fickle):
        def predict_proba(self, texts: Any) -> Any:
            return np.zeros((1, 5))

    with pytest.raises(InputError, match="probability of each label"):
        ObjectTarget(Odd()).probabilities(["a", "b"])
    with pytest.raises(InputError, match="predict_proba"):
        ObjectTarget(object())


def test_an_attack_is_named_in_the_error_of_a_missing_extra(
    folder: Path, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    from curate.augmenting import textattack_loading

    monkeypatch.setattr(textattack_loading, "find_spec", lambda _: None)
    with pytest.raises(Exception, match=r"attack DeepWordBug.*curate\[attack\]"):
        Attacker(attack_of("DeepWordBug", {}, folder), target)
