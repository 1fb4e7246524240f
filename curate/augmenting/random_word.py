"""Words at random: nlpaug's `RandomWordAug`."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from curate.augmenting.draws import Draws
from curate.augmenting.token_augmenter import WordAugmenter
from curate.augmenting.tokens import aligned, case_of
from curate.setting_types import Names


class RandomWordAug(WordAugmenter):
    """Deletes, replaces, swaps or crops words at random."""

    name: ClassVar[str] = "RandomWordAug"
    version: ClassVar[int] = 1
    extra: ClassVar[str] = ""

    action: Literal["substitute", "swap", "delete", "crop"] = "delete"
    """What is done: `delete` words, `swap` neighbours, `substitute` by `target_words`, or `crop` a
    run of words, which may begin at the end and go on at the beginning."""
    target_words: Names = ("_",)
    """Words that are put in by `substitute`."""

    def edited(self, tokens: list[str], draws: Draws) -> list[str] | None:
        """Do to the tokens what `action` says."""
        if self.action == "crop":
            return self._deleted(tokens, self._run(tokens, draws))
        places = self.drawn(tokens, self.words_of(tokens, range(len(tokens))), draws)
        if not places:
            return None
        if self.action == "delete":
            return self._deleted(tokens, places)
        if self.action == "swap":
            return self._swapped(tokens, places, draws)
        for place in sorted(places, reverse=True):
            word = draws.one(self.target_words or ("_",))
            tokens[place] = aligned(tokens[place], word) if place == 0 else word
        return tokens

    def _run(self, tokens: Sequence[str], draws: Draws) -> list[int]:
        """The places of a run, backward or forward from its start; below 0 from the end.

        Of a run of one word nlpaug fails to draw a start if it looks forward: here it is any.
        """
        count = self.count(tokens)
        if not count:
            return []
        step = draws.one((-1, 1))
        starts = len(tokens) - count + 1
        if starts < 1:
            return []
        start = draws.one(range(starts))
        return [start + each * step for each in range(count)]

    def _deleted(self, tokens: list[str], places: Sequence[int]) -> list[str] | None:
        """Without some tokens; the second takes over the capital of the first.

        It thereby comes back if it was deleted itself, as in nlpaug.
        """
        if len(tokens) < 2 or not places:
            return None
        new = list(tokens)
        for place in sorted(places, reverse=True):
            new[place] = ""
            if place == 0:
                new[1] = aligned(tokens[0], tokens[1])
        return new

    def _swapped(self, tokens: list[str], places: Sequence[int], draws: Draws) -> list[str] | None:
        if len(tokens) < 2:
            return None
        for place in places:
            if place in (0, len(tokens) - 1):
                other = 1 if place == 0 else place - 1
            else:
                other = place + draws.one((-1, 1))
            _swap(tokens, place, other)
        return tokens


def _swap(tokens: list[str], place: int, other: int) -> None:
    """Swap two tokens; where one of them is the first, capitals stay at the beginning."""
    word, with_it = tokens[place], tokens[other]
    tokens[place], tokens[other] = with_it, word
    if place and other:
        return
    if place == 0:
        if case_of(word) == "capitalize":
            if case_of(with_it) == "lower":
                tokens[0] = with_it.capitalize()
            tokens[other] = word.lower()
    else:
        if case_of(word) == "lower":
            tokens[0] = word.capitalize()
        if case_of(with_it) == "capitalize":
            tokens[place] = with_it.lower()
    for each in (place, other):
        if tokens[each] == "i":
            tokens[each] = "I"
