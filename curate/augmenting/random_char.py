"""Characters at random: nlpaug's `RandomCharAug`."""

import string
from typing import ClassVar, Final, Literal, Self

from pydantic import model_validator

from curate.augmenting.char_augmenter import CharAugmenter
from curate.augmenting.char_batches import (
    ADJACENT,
    DELETE,
    INSERT,
    MIDDLE,
    NO_SIZES,
    RANDOM,
    REPLACE,
    SWAP,
    Changes,
    Plan,
)
from curate.augmenting.draws import Draws
from curate.setting_types import Names

_ACTIONS: Final = {"insert": INSERT, "substitute": REPLACE, "swap": SWAP, "delete": DELETE}
_MODES: Final = {"adjacent": ADJACENT, "middle": MIDDLE, "random": RANDOM}


class RandomCharAug(CharAugmenter):
    """Inserts, replaces, swaps or deletes characters of words at random."""

    name: ClassVar[str] = "RandomCharAug"
    version: ClassVar[int] = 1
    extra: ClassVar[str] = ""

    action: Literal["insert", "substitute", "swap", "delete"] = "substitute"
    """What is done: `insert` or `substitute` random characters, `swap` two, or `delete` some."""
    include_upper_case: bool = True
    """Whether Latin capitals are put in."""
    include_lower_case: bool = True
    """Whether small Latin letters are put in."""
    include_numeric: bool = True
    """Whether digits are put in."""
    swap_mode: Literal["adjacent", "middle", "random"] = "adjacent"
    """With which character one is swapped: a neighbour, any but the first and last, or any but the
    last."""
    spec_char: str | None = "!@#$%^&*()_+"
    """Signs that are put in."""
    candidates: Names = ()
    """Texts that are put in, instead of all these."""

    @model_validator(mode="after")
    def _has_something(self) -> Self:
        if self.action != "delete" and not self._pool():
            raise ValueError("there is nothing to put in: set `candidates` or `spec_char`")
        return self

    def changed(self, word: str, draws: Draws) -> str:
        """Do to a word what `action` says."""
        signs = list(word)
        places = self.places(word, list(range(len(word))), draws)
        if self.action == "delete":
            for place in places:
                signs[place] = ""
        elif self.action == "swap":
            for place in places:
                other = self._other(place, len(signs) - 1, draws)
                # Of a single character there is no neighbour, which nlpaug fails at.
                if other < len(signs):
                    _swap(signs, place, other)
                    # nlpaug draws one here, too, that it does not use.
                    draws.one(self._pool())
        elif self.action == "insert":
            for place in sorted(places, reverse=True):
                signs[place] = draws.one(self._pool()) + signs[place]
        else:
            for place in sorted(places):
                signs[place] = draws.one(self._pool())
        return "".join(signs)

    def plan(self) -> Plan:
        """The action, with as many replacements as there are of any character."""
        pool = max(len(self._pool()), 1)
        return self.planned(_ACTIONS[self.action], _MODES[self.swap_mode], pool, NO_SIZES)

    def put(self, signs: list[str], made: Changes) -> None:
        """Make the changes that were drawn."""
        pool = self._pool()
        for place, drawn in zip(made.places, made.drawn, strict=True):
            if self.action == "swap":
                _swap(signs, place, drawn)
            elif self.action == "delete":
                signs[place] = ""
            else:
                signs[place] = pool[drawn] + (signs[place] if self.action == "insert" else "")

    def _pool(self) -> tuple[str, ...] | str:
        if self.candidates:
            return self.candidates
        upper = string.ascii_uppercase if self.include_upper_case else ""
        lower = string.ascii_lowercase if self.include_lower_case else ""
        digits = string.digits if self.include_numeric else ""
        return upper + lower + digits + (self.spec_char or "")

    def _other(self, place: int, last: int, draws: Draws) -> int:
        if self.swap_mode == "adjacent":
            if place == 0:
                return 1
            return place - 1 if place == last else place + draws.one((-1, 1))
        first = 1 if self.swap_mode == "middle" else 0
        others = [each for each in range(first, last) if each != place]
        return draws.one(others) if others else place


def _swap(signs: list[str], place: int, other: int) -> None:
    """Swap two characters, each in the case that was in its place before."""
    first, second = signs[place], signs[other]
    signs[place], signs[other] = second, first
    signs[place] = signs[place].upper() if first.isupper() else signs[place].lower()
    signs[other] = signs[other].upper() if second.isupper() else signs[other].lower()
