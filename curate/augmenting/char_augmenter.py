"""Augmenters that change some characters of some words: what they share."""

import string
from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from curate.augmenting.draws import Draws
from curate.augmenting.token_augmenter import TokenAugmenter, count_of


class CharAugmenter(TokenAugmenter):
    """Draws words, and in each some characters."""

    aug_char_min: int | None = Field(default=1, ge=0)
    """At least so many characters of a word are changed."""
    aug_char_max: int | None = Field(default=10, ge=0)
    """At most so many; null for any number."""
    aug_char_p: float = Field(default=0.3, ge=0, le=1)
    """Share of the characters of a word that are changed."""
    aug_word_p: float = Field(default=0.3, ge=0, le=1)
    """Share of tokens that are changed."""
    aug_word_min: int | None = Field(default=1, ge=0)
    """At least so many tokens are changed."""
    aug_word_max: int | None = Field(default=10, ge=0)
    """At most so many; null for any number."""
    min_char: int = Field(default=4, ge=0)
    """Tokens of fewer characters stay."""

    takes_signs: ClassVar[bool] = True
    """Whether signs of punctuation may be drawn."""

    def edited(self, tokens: list[str], draws: Draws) -> list[str] | None:
        """Change the characters of words that are drawn."""
        for place in sorted(self._drawn(tokens, draws)):
            tokens[place] = self.changed(tokens[place], draws)
        return tokens

    @abstractmethod
    def changed(self, word: str, draws: Draws) -> str:
        """Return a word with some of its characters changed."""

    def _drawn(self, tokens: Sequence[str], draws: Draws) -> list[int]:
        least = self.min_char
        places = [place for place, token in enumerate(tokens) if len(token) >= least]
        if not self._with_signs():
            places = [place for place in places if tokens[place] not in string.punctuation]
        if self.skips:
            places = [place for place in places if not self.stays(tokens[place])]
        count = count_of(len(tokens), self.aug_word_min, self.aug_word_max, self.aug_word_p)
        return draws.sample(places, min(count, len(places)))

    def _with_signs(self) -> bool:
        return True

    def places(self, word: str, drawable: list[int], draws: Draws) -> list[int]:
        """The places of characters to change, of those that may be, as they are drawn."""
        count = count_of(len(word), self.aug_char_min, self.aug_char_max, self.aug_char_p)
        return draws.sample(drawable, min(count, len(drawable)))


class MappedCharAugmenter(CharAugmenter):
    """Puts another character in the place of one, of a table that has some for each."""

    def changed(self, word: str, draws: Draws) -> str:
        """Put others in the places of characters that the table has."""
        table = self.table()
        drawable = [place for place, sign in enumerate(word) if sign in table]
        signs = list(word)
        for place in sorted(self.places(word, drawable, draws)):
            signs[place] = draws.one(table[signs[place]])
        return "".join(signs)

    @abstractmethod
    def table(self) -> dict[str, list[str]]:
        """What may stand in the place of each character; none has an empty list."""
