"""WordNet is read from its own files, wherever they lie, and inflected words are found."""

import zipfile
from pathlib import Path

import pytest

from curate.augmenting.wordnet import WordNet
from curate.augmenting.wordnet_files import DEBIAN, find_wordnet
from curate.errors import InputError, NotFoundError
from tests.augmenting.small_wordnet import small_wordnet


def test_words_of_one_meaning_are_synonyms_in_the_order_of_the_meanings(tmp_path: Path) -> None:
    words = WordNet(small_wordnet(tmp_path))
    assert words.synonyms("film") == ["movie", "motion_picture"]
    assert words.synonyms("Answer") == ["reply", "respond"]
    assert words.synonyms("answer", "n") == ["reply"]
    assert words.synonyms("zebra") == []


def test_inflected_and_irregular_words_are_looked_up_by_their_base_forms(tmp_path: Path) -> None:
    words = WordNet(small_wordnet(tmp_path))
    assert words.synonyms("films") == ["film", "movie", "motion_picture"]
    assert words.synonyms("children") == ["child", "kid"]
    assert words.synonyms("loved") == ["like", "enjoy", "love"]
    assert words.parts_of_speech("answers") == ["n", "v"]


def test_antonyms_are_of_the_word_and_not_of_its_synonyms(tmp_path: Path) -> None:
    words = WordNet(small_wordnet(tmp_path))
    assert words.antonyms("good") == ["bad"]
    assert words.antonyms("great") == []
    assert words.antonyms("likes") == ["hate"]


def test_the_zip_file_that_nltk_fetches_gives_the_same_dictionary(tmp_path: Path) -> None:
    folder = small_wordnet(tmp_path / "wordnet")
    packed = tmp_path / "corpora" / "wordnet.zip"
    packed.parent.mkdir()
    with zipfile.ZipFile(packed, "w") as made:
        for file in folder.iterdir():
            made.write(file, f"wordnet/{file.name}")
    by_root = WordNet(find_wordnet(str(tmp_path), Path()))
    assert by_root.hash == WordNet(folder).hash
    assert by_root.synonyms("film") == ["movie", "motion_picture"]


def test_nltks_data_is_found_before_debians_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = small_wordnet(tmp_path / "corpora" / "wordnet")
    monkeypatch.setenv("NLTK_DATA", str(tmp_path))
    assert find_wordnet(None, Path()) == folder


def test_a_missing_dictionary_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"nowhere.*wordnet: FOLDER.*wordnet-base"):
        find_wordnet("nowhere", tmp_path)


def test_damaged_files_are_told_by_name(tmp_path: Path) -> None:
    folder = small_wordnet(tmp_path)
    (folder / "data.noun").write_bytes(b"xx" + (folder / "data.noun").read_bytes())
    with pytest.raises(InputError, match=r"data\.noun at \d+ is damaged"):
        WordNet(folder).synonyms("film")


@pytest.mark.skipif(not DEBIAN.is_dir(), reason="WordNet is not installed")
def test_the_whole_dictionary_is_read() -> None:
    words = WordNet(DEBIAN)
    assert {"glad", "felicitous"} <= set(words.synonyms("happy"))
    assert words.antonyms("fastest") == ["slow"]
    assert words.parts_of_speech("running")[0] == "v"
