"""Edits are those of nlpaug 1.1.11: drawn by the same numbers, in the same order."""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from curate.augmenting import batches
from curate.augmenting.registry import augmenter_of
from curate.augmenting.sentences import sentences
from curate.augmenting.spelling import SpellingAug, misspellings
from curate.augmenting.tokens import parted
from tests.augmenting.small_models import NEAR
from tests.augmenting.texts import plain_texts

pytest.importorskip("nlpaug", reason="needs the extra `augment`")

TEXTS = plain_texts(1000)
SEEDS = [random.Random(row).getrandbits(32) for row in range(len(TEXTS))]

MANY: dict[str, Any] = {"aug_p": 0.8, "aug_max": None, "stopwords": ["the", "is"]}
CHARS: tuple[dict[str, Any], ...] = (
    {},
    {"aug_char_p": 0.9, "aug_char_max": None, "swap_mode": "middle", "include_numeric": False},
    {"aug_word_p": 1.0, "aug_word_max": 100, "min_char": 2, "swap_mode": "random",
     "candidates": ["AA", "b"]},
    {"stopwords": ["the"], "stopwords_regex": "an?", "aug_word_p": 0.6},
)  # fmt: skip
SETTINGS: list[tuple[str, str, dict[str, Any]]] = [
    ("char", "KeyboardAug", {}),
    ("char", "KeyboardAug", {"lang": "de", "stopwords": ["the", "of"], "stopwords_regex": "an?"}),
    ("char", "KeyboardAug", {"include_special_char": False, "include_numeric": False,
                             "include_upper_case": False, "min_char": 1, "aug_word_max": None}),
    ("char", "OcrAug", {}),
    ("char", "OcrAug", {"dict_of_path": {"a": ["e", "o"], "e": ["a", "zz"], "z": ["z"]}}),
    *(("char", "RandomCharAug", {"action": action, **more})
      for action in ("insert", "substitute", "swap", "delete") for more in CHARS),
    *(("word", "RandomWordAug", {"action": action, **more})
      for action in ("substitute", "swap", "delete", "crop")
      for more in ({}, MANY, {"aug_min": 2, "target_words": ["Foo", "bar baz"]})),
    ("word", "SplitAug", {}),
    ("word", "SplitAug", {"min_char": 3, **MANY}),
    ("word", "SpellingAug", {}),
    ("word", "SpellingAug", MANY),
    ("word", "ReservedAug", {"reserved_tokens": [["the", "a", "an"], ["how", "What way"]]}),
    ("word", "ReservedAug", {"reserved_tokens": [["The", "A"], ["water", "Sea"]],
                             "case_sensitive": False, "aug_p": 0.9}),
]  # fmt: skip


def theirs(kind: str, name: str, settings: Mapping[str, Any]) -> Any:
    import nlpaug.augmenter.char
    import nlpaug.augmenter.word

    made = getattr(getattr(nlpaug.augmenter, kind), name)(**settings)
    if name == "SpellingAug":
        # The order of its misspellings differs from process to process; their sets do not.
        ours = misspellings(SpellingAug()._file, True)
        listed = {word: set(others) for word, others in made.model.dict.items() if others}
        assert listed == {word: set(others) for word, others in ours.items()}
        made.model.dict = ours
    return made


def augmented(augmenter: Any, texts: Sequence[str]) -> list[str | None]:
    """What nlpaug makes of each; None where it fails, as it does at crops of one word."""
    answers: list[str | None] = []
    for text, seed in zip(texts, SEEDS, strict=False):
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002 (it draws from there)
        try:
            answers.append(augmenter.augment(text)[0])
        except (ValueError, IndexError):
            answers.append(None)
    return answers


