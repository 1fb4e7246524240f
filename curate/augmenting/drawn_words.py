"""Augmenters of which compiled code can draw what they do: what they share."""

from abc import abstractmethod
from collections.abc import Sequence

from curate.augmenting.batches import is_worth_it
from curate.augmenting.draws import Draws
from curate.augmenting.token_augmenter import WordEditor
from curate.augmenting.tokens import detokenized, joined, parted
from curate.augmenting.word_batches import (
    KERNEL,
    NO_TABLE,
    WordChanges,
    WordPlan,
    WordTable,
    word_changes,
)


class DrawnWordAugmenter(WordEditor):
    """Draws what is changed first, and then changes it."""

    def reword(self, texts: Sequence[str], seeds: Sequence[int]) -> list[str]:
        """Change some tokens of each text: many texts by compiled code, to the same effect."""
        if not is_worth_it(len(texts), KERNEL):
            return super().reword(texts, seeds)
        kept = self.spacing == "kept"
        answers = []
        found = word_changes(texts, seeds, self.plan(), self.stays if self.skips else None)
        for text, made in zip(texts, found, strict=True):
            parts = parted(text) if made.tokens else []
            tokens = self.applied(parts[1::2], made) if made.tokens else None
            if tokens is None:
                answers.append(text)
            else:
                answers.append(joined(parts, tokens) if kept else detokenized(tokens))
        return answers

    def edited(self, tokens: list[str], draws: Draws) -> list[str] | None:
        """Draw changes, and make them."""
        made = self.changes(tokens, draws)
        return self.applied(tokens, made) if made.tokens else None

    @abstractmethod
    def plan(self) -> WordPlan:
        """What compiled code shall draw, as `changes` does."""

    @abstractmethod
    def changes(self, tokens: Sequence[str], draws: Draws) -> WordChanges:
        """Draw changes, without compiled code."""

    @abstractmethod
    def applied(self, tokens: list[str], made: WordChanges) -> list[str] | None:
        """Make the changes, of which there are some; None where the text is to stay."""

    def planned(
        self, action: int, pool: int, least: int = 0, table: WordTable = NO_TABLE
    ) -> WordPlan:
        """A plan with the limits and the share of the settings."""
        limits = pool, least, self.aug_min or 0, self.aug_max or 0
        return WordPlan(action, limits, self.aug_p, table)
