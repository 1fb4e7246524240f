"""Words in two: nlpaug's `SplitAug`."""

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from curate.augmenting.drawn_words import DrawnWordAugmenter
from curate.augmenting.draws import Draws
from curate.augmenting.word_batches import SPLIT, WordChanges, WordPlan


class SplitAug(DrawnWordAugmenter):
    """Splits words in two by a space."""

    name: ClassVar[str] = "SplitAug"
    version: ClassVar[int] = 1
    extra: ClassVar[str] = ""

    min_char: int = Field(default=4, ge=3)
    """Tokens of fewer characters stay. nlpaug leaves a character before the space and two behind
    it, and fails at tokens of fewer than three."""

    def plan(self) -> WordPlan:
        """Long words in two."""
        return self.planned(SPLIT, 1, self.min_char)

    def changes(self, tokens: Sequence[str], draws: Draws) -> WordChanges:
        """Draw words, and where the space goes."""
        least = self.min_char
        long = [place for place, token in enumerate(tokens) if len(token) >= least]
        places = self.drawn(tokens, self.words_of(tokens, long), draws)
        places.sort(reverse=True)
        return WordChanges(places, [draws.between(1, len(tokens[each]) - 1) for each in places])

    def applied(self, tokens: list[str], made: WordChanges) -> list[str] | None:
        """Put spaces into words."""
        for place, cut in zip(made.tokens, made.drawn, strict=True):
            tokens[place] = f"{tokens[place][:cut]} {tokens[place][cut:]}"
        return tokens
