"""Words at random: nlpaug's `RandomWordAug`."""

from collections.abc import Sequence
from typing import ClassVar, Final, Literal

from curate.augmenting.augmenter import HELD
from curate.augmenting.drawn_words import DrawnWordAugmenter
from curate.augmenting.draws import Draws
from curate.augmenting.tokens import aligned, case_of
from curate.augmenting.word_batches import CROP, DELETE, FALLING, SWAP, WordChanges, WordPlan
from curate.setting_types import Names

_ACTIONS: Final = {"substitute": FALLING, "swap": SWAP, "delete": DELETE, "crop": CROP}


class RandomWordAug(DrawnWordAugmenter):
    """Deletes, replaces, swaps or crops words at random."""

    name: ClassVar[str] = "RandomWordAug"
    version: ClassVar[int] = 1
    extra: ClassVar[str] = ""

    action: Literal["substitute", "swap", "delete", "crop"] = "delete"
    """What is done: `delete` words, `swap` neighbours, `substitute` by `target_words`, or `crop` a
    run of words, which may begin at the end and go on at the beginning."""
    target_words: Names = ("_",)
    """Words that are put in by `substitute`."""

    def plan(self) -> WordPlan:
        """The action, with as many replacements as there are of any word."""
        return self.planned(_ACTIONS[self.action], len(self._targets()))

    def changes(self, tokens: Sequence[str], draws: Draws) -> WordChanges:
        """Draw words, and what for them."""
        if self.action == "crop":
            places = sorted(self._run(tokens, draws), reverse=True)
            return WordChanges(places, [0] * len(places))
        places = self.drawn(tokens, self.words_of(tokens, range(len(tokens))), draws)
        if self.action == "swap":
            return WordChanges(places, [_other(each, len(tokens), draws) for each in places])
        places.sort(reverse=True)
        if self.action == "delete":
            return WordChanges(places, [0] * len(places))
        targets = range(len(self._targets()))
        return WordChanges(places, [draws.one(targets) for _ in places])

    def applied(self, tokens: list[str], made: WordChanges) -> list[str] | None:
        """Do to the tokens what `action` says."""
        if self.action == "substitute":
            for place, drawn in zip(made.tokens, made.drawn, strict=True):
                word = self._targets()[drawn]
                tokens[place] = aligned(tokens[place], word) if place == 0 else word
            return tokens
        if len(tokens) < 2:
            return None
        if self.action != "swap":
            return _deleted(tokens, made.tokens)
        for place, other in zip(made.tokens, made.drawn, strict=True):
            # No word goes over to the other side of what must stay.
            if HELD not in (tokens[place], tokens[other]):
                _swap(tokens, place, other)
        return tokens

    def _targets(self) -> Sequence[str]:
        return self.target_words or ("_",)

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


def _other(place: int, size: int, draws: Draws) -> int:
    """The token that one is swapped with: a neighbour."""
    if place in (0, size - 1):
        return 1 if place == 0 else place - 1
    return place + draws.one((-1, 1))


def _deleted(tokens: Sequence[str], places: Sequence[int]) -> list[str]:
    """Without some tokens, the last first; the second takes over the capital of the first.

    It thereby comes back if it was deleted itself, as in nlpaug.
    """
    new = list(tokens)
    for place in places:
        if tokens[place] == HELD:
            continue
        new[place] = ""
        if place == 0:
            new[1] = aligned(tokens[0], tokens[1])
    return new


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
