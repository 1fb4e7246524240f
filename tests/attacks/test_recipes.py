"""Every attack runs offline on small resources, and says what it needs."""

from pathlib import Path
from typing import Any

import pytest

from curate.attacks.recipe import AttackRecipe
from curate.attacks.recipes import LEFT_OUT, attack_of, attacks
from curate.attacks.running import Attacked, Attacker, Budget
from curate.attacks.target import ObjectTarget, Target, target_of
from curate.errors import CurateError, NotFoundError, RefusedError, UsageError
from tests.attacks.victims import classifier_folder, opinions, pipeline

NAMES = sorted(attacks())
RESOURCES: dict[str, Any] = {
    "language_model": "causal",
    "max_iters": 2,
    "model": "masked",
    "pop_size": 4,
    "vectors": "vectors.txt",
    "wordnet": "wordnet",
}
TEXTS, LABELS = opinions(4, seed=9)
MARKED = ("CheckList", "I met Anna in Germany, a good film is what I do not know.")


def made(name: str, folder: Path, **settings: Any) -> AttackRecipe:
    known = {key: RESOURCES[key] for key in attacks()[name].model_fields if key in RESOURCES}
    return attack_of(name, known | settings, folder)


@pytest.fixture(scope="module")
def target(folder: Path) -> Target:
    return target_of("opinion.classifier", folder)


@pytest.fixture(scope="module")
def opened(folder: Path) -> Target:
    classifier_folder(folder / "bert")
    return target_of("bert", folder)


@pytest.mark.parametrize("name", [name for name in NAMES if not attacks()[name].white_box])
def test_what_becomes_of_a_text_depends_on_it_and_its_seed_alone(
    name: str, folder: Path, target: Target
) -> None:
    attacker = Attacker(made(name, folder), target, Budget(queries=120))
    pairs = list(zip(TEXTS, LABELS, range(4), strict=True))
    found = [attacker.attack(*pair) for pair in pairs]
    again = Attacker(made(name, folder), target, Budget(queries=120))
    assert [facts(one) for one in found] == [facts(again.attack(*one)) for one in pairs[::-1]][::-1]
    assert all(one.queries <= 120 for one in found)
    for (text, label, _), one in zip(pairs, found, strict=True):
        answer = target.labels[int(target.probabilities([one.text])[0].argmax())]
        if one.status == "success":
            assert one.text != text
            assert one.changed > 0
            assert (answer != label) == attacks()[name].fools
        else:
            assert one.text == text


def facts(one: Attacked) -> tuple[Any, ...]:
    return (*one[:4], one.before.tolist(), one.after.tolist(), one.changed)


@pytest.mark.parametrize("name", ["BAE", "BERTAttack", "InputReduction", "Kuleshov", "TextBugger"])
def test_attacks_succeed_where_a_word_that_the_classifier_hangs_on_can_be_changed(
    name: str, folder: Path, target: Target
) -> None:
    attacker = Attacker(made(name, folder), target)
    found = [attacker.attack(*one) for one in zip(TEXTS, LABELS, range(4), strict=True)]
    assert "success" in {one.status for one in found}


def test_gradients_of_a_model_of_transformers_lead_an_attack(folder: Path, opened: Target) -> None:
    attacker = Attacker(made("A2T", folder), opened)
    found = attacker.attack("The film was good.", "good", 0)
    assert found.queries > 1
    assert facts(found) == facts(attacker.attack("The film was good.", "good", 0))


def test_a_model_of_transformers_and_one_of_scikit_learn_are_attacked(
    folder: Path, opened: Target
) -> None:
    pytest.importorskip("sklearn")
    for target in (opened, ObjectTarget(pipeline())):
        attacker = Attacker(made("TextBugger", folder), target)
        found = [attacker.attack(*one) for one in zip(TEXTS, LABELS, range(4), strict=True)]
        assert "success" in {one.status for one in found}


def test_an_encoder_that_is_named_decides_what_still_means_the_same(
    folder: Path, target: Target
) -> None:
    pytest.importorskip("model2vec")
    from tests.models.static import make_static

    make_static(folder / "static")
    free = made("BERTAttack", folder)
    bound = made("BERTAttack", folder, encoder="static")
    assert "no encoder was named" in free.notes()[0]
    assert "static" in bound.notes()[0]
    assert free.files() != bound.files()
    # To this encoder all these words are unknown, so that no text is like another.
    found = [
        Attacker(recipe, target).attack("bad film good good", "good", 0).status
        for recipe in (free, bound)
    ]
    assert found[1] == "failed"


@pytest.mark.parametrize("name", NAMES)
def test_files_are_known_by_what_they_hold_and_not_by_their_place(name: str, folder: Path) -> None:
    recipe = made(name, folder)
    told = recipe.model_dump(mode="json").values()
    assert not {"masked", "vectors.txt", "wordnet", "causal"} & {*told}
    assert bool(recipe.files()) == bool(recipe.needs)


def test_an_unknown_attack_and_one_that_is_left_out_are_told_apart(folder: Path) -> None:
    with pytest.raises(NotFoundError, match=r"Did you mean 'DeepWordBug'\?"):
        attack_of("deepwordbugs", {}, folder)
    with pytest.raises(NotFoundError, match=r"HowNet.*Attacks are A2T, BAE"):
        attack_of("PSO", {}, folder)
    assert not set(LEFT_OUT) & set(attacks())


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("TextFooler", {}, "it needs word vectors and WordNet.*Set vectors: A text file"),
        ("DeepWordBug", {"max_edit_distanc": 3}, "Did you mean 'max_edit_distance'"),
        ("Pruthi", {"max_num_word_swaps": 0}, "greater than or equal to 1"),
        ("TextFooler", {"vectors": "none"}, "Name a text file"),
        ("BAE", {"model": "./none", "wordnet": "wordnet"}, "Name one with config.json"),
    ],
)
def test_wrong_settings_are_told_with_what_would_be_right(
    name: str, settings: dict[str, Any], said: str, folder: Path
) -> None:
    with pytest.raises(CurateError, match=said):
        attack_of(name, settings, folder)


def test_an_attack_by_gradients_is_refused_for_other_classifiers(
    folder: Path, target: Target
) -> None:
    with pytest.raises(RefusedError, match="it needs gradients"):
        Attacker(made("A2T", folder), target)


def test_a_budget_must_allow_a_try(folder: Path, target: Target) -> None:
    with pytest.raises(UsageError, match="at least 2"):
        Attacker(made("DeepWordBug", folder), target, Budget(queries=1))
