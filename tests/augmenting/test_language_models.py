"""Augmenters that ask language models, on small ones made on the spot."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from curate.augmenting.abst_summ import _shorter
from curate.augmenting.expected_words import Vocabulary, drawn_word
from curate.augmenting.registry import augmenter_of
from curate.errors import InputError
from tests.augmenting.small_models import WORDS

TEXT = "we like the good film in a garden"


def _begins_word(part: str) -> bool:
    return any(word.startswith(part) for word in WORDS)


def answers(name: str, settings: dict[str, Any], base: Path, text: str = TEXT) -> list[str]:
    return augmenter_of(name, settings, base).reword([text] * 40, range(40))


@pytest.mark.parametrize("folder", ["masked", "roberta"])
def test_words_are_replaced_by_whole_words_and_the_rest_is_left(folder: str, models: Path) -> None:
    text = "We  like the\ngood film"
    made = answers("ContextualWordEmbsAug", {"model_path": folder, "aug_max": 1}, models, text)
    assert len(set(made)) > 10
    for answer in made:
        old, new = text.split(), answer.split()
        changed = [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]]
        assert len(changed) == 1
        # A token of BPE that begins a word need not be all of it.
        new_word = changed[0][1].lower()
        assert new_word in WORDS or (folder == "roberta" and _begins_word(new_word))
        assert re.sub(r"\S+", "x", answer) == "x  x x\nx x"


def test_words_are_inserted_and_the_others_stay_in_order(models: Path) -> None:
    settings = {"model_path": "masked", "action": "insert", "aug_max": 2}
    for answer in answers("ContextualWordEmbsAug", settings, models):
        words = iter(answer.split())
        assert len(answer.split()) == len(TEXT.split()) + 2
        assert all(word in words for word in TEXT.split())


def test_stop_words_stay(models: Path) -> None:
    settings = {"model_path": "masked", "aug_p": 1.0, "stopwords": ["good", "film"]}
    made = answers("ContextualWordEmbsAug", settings, models)
    assert all(answer.split()[3:5] == ["good", "film"] for answer in made)


def test_a_text_that_names_the_mask_and_one_longer_than_the_model_are_reworded(
    models: Path,
) -> None:
    settings = {"model_path": "masked", "aug_max": 1}
    for text in ("the [MASK] film and [MASK]", " ".join(["film"] * 500)):
        made = answers("ContextualWordEmbsAug", settings, models, text)
        assert text not in made
        assert all(answer.count("[MASK]") == text.count("[MASK]") for answer in made[:5]) or (
            "[MASK]" in text
        )


def test_a_word_is_drawn_as_often_as_it_is_expected() -> None:
    vocabulary = Vocabulary(np.arange(4), ["a", "b", "c", "d"])
    logits = np.log(np.array([0.5, 0.3, 0.1, 0.1]))
    drawn = [drawn_word(vocabulary, logits, ["A"], 2, place / 100) for place in range(100)]
    assert {word: drawn.count(word) for word in set(drawn)} == {"b": 75, "c": 25}
    assert drawn_word(vocabulary, logits, "abcd", None, 0.5) is None


def test_sentences_come_back_from_translation_and_one_too_long_stays(models: Path) -> None:
    settings = {"from_model_name": "there", "to_model_name": "back", "max_length": 12}
    long = " ".join(["film"] * 60)
    augmenter = augmenter_of("BackTranslationAug", settings, models)
    made = augmenter.reword([TEXT, long, TEXT], [1, 2, 3])
    assert made[0] == made[2] != TEXT
    assert made[1] == long


def test_a_summary_is_whole_sentences_and_shorter_or_the_text_stays() -> None:
    text = "We like the good film, and it is a great story of a child."
    assert _shorter(text, "It is a film. We like") == "It is a film."
    assert _shorter(text, "a film that we like") == text
    assert _shorter(text, f"{text} Really.") == text
    assert _shorter(text, None) == text


def test_a_sentence_is_added_and_what_was_there_stays(models: Path) -> None:
    settings = {"model_path": "causal", "temperature": 1.5}
    made = answers("ContextualWordEmbsForSentenceAug", settings, models)
    longer = [answer for answer in made if answer != TEXT]
    assert len(set(longer)) > 5
    for answer in longer:
        assert answer.startswith(f"{TEXT} ")
        assert sum(answer.count(sign) for sign in ".!?") == 1
        assert answer[-1] in ".!?"


@pytest.mark.parametrize(
    ("name", "setting", "folder"),
    [
        ("ContextualWordEmbsAug", "model_path", "causal"),
        ("BackTranslationAug", "from_model_name", "masked"),
        ("BackTranslationAug", "from_model_name", "causal"),
        ("ContextualWordEmbsForSentenceAug", "model_path", "there"),
        ("ContextualWordEmbsForSentenceAug", "model_path", "masked"),
    ],
)
def test_a_model_of_another_kind_is_refused_in_one_line(
    name: str, setting: str, folder: str, models: Path
) -> None:
    more = {"to_model_name": "back"} if name == "BackTranslationAug" else {}
    augmenter = augmenter_of(name, {setting: folder, **more}, models)
    with pytest.raises(InputError, match="model"):
        augmenter.reword([TEXT], [1])
