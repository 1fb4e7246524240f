"""Words of the same meaning: nlpaug's `SynonymAug`."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Literal, Self

from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from curate.augmenting.draws import Draws
from curate.augmenting.nlpaug_files import found_file
from curate.augmenting.ppdb import read_ppdb
from curate.augmenting.stop_words import STOP_WORDS
from curate.augmenting.token_augmenter import WordEditor
from curate.augmenting.wordnet import WordNet, wordnet
from curate.augmenting.wordnet_files import find_wordnet
from curate.errors import RecipeError

_PPDB = "Fetch one of paraphrase.org, such as ppdb-2.0-s-lexical, unpack it and name the file"


class SynonymAug(WordEditor):
    """Replaces words by others that mean the same.

    The part of speech is the one in which WordNet's texts have a word most often, where nlpaug asks
    a tagger of NLTK that is fetched; words that carry grammar stay. Only words that have a synonym
    are drawn. `senses` and `inflected` are not nlpaug's, which takes any meaning and any form: it
    makes "university weenie" of "dogs".
    """

    name: ClassVar[str] = "SynonymAug"
    version: ClassVar[int] = 1
    extra: ClassVar[str] = ""
    needs: ClassVar[str] = "WordNet, or a file of PPDB"

    aug_src: Literal["wordnet", "ppdb"] = "wordnet"
    """What tells synonyms: WordNet, or the paraphrases of PPDB."""
    model_path: str | None = Field(default=None, exclude=True)
    """A folder with the files of WordNet or data of NLTK, by default where NLTK and Debian have
    them; or the unpacked file of PPDB."""
    lang: Literal["eng"] = "eng"
    """The language of WordNet; that of PPDB is the file's."""
    senses: int | None = Field(default=1, ge=1)
    """Of WordNet, synonyms in so many of a word's most frequent meanings; null for all."""
    inflected: bool = False
    """Whether an inflected word, too, is replaced, by the base form of another."""

    _place: Path = PrivateAttr()

    @model_validator(mode="after")
    def _source_is_there(self, info: ValidationInfo) -> Self:
        base = (info.context or {}).get("base", Path())
        if self.aug_src == "wordnet":
            self._place = find_wordnet(self.model_path, base)
        elif self.model_path is None:
            raise RecipeError(f"augmenter {self.name}", "model_path is missing", _PPDB)
        else:
            self._place = found_file("model_path", self.model_path, base, _PPDB)
        return self

    def files(self) -> Sequence[bytes]:
        """The hash of WordNet or PPDB."""
        if self.aug_src == "wordnet":
            return [wordnet(self._place).hash.encode()]
        with self._place.open("rb") as file:
            return [hashlib.file_digest(file, "sha256").digest()]

    def edited(self, tokens: list[str], draws: Draws) -> list[str] | None:
        """Replace words that are drawn."""
        return self.replaced(tokens, draws, self._others)

    def _others(self, word: str) -> tuple[str, ...]:
        if self.aug_src == "ppdb":
            return read_ppdb(self._place).get(word, ())
        return _synonyms(wordnet(self._place), word, self.senses, self.inflected)


@lru_cache(maxsize=1 << 16)
def _synonyms(
    dictionary: WordNet, word: str, senses: int | None, inflected: bool
) -> tuple[str, ...]:
    """Those of the part of speech that a word most often is."""
    lowered = word.lower()
    part = next(iter(dictionary.parts_of_speech(word)), None)
    if lowered in STOP_WORDS or part is None:
        return ()
    if not inflected and lowered not in dictionary.base_forms(word, part):
        return ()
    words = (other for one in dictionary.synsets(word, [part])[:senses] for other in one.words)
    return tuple(other for other in dict.fromkeys(words) if other.lower() != lowered)
