"""TextAttack's augmenters run offline, and what they answer depends on text, seed and settings."""

import json
import os
import random
import socket
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from curate.augmenting import textattack_models, textattack_words
from curate.augmenting.applying import reworded
from curate.augmenting.augmenter import AUGMENTERS, Augmenter
from curate.augmenting.protecting import protected
from curate.augmenting.textattack_augmenter import TextAttackAugmenter
from curate.errors import CurateError, NotFoundError
from tests.augmenting.small_models import small_marian, small_masked, small_vectors
from tests.augmenting.small_wordnet import small_wordnet
from tests.augmenting.texts import hostile_texts

NAMES = sorted(
    name
    for module in (textattack_words, textattack_models)
    for name, kind in vars(module).items()
    if isinstance(kind, type) and issubclass(kind, Augmenter) and "name" in kind.__dict__
)
WORDNET = {"wordnet": "wordnet"}
SETTINGS: dict[str, dict[str, Any]] = {
    "BackTranslationAugmenter": {
        **{"target_model": "there", "src_model": "back", "chained_back_translation": 2}
    },
    "CLAREAugmenter": {"model": "masked", **WORDNET},
    "EasyDataAugmenter": WORDNET,
    "EmbeddingAugmenter": {"vectors": "vectors.txt"},
    "SynonymInsertionAugmenter": WORDNET,
    "WordNetAugmenter": WORDNET,
}
SLOW = ("BackTranslationAugmenter", "CLAREAugmenter")
TEXT = "The film was really good, and I enjoy a fast answer of this child: 7 stories do not count."
TEXTS = [
    *(TEXT, "", " ", "😀👩‍👩‍👧", "good", "² is 99999999999999999999999 squared", "\u200f\u202e"),
    *("中文的句子很好 and a good film", "<SPLIT> good", "new\n\n\tlines -a a 'b' ''c''", "A" * 900),
    "def f(x):\n    return {x: [1, 2]}  # good",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A WordNet, vectors and models that are small."""
    made: Path = tmp_path_factory.mktemp("resources")
    small_wordnet(made / "wordnet")
    small_vectors(made / "vectors.txt")
    small_masked(made / "masked")
    small_masked(made / "distilled", "distilbert")
    small_marian(made / "there", ("es", "fr"))
    small_marian(made / "back")
    return made


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks the network fails."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def augmenter(name: str, folder: Path, **settings: Any) -> Augmenter:
    given = SETTINGS.get(name, {}) | settings
    return AUGMENTERS[name].model_validate(given, context={"base": folder})


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_depends_on_text_and_seed_alone(name: str, folder: Path) -> None:
    made = augmenter(name, folder)
    texts = TEXTS[:6] if name in SLOW else TEXTS
    seeds = list(range(len(texts)))
    together = made.reword(texts, seeds)
    backwards = made.reword(texts[::-1], seeds[::-1])
    assert together == backwards[::-1]
    assert together[0] == made.reword([TEXT], [0])[0]
    assert together[0] != TEXT
    assert all(type(text) is str for text in together)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in SLOW])
def test_hostile_texts_never_raise_and_keep_what_must_stay(name: str, folder: Path) -> None:
    texts = [text for text in hostile_texts(90) if len(text) < 400]
    kept = [protected(text) for text in texts]
    answers = reworded(augmenter(name, folder), texts, kept, range(len(texts)))
    for text, answer, stretches in zip(texts, answers, kept, strict=True):
        place = 0
        for start, end in stretches:
            place = answer.index(text[start:end], place) + end - start


@pytest.mark.parametrize("name", NAMES)
def test_random_states_of_the_process_are_as_before(name: str, folder: Path) -> None:
    random.seed(4)
    np.random.seed(4)  # noqa: NPY002 - what libraries draw from
    augmenter(name, folder).reword(TEXTS[:1], [3])
    after = random.random(), np.random.random()  # noqa: NPY002
    assert after == (Random(4).random(), np.random.RandomState(4).random())


def test_answers_are_the_same_in_another_process(folder: Path) -> None:
    """Python orders sets of words differently in each."""
    code = f"""
import json, sys
from pathlib import Path
from curate.augmenting import textattack_models, textattack_words
from curate.augmenting.augmenter import AUGMENTERS
found = {{}}
for name, settings in json.loads(sys.argv[1]).items():
    made = AUGMENTERS[name].model_validate(settings, context={{"base": Path(sys.argv[2])}})
    found[name] = made.reword([{TEXT!r}] * 5, range(5))
print(json.dumps(found))
"""
    wanted = {name: SETTINGS.get(name, {}) for name in NAMES if name != "BackTranslationAugmenter"}
    here = {name: augmenter(name, folder).reword([TEXT] * 5, range(5)) for name in wanted}
    ran = subprocess.run(
        [sys.executable, "-c", code, json.dumps(wanted), str(folder)],
        env=os.environ | {"PYTHONHASHSEED": "7"},
        capture_output=True,
        check=True,
    )
    assert json.loads(ran.stdout) == here
    assert ran.stderr == b""


@pytest.mark.parametrize("name", NAMES)
def test_files_are_known_by_what_they_hold_and_not_by_their_place(name: str, folder: Path) -> None:
    made = augmenter(name, folder)
    assert str(folder) not in made.model_dump_json()
    assert bool(made.files()) == bool(made.needs)
    assert not {"wordnet", "masked", "vectors.txt", "there"} & {
        *made.model_dump(mode="json").values()
    }


def test_more_words_are_changed_where_more_are_asked_for(folder: Path) -> None:
    few, many = (augmenter("CharSwapAugmenter", folder, pct_words_to_swap=x) for x in (0, 0.5))
    text = "seven plain words without any fault here"
    assert _changed(text, few.reword([text], [0])[0]) == 1
    assert _changed(text, many.reword([text], [0])[0]) == 3


def test_long_texts_take_time_by_their_length_and_keep_their_layout(folder: Path) -> None:
    text = "\n\n".join(["  * A good film,\tseen by a child."] * 300)
    made = augmenter("WordNetAugmenter", folder).reword([text], [1])[0]
    assert made != text
    assert made.count("\n\n") == 299
    assert made.count("\t") == 300


def test_synonyms_have_the_case_of_the_word(folder: Path) -> None:
    made = augmenter("WordNetAugmenter", folder)
    assert {made.reword(["Film"], [seed])[0] for seed in range(5)} == {"Movie"}


def test_the_nearest_words_come_by_the_vectors(folder: Path) -> None:
    made = augmenter("EmbeddingAugmenter", folder, max_candidates=1)
    assert made.reword(["film"], [0]) == ["movie"]
    assert augmenter("EmbeddingAugmenter", folder, min_cos_sim=1.0).reword(["film"], [0]) == [
        "film"
    ]


def test_checklist_changes_names_places_numbers_and_short_forms(folder: Path) -> None:
    made = augmenter("CheckListAugmenter", folder)
    texts = ["I met Anna there", "We live in Germany", "She has 25 cats", "I do not know", "It's x"]
    answers = [{made.reword([text], [seed])[0] for seed in range(8)} for text in texts]
    assert all(one.startswith("I met ") for one in answers[0])
    assert len(answers[0]) > 1
    assert len(answers[1]) > 1
    assert len(answers[2]) > 1
    assert answers[3] == {"I don't know"}
    assert answers[4] == {"It's x"}


@pytest.mark.parametrize("text", ["Will you come", "Mark this. Rose is red", "may I", "tenants²"])
def test_checklist_takes_no_word_for_a_name_or_a_number(text: str, folder: Path) -> None:
    made = augmenter("CheckListAugmenter", folder)
    assert {made.reword([text], [seed])[0] for seed in range(5)} == {text}


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("EmbeddingAugmenter", {"vectors": "none.txt"}, "Name a text file with a word"),
        ("WordNetAugmenter", {"wordnet": "none"}, "wordnet: FOLDER"),
        ("CLAREAugmenter", {"model": "./none"}, "Name one with config.json"),
        ("BackTranslationAugmenter", {"src_model": "./none"}, "Name one with config.json"),
    ],
)
def test_what_is_missing_is_said_with_what_would_be_right(
    name: str, settings: dict[str, Any], said: str, folder: Path
) -> None:
    with pytest.raises(NotFoundError, match=said):
        augmenter(name, folder, **settings)


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("CLAREAugmenter", {"model": "distilled"}, "type 'distilbert'.*bert, electra"),
        ("CLAREAugmenter", {"model": "there"}, "masked language model"),
        ("BackTranslationAugmenter", {"chained_back_translation": 3}, "at most 2"),
        ("BackTranslationAugmenter", {"src_model": "masked"}, "type Marian"),
        (
            "BackTranslationAugmenter",
            {"chained_back_translation": 0, "target_lang": "it"},
            "no 'it'. It knows es, fr",
        ),
    ],
)
def test_a_model_of_another_kind_is_refused_before_a_text_is_changed(
    name: str, settings: dict[str, Any], said: str, folder: Path
) -> None:
    with pytest.raises(CurateError, match=said):
        augmenter(name, folder, **settings).reword(["good"], [0])


def test_each_says_what_it_needs() -> None:
    assert {name: AUGMENTERS[name].needs for name in NAMES if AUGMENTERS[name].needs} == {
        "BackTranslationAugmenter": "two translation models (Marian)",
        "CLAREAugmenter": "a masked language model, and WordNet; an embedding model if wanted",
        "EasyDataAugmenter": "WordNet",
        "EmbeddingAugmenter": "a text file of word vectors",
        "SynonymInsertionAugmenter": "WordNet",
        "WordNetAugmenter": "WordNet",
    }
    assert all(issubclass(AUGMENTERS[name], TextAttackAugmenter) for name in NAMES)


def _changed(old: str, new: str) -> int:
    return sum(a != b for a, b in zip(old.split(), new.split(), strict=True))