@pytest.mark.parametrize(("kind", "name", "settings"), SETTINGS)
def test_edits_are_those_of_nlpaug(
    kind: str, name: str, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = augmented(theirs(kind, name, settings), TEXTS)
    assert sum(answer is None for answer in peer) < len(peer) / 3
    for few in (1, 10**9):
        monkeypatch.setattr(batches, "FEW", few)
        monkeypatch.setattr(batches, "is_loaded", lambda _, few=few: few == 1)
        spaced = augmenter_of(name, {**settings, "spacing": "nlpaug"})
        answers = spaced.reword(TEXTS, SEEDS)
        wrong = [
            (text, one, other)
            for text, one, other in zip(TEXTS, peer, answers, strict=True)
            if one is not None and one != other
        ]
        assert not wrong, wrong[0]
        kept = augmenter_of(name, settings).reword(TEXTS, SEEDS)
        for one, other in zip(answers, kept, strict=True):
            # Deleted or joined tokens aside, only the spaces between tokens differ.
            assert "".join(parted(one)[1::2]) == "".join(parted(other)[1::2])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # gensim closes late
@pytest.mark.parametrize("action", ["substitute", "insert"])
@pytest.mark.parametrize(("kind", "file"), [("glove", "glove.txt"), ("fasttext", "near.vec")])
def test_words_with_near_vectors_are_those_of_nlpaug(
    action: str, kind: str, file: str, files: Path
) -> None:
    pytest.importorskip("gensim", reason="nlpaug needs it")
    from nlpaug.augmenter.word import WordEmbsAug

    words = [*NEAR, "something", "else", "the", "Good", "?"]
    draw = random.Random(3)
    texts = [" ".join(draw.choices(words, k=draw.randint(1, 15))) for _ in range(300)]
    settings: dict[str, Any] = {"model_type": kind, "action": action, "top_k": 3, "aug_p": 0.6}
    made = WordEmbsAug(model_path=str(files / file), force_reload=True, **settings)
    ours = augmenter_of("WordEmbsAug", settings | {"model_path": file, "spacing": "nlpaug"}, files)
    assert ours.reword(texts, SEEDS[:300]) == augmented(made, texts)


@pytest.mark.parametrize("action", ["substitute", "insert"])
def test_words_by_statistics_are_those_of_nlpaug(action: str, files: Path) -> None:
    from nlpaug.augmenter.word import TfIdfAug

    settings: dict[str, Any] = {"action": action, "top_k": 3, "aug_p": 0.6}
    made = TfIdfAug(model_path=str(files / "statistics"), **settings)
    more = {"model_path": "statistics", "spacing": "nlpaug"}
    answers = augmenter_of("TfIdfAug", settings | more, files).reword(TEXTS[:500], SEEDS[:500])
    peer = augmented(made, TEXTS[:500])
    assert peer.count(None) < len(peer) / 10
    assert all(one in (None, other) for one, other in zip(peer, answers, strict=True))
    assert answers != TEXTS[:500]


@pytest.mark.parametrize("mode", ["neighbor", "left", "right", "random"])
def test_sentences_are_reordered_as_nlpaug_does(mode: str) -> None:
    from nlpaug.augmenter.sentence import RandomSentAug

    def told(text: str) -> list[str]:
        return [text[start:end] for start, end in sentences(text)]

    texts = [" ".join(told(text)) for text in TEXTS if len(sentences(text)) > 1]
    texts = [text for text in texts if len(told(text)) > 1][:300]
    peer = augmented(RandomSentAug(mode=mode, tokenizer=told), texts)
    assert augmenter_of("RandomSentAug", {"mode": mode}).reword(texts, SEEDS[: len(texts)]) == peer


def test_nothing_of_the_state_that_a_process_shares_is_touched() -> None:
    random.seed(5)
    np.random.seed(5)  # noqa: NPY002
    before = random.getstate(), np.random.get_state()[1].tolist()  # type: ignore[index]  # noqa: NPY002
    for _, name, settings in SETTINGS:
        augmenter_of(name, settings).reword(TEXTS[:20], SEEDS[:20])
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before  # type: ignore[index]  # noqa: NPY002
