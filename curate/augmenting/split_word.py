"""Words in two: nlpaug's `SplitAug`."""

from typing import ClassVar

from pydantic import Field

from curate.augmenting.draws import Draws
from curate.augmenting.token_augmenter import WordAugmenter


class SplitAug(WordAugmenter):
    """Splits words in two by a space."""

    name: ClassVar[str] = "SplitAug"
    version: ClassVar[int] = 1
    extra: ClassVar[str] = ""

    min_char: int = Field(default=4, ge=3)
    """Tokens of fewer characters stay. nlpaug leaves a character before the space and two behind
    it, and fails at tokens of fewer than three."""

    def edited(self, tokens: list[str], draws: Draws) -> list[str] | None:
        """Put a space into words that are drawn."""
        least = self.min_char
        long = [place for place, token in enumerate(tokens) if len(token) >= least]
        places = self.words_of(tokens, long)
        if not places:
            return None
        for place in sorted(self.drawn(tokens, places, draws), reverse=True):
            word = tokens[place]
            cut = draws.between(1, len(word) - 1)
            tokens[place] = f"{word[:cut]} {word[cut:]}"
        return tokens
