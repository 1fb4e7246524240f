"""What the augmenters of TextAttack share (Morris et al. 2020, arXiv 2005.05909).

They have the names and settings that they have there. How many texts are made of one
(`transformations_per_example`) is the step's business: an augmenter gives one for each seed.
"""

import random
import re
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, ClassVar, Final

from pydantic import Field

from curate.augmenting.augmenter import Augmenter
from curate.augmenting.seeded import seeded
from curate.augmenting.stop_words import AS_WRITTEN
from curate.augmenting.textattack_loading import load_textattack

MOST_WORDS: Final = 40
"""Of a piece: to make one change TextAttack tries all, so that time grows with the square."""
MOST_CHARACTERS: Final = 400

_TOKEN: Final = re.compile(r"\s*\S{1,400}|\s+")
_RUN: Final = re.compile(r"\W*\w+|\W+")
"""What TextAttack may take for a word, with the signs before it."""
_DIVIDER: Final = "<SPLIT>"
"""TextAttack cuts a text in two where it stands."""
_APART: Final = 0x9E3779B1
"""Between the seeds of pieces: a prime, so that those of few texts differ."""


class TextAttackAugmenter(Augmenter):
    """An augmenter of TextAttack; long texts are reworded piece by piece."""

    extra: ClassVar[str] = "attack"
    modules: ClassVar[tuple[str, ...]] = ("textattack", "flair")
    depends: ClassVar[tuple[str, ...]] = ("textattack",)

    @abstractmethod
    def made(self) -> Sequence[Any]:
        """Make TextAttack's own augmenters, which is imported; of several one answer is drawn."""

    def pieces(self, text: str) -> list[str]:
        """What is reworded at a time: at most 40 words or 400 characters."""
        return pieces(text)

    def reword(self, texts: Sequence[str], seeds: Sequence[int]) -> list[str]:
        """Return each text with some of its words changed. Raises MissingExtraError."""
        load_textattack(f"augmenter {self.name}")
        own = _made(self)
        return [self._reword(own, *one) for one in zip(texts, seeds, strict=True)]

    def _reword(self, own: Sequence[Any], text: str, seed: int) -> str:
        if _DIVIDER in text or not any(map(str.isalnum, text)):
            return text
        parts = self.pieces(text)
        return "".join(_changed(own, part, seed + _APART * at) for at, part in enumerate(parts))


class WordAugmenter(TextAttackAugmenter):
    """One that changes some of the words."""

    pct_words_to_swap: float = Field(default=0.1, ge=0, le=1)
    """The share of the words that are changed, but one at least."""

    def wrapped(self, transformation: Any, constraints: Iterable[Any] = ()) -> Any:
        """An augmenter of TextAttack that leaves stop words, and what it changed before."""
        from textattack.augmentation import Augmenter as Own
        from textattack.constraints.pre_transformation import (
            RepeatModification,
            StopwordModification,
        )

        kept = [RepeatModification(), StopwordModification(stopwords=AS_WRITTEN)]
        return Own(
            transformation,
            constraints=[*kept, *constraints],
            pct_words_to_swap=self.pct_words_to_swap,
        )


def pieces(text: str) -> list[str]:
    """Cut a text between words into pieces of at most 40 words and 400 characters or so.

    >>> pieces("a b"), len(pieces("word " * 100)), len(pieces("x" * 1000))
    (['a b'], 3, 3)
    >>> len(pieces("a." * 100))
    3
    """
    made: list[list[str]] = []
    words = size = MOST_CHARACTERS
    for token, runs in _tokens(text):
        if words + runs > MOST_WORDS or size + len(token) > MOST_CHARACTERS:
            made.append([])
            words = size = 0
        made[-1].append(token)
        words, size = words + runs, size + len(token)
    return ["".join(tokens) for tokens in made]


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """What may be cut apart, with how many words each has: cut at white space, where that does."""
    for token in _TOKEN.findall(text):
        runs = _RUN.findall(token)
        if len(runs) <= MOST_WORDS:
            yield token, len(runs)
        else:
            yield from ((run, 1) for run in runs)


def _changed(own: Sequence[Any], text: str, seed: int) -> str:
    with seeded(seed):
        found = [made for augmenter in own for made in augmenter.augment(text)]
        distinct = list(dict.fromkeys(map(str, found)))
        random.shuffle(distinct)
    return distinct[0] if distinct else text


@lru_cache(maxsize=4)
def _made(augmenter: TextAttackAugmenter) -> Sequence[Any]:
    return augmenter.made()
