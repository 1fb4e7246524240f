"""Words of the opposite meaning: nlpaug's `AntonymAug`."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Literal, Self

from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from curate.augmenting.draws import Draws
from curate.augmenting.stop_words import STOP_WORDS
from curate.augmenting.token_augmenter import WordEditor
from curate.augmenting.wordnet import WordNet, wordnet
from curate.augmenting.wordnet_files import find_wordnet

_PARTS = ("v", "a", "r")
"""Nouns have hardly any."""


class AntonymAug(WordEditor):
    """Replaces verbs, adjectives and adverbs by others that mean the opposite.

    What the text says is then no longer so: this is for contrast sets, and not for more of the
    same.
    """

    name: ClassVar[str] = "AntonymAug"
    version: ClassVar[int] = 1
    extra: ClassVar[str] = ""
    needs: ClassVar[str] = "WordNet"

    lang: Literal["eng"] = "eng"
    """The language of WordNet."""
    model_path: str | None = Field(default=None, exclude=True)
    """A folder with the files of WordNet or data of NLTK; by default where NLTK and Debian have
    them."""

    inflected: bool = False
    """Whether an inflected word, too, is replaced, by the base form of another, as nlpaug does."""

    _place: Path = PrivateAttr()

    @model_validator(mode="after")
    def _wordnet_is_there(self, info: ValidationInfo) -> Self:
        self._place = find_wordnet(self.model_path, (info.context or {}).get("base", Path()))
        return self

    def files(self) -> Sequence[bytes]:
        """The hash of WordNet."""
        return [wordnet(self._place).hash.encode()]

    def edited(self, tokens: list[str], draws: Draws) -> list[str] | None:
        """Replace words that are drawn."""
        found, inflected = wordnet(self._place), self.inflected
        return self.replaced(tokens, draws, lambda word: _antonyms(found, word, inflected))


@lru_cache(maxsize=1 << 16)
def _antonyms(dictionary: WordNet, word: str, inflected: bool) -> tuple[str, ...]:
    """Those of the part of speech that a word most often is."""
    part = next(iter(dictionary.parts_of_speech(word)), "n")
    if word.lower() in STOP_WORDS or part not in _PARTS:
        return ()
    if not inflected and word.lower() not in dictionary.base_forms(word, part):
        return ()
    return tuple(dictionary.antonyms(word, [part]))
