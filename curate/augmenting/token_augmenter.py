"""Augmenters that change some tokens of a text: what they share.

They draw as nlpaug 1.1.11 does: of equal seeds come the same edits. What nlpaug does to the spaces
between tokens (`can't` becomes `can ' t`, and a line break a space) is not done unless it is asked
for.
"""

import string
from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from math import ceil
from typing import Any, ClassVar, Literal

import re2
from pydantic import Field, field_validator

from curate.augmenting.augmenter import HELD, Augmenter
from curate.augmenting.draws import Draws
from curate.augmenting.tokens import aligned, detokenized, joined, parted
from curate.setting_types import Names

Others = Callable[[str], Sequence[str]]
"""What may stand for a word."""


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> Any:
    """A pattern of a recipe, which takes no more than linear time."""
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


class TokenAugmenter(Augmenter):
    """What augmenters of tokens are told: which stay, and what becomes of the gaps."""

    stopwords: Names = ()
    """Tokens that stay."""
    stopwords_regex: str | None = None
    """Tokens that stay: those that begin with what this matches (RE2), also where a space is put
    before or behind them."""
    spacing: Literal["kept", "nlpaug"] = "kept"
    """Whether gaps between tokens stay as they are, or become what nlpaug makes of them."""

    @field_validator("stopwords_regex")
    @classmethod
    def _is_pattern(cls, pattern: str | None) -> str | None:
        try:
            _compiled(pattern or "")
        except re2.error as error:
            said = error.args[0]
            why = said.decode() if isinstance(said, bytes) else str(said)
            raise ValueError(f"{pattern!r} is no regular expression of RE2: {why}") from error
        return pattern

    def stays(self, token: str) -> bool:
        """Whether a token is one of those that the settings leave alone."""
        if token in self.stopwords:
            return True
        if self.stopwords_regex is None:
            return False
        match = _compiled(self.stopwords_regex).match
        return any(match(each) for each in (token, f" {token} ", f" {token}", f"{token} "))

    @property
    def skips(self) -> bool:
        """Whether the settings leave any tokens alone."""
        return bool(self.stopwords) or self.stopwords_regex is not None


class TokenEditor(TokenAugmenter):
    """Changes the tokens of each text by its own random numbers."""

    holds: ClassVar[bool] = True

    def reword(self, texts: Sequence[str], seeds: Sequence[int]) -> list[str]:
        """Change some tokens of each text."""
        draws, kept = Draws(), self.spacing == "kept"
        answers = []
        for text, seed in zip(texts, seeds, strict=True):
            draws.seed(seed)
            parts = self.parted(text)
            tokens = self.edited(parts[1::2], draws)
            if tokens is None:
                answers.append(text)
            else:
                answers.append(joined(parts, tokens) if kept else detokenized(tokens))
        return answers

    def parted(self, text: str) -> list[str]:
        """Gaps and tokens of a text, in turn."""
        return parted(text)

    @abstractmethod
    def edited(self, tokens: list[str], draws: Draws) -> list[str] | None:
        """Return as many tokens, or None where nothing is to be done; the list may be changed.

        A token that is deleted is empty; one that is inserted stands, with a space behind it, in
        front of the token that it comes before.
        """


class WordAugmenter(TokenAugmenter):
    """Draws a share of the tokens; signs of punctuation count, and are not drawn."""

    aug_p: float = Field(default=0.3, ge=0, le=1)
    """Share of tokens that are changed."""
    aug_min: int | None = Field(default=1, ge=0)
    """At least so many."""
    aug_max: int | None = Field(default=10, ge=0)
    """At most so many; null for any number."""

    def count(self, tokens: Sequence[str]) -> int:
        """How many tokens are to be changed."""
        return count_of(len(tokens), self.aug_min, self.aug_max, self.aug_p)

    def words_of(self, tokens: Sequence[str], places: Iterable[int]) -> list[int]:
        """Those of some places that may be drawn."""
        marks = string.punctuation
        found = [place for place in places if tokens[place] not in marks]
        if HELD in tokens:
            found = [place for place in found if tokens[place] != HELD]
        return [each for each in found if not self.stays(tokens[each])] if self.skips else found

    def drawn(self, tokens: Sequence[str], places: list[int], draws: Draws) -> list[int]:
        """So many of the places as are to be changed, in the order they are drawn."""
        return draws.sample(places, min(self.count(tokens), len(places)))


class WordEditor(TokenEditor, WordAugmenter):
    """Changes a share of the tokens of each text."""

    def replaced(self, tokens: list[str], draws: Draws, others: Others) -> list[str] | None:
        """Replace some of the tokens for which others may stand, in small letters.

        A phrase has a space for `_` and for a hyphen.
        """
        found = {place: others(token) for place, token in enumerate(tokens) if len(token) > 1}
        known = [place for place, each in found.items() if each]
        drawn = self.drawn(tokens, self.words_of(tokens, known), draws)
        if not drawn:
            return None
        for place in drawn:
            word = draws.one(found[place]).replace("_", " ").replace("-", " ").lower()
            tokens[place] = aligned(tokens[place], word)
        return tokens


@lru_cache(maxsize=4096)
def count_of(size: int, least: int | None, most: int | None, share: float) -> int:
    """How many of some things a share is, rounded up, within limits, of which the least wins.

    >>> count_of(11, 1, 10, 0.3), count_of(2, 5, 3, 0.3), count_of(0, 0, None, 0.3)
    (4, 5, 0)
    """
    count = ceil(share * size)
    if least and count < least:
        return least
    return most if most and count > most else count
