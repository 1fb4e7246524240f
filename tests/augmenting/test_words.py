"""What augmenters of words do beyond nlpaug, or in place of what fails there."""

import socket
from pathlib import Path
from typing import Any

import pytest

from curate.augmenting.augmenter import Augmenter
from curate.augmenting.registry import augmenter_of
from curate.augmenting.synonym import SynonymAug
from curate.errors import CurateError, InputError, NotFoundError, RecipeError


def one(augmenter: Augmenter, text: str, seed: int = 1) -> str:
    return augmenter.reword([text], [seed])[0]


def all_of(augmenter: Augmenter, text: str) -> set[str]:
    """What becomes of a text by many seeds."""
    return set(augmenter.reword([text] * 200, range(200)))


def test_spaces_lines_and_shortened_words_stay_as_they_were() -> None:
    text = "I can't go,\n\tas it's raining  (hard)."
    for answer in all_of(augmenter_of("RandomWordAug", {"action": "substitute"}), text):
        parts = iter(text.replace("\n\t", " \n\t ").split())
        assert answer.count("\n\t") == 1
        assert answer.count("'") == 2
        assert len(answer.split()) == len(list(parts))


def test_a_phrase_is_found_in_any_case_and_stays_as_written_where_it_is_not_drawn() -> None:
    groups = [["kind regards", "Best wishes", "yours"], ["dear", "hello"]]
    augmenter = augmenter_of("ReservedAug", {"reserved_tokens": groups, "aug_p": 0.1})
    answers = all_of(augmenter, "dear Ann, so long. KIND Regards")
    assert answers == {
        "hello Ann, so long. KIND Regards",
        "dear Ann, so long. Best wishes",
        "dear Ann, so long. yours",
    }


def test_signs_of_a_phrase_have_no_meaning_of_their_own() -> None:
    augmenter = augmenter_of("ReservedAug", {"reserved_tokens": [["C++ (new)", "Rust"]]})
    assert one(augmenter, "I like C++ (new) and C") == "I like Rust and C"


def test_a_single_word_can_be_cropped_and_a_single_letter_has_no_neighbour() -> None:
    crop = augmenter_of("RandomWordAug", {"action": "crop", "aug_max": 1})
    assert all(len(answer.split()) == 2 for answer in all_of(crop, "one two three"))
    swap = augmenter_of("RandomCharAug", {"action": "swap", "min_char": 1, "aug_word_p": 1.0})
    assert all_of(swap, "a b") == {"a b"}


def test_synonyms_are_those_of_the_dictionary_and_words_of_grammar_stay(files: Path) -> None:
    augmenter = augmenter_of("SynonymAug", {"model_path": "wn", "aug_max": 1}, files)
    answers = all_of(augmenter, "Good is that film to the child")
    assert len(answers) > 4
    for answer in answers:
        good, *rest = answer.replace("motion picture", "film").split()
        assert good in ("Good", "Great", "Excellent")
        assert rest[:2] == ["is", "that"]
        assert rest[2] in ("film", "movie")
        assert rest[5] in ("child", "kid")


def test_inflected_words_are_replaced_only_where_that_is_asked_for(files: Path) -> None:
    settings: dict[str, Any] = {"model_path": "wn", "aug_p": 1.0}
    assert all_of(augmenter_of("SynonymAug", settings, files), "films") == {"films"}
    inflected = augmenter_of("SynonymAug", {**settings, "inflected": True}, files)
    assert "movie" in all_of(inflected, "films")


def test_antonyms_mean_the_opposite(files: Path) -> None:
    augmenter = augmenter_of("AntonymAug", {"model_path": "wn", "aug_p": 1.0}, files)
    assert one(augmenter, "A good film I hate") == "A bad film I like"


def test_paraphrases_of_single_words_come_from_the_file(files: Path) -> None:
    settings = {"aug_src": "ppdb", "model_path": "ppdb.txt", "aug_p": 1.0}
    augmenter = augmenter_of("SynonymAug", settings, files)
    assert one(augmenter, "the people drink long water") == "the people drink lengthy fluid"


def test_near_words_are_drawn_of_the_nearest_alone(files: Path) -> None:
    settings = {"model_type": "word2vec", "model_path": "near.bin", "top_k": 1, "aug_p": 1.0}
    augmenter = augmenter_of("WordEmbsAug", settings, files)
    assert all_of(augmenter, "a fast film, good!") == {"a quick movie, great!"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"x", "first line is not two numbers"),
        (b"3 2\n", "too short"),
        (b"1 1\nabcdef", "ends after 0 of 1"),
        (b"2 1\na \0\0\0\0b" + b"\0" * 20, "ends after 1 of 2"),
    ],
)
def test_a_damaged_file_of_vectors_is_told(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "near.bin").write_bytes(content)
    settings = {"model_type": "word2vec", "model_path": "near.bin"}
    with pytest.raises(InputError, match=said):
        one(augmenter_of("WordEmbsAug", settings, tmp_path), "a word")


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("SynonymAug", {"model_path": "no"}, "Name its folder"),
        ("AntonymAug", {"model_path": "no"}, "wordnet-base"),
        ("SynonymAug", {"aug_src": "ppdb", "model_path": "no"}, "there is no file /"),
        ("WordEmbsAug", {"model_type": "glove", "model_path": "no.txt"}, r"/no\.txt"),
        ("TfIdfAug", {}, r"no file /.*w2idf"),
        ("ContextualWordEmbsAug", {"model_path": "org/none"}, "hf download org/none"),
        ("ContextualWordEmbsForSentenceAug", {"model_path": "./none"}, "there is no folder /"),
        ("BackTranslationAug", {}, "hf download facebook/wmt19-en-de"),
    ],
)
def test_what_is_missing_is_told_in_one_line_and_nothing_is_fetched(
    name: str, settings: dict[str, Any], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    pytest.importorskip("transformers", reason="needs the extra `train`")
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with pytest.raises(NotFoundError, match=said):
        augmenter_of(name, settings, tmp_path)


def test_paraphrases_without_a_file_are_a_wrong_setting() -> None:
    with pytest.raises(RecipeError, match="model_path is missing"):
        augmenter_of("SynonymAug", {"aug_src": "ppdb"})


def test_wordnet_of_debian_and_nltk_is_found_where_it_is() -> None:
    try:
        augmenter = augmenter_of("SynonymAug", {"aug_p": 1.0})
    except CurateError:
        pytest.skip("WordNet is not installed")
    assert isinstance(augmenter, SynonymAug)
    assert "spacious house" not in all_of(augmenter, "the large house")
    assert all_of(augmenter, "the large house") != {"the large house"}
