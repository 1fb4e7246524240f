"""Augmenters that change some characters of some words: what they share."""

import string
from abc import abstractmethod
from collections.abc import Sequence

from pydantic import Field, PrivateAttr

from curate.augmenting.augmenter import HELD
from curate.augmenting.batches import is_worth_it
from curate.augmenting.char_batches import (
    KERNEL,
    REPLACE,
    Changes,
    Plan,
    Sizes,
    changes,
    sizes_of,
)
from curate.augmenting.draws import Draws
from curate.augmenting.token_augmenter import TokenEditor, count_of
from curate.augmenting.tokens import detokenized, parted


class CharAugmenter(TokenEditor):
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

    def reword(self, texts: Sequence[str], seeds: Sequence[int]) -> list[str]:
        """Change some characters of each text: many texts by compiled code, to the same effect."""
        if not is_worth_it(len(texts), KERNEL):
            return super().reword(texts, seeds)
        answers = []
        found = changes(texts, seeds, self.plan(), self.stays if self.skips else None)
        for text, seed, made in zip(texts, seeds, found, strict=True):
            if made.empties:
                answers += super().reword([text], [seed])
                continue
            signs = list(text)
            self.put(signs, made)
            kept = self.spacing == "kept"
            answers.append("".join(signs) if kept else _detokenized(text, signs, made))
        return answers

    @abstractmethod
    def plan(self) -> Plan:
        """What compiled code shall draw, as `changed` does."""

    @abstractmethod
    def put(self, signs: list[str], made: Changes) -> None:
        """Make the changes that were drawn in the characters of a text."""

    def planned(self, action: int, swap: int, pool: int, sizes: Sizes) -> Plan:
        """A plan with the limits and shares of the settings."""
        limits = (
            pool, self.min_char, self.aug_char_min or 0, self.aug_char_max or 0,
            self.aug_word_min or 0, self.aug_word_max or 0, int(self._with_signs()),
        )  # fmt: skip
        return Plan(action, swap, limits, (self.aug_char_p, self.aug_word_p), sizes)

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
        if HELD in tokens:
            places = [place for place in places if tokens[place] != HELD]
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

    _sizes: Sizes | None = PrivateAttr(default=None)

    def changed(self, word: str, draws: Draws) -> str:
        """Put others in the places of characters that the table has."""
        table = self.table()
        drawable = [place for place, sign in enumerate(word) if sign in table]
        signs = list(word)
        for place in sorted(self.places(word, drawable, draws)):
            signs[place] = draws.one(table[signs[place]])
        return "".join(signs)

    def plan(self) -> Plan:
        """Replacements of the characters that the table has."""
        if self._sizes is None:
            self._sizes = sizes_of(self.table())
        return self.planned(REPLACE, 0, 0, self._sizes)

    def put(self, signs: list[str], made: Changes) -> None:
        """Replace characters."""
        table = self.table()
        for place, drawn in zip(made.places, made.drawn, strict=True):
            signs[place] = table[signs[place]][drawn]

    @abstractmethod
    def table(self) -> dict[str, list[str]]:
        """What may stand in the place of each character; none has an empty list."""


def _detokenized(text: str, signs: list[str], made: Changes) -> str:
    tokens = parted(text)[1::2]
    last = -1
    for token, begin, end in zip(made.tokens, made.begins, made.ends, strict=True):
        if token != last:
            tokens[token] = "".join(signs[begin:end])
            last = token
    return detokenized(tokens)
