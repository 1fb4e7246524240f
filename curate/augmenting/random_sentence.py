"""Sentences in another order: nlpaug's `RandomSentAug`."""

from collections.abc import Sequence
from random import Random
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from curate.augmenting.augmenter import Augmenter, Unit
from curate.augmenting.sentences import sentences
from curate.augmenting.token_augmenter import count_of


class RandomSentAug(Augmenter):
    """Puts sentences in another order.

    Sentences are told apart by their punctuation (`sentences`), where nlpaug needs a model of NLTK;
    white space between them stays.
    """

    name: ClassVar[str] = "RandomSentAug"
    version: ClassVar[int] = 1
    extra: ClassVar[str] = ""
    unit: ClassVar[Unit] = "passage"
    depends: ClassVar[tuple[str, ...]] = ("numpy",)

    mode: Literal["neighbor", "left", "right", "random"] = "neighbor"
    """With which other a sentence is swapped: the one before it (`left`) or behind it (`right`),
    one of both, or any."""
    aug_p: float = Field(default=0.3, ge=0, le=1)
    """Share of sentences that are swapped."""
    aug_min: int | None = Field(default=1, ge=0)
    """At least so many."""
    aug_max: int | None = Field(default=10, ge=0)
    """At most so many; null for any number."""

    def reword(self, texts: Sequence[str], seeds: Sequence[int]) -> list[str]:
        """Swap sentences of each text."""
        return [self._reordered(text, seed) for text, seed in zip(texts, seeds, strict=True)]

    def _reordered(self, text: str, seed: int) -> str:
        places = sentences(text)
        size = len(places)
        if size < 2:
            return text
        draws, numbers = Random(seed), np.random.RandomState(seed)  # noqa: S311 - no secret
        order = list(range(size))
        count = min(count_of(size, self.aug_min, self.aug_max, self.aug_p), size)
        for place in draws.sample(list(range(size)), count):
            other = self._other(place, size, numbers)
            order[place], order[other] = order[other], order[place]
        parts, last = [], 0
        for (start, end), taken in zip(places, order, strict=True):
            parts += [text[last:start], text[places[taken][0] : places[taken][1]]]
            last = end
        return "".join([*parts, text[last:]])

    def _other(self, place: int, size: int, numbers: np.random.RandomState) -> int:
        """With which sentence one is swapped; both ends of a text are neighbours."""
        if self.mode == "random":
            drawn: list[int] = numbers.choice(size, size=2, replace=False).tolist()
            return next(each for each in drawn if each != place)
        left = self.mode == "left" or (self.mode == "neighbor" and numbers.randint(0, 2) == 0)
        if left:
            return place - 1 if place else size - 1
        return place + 1 if place < size - 1 else 0
