"""Characters at random: nlpaug's `RandomCharAug`."""

import string
from typing import ClassVar, Literal

from curate.augmenting.char_augmenter import CharAugmenter
from curate.augmenting.draws import Draws
from curate.setting_types import Names


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

    def changed(self, word: str, draws: Draws) -> str:
        """Do to a word what `action` says."""
        signs = list(word)
        places = self.places(word, list(range(len(word))), draws)
        if self.action == "swap":
            for place in places:
                self._swap(signs, place, draws)
            return "".join(signs)
        pool = self._pool()
        if self.action == "delete" or not pool:
            for place in places if self.action == "delete" else ():
                signs[place] = ""
        elif self.action == "insert":
            for place in sorted(places, reverse=True):
                signs[place] = draws.one(pool) + signs[place]
        else:
            for place in sorted(places):
                signs[place] = draws.one(pool)
        return "".join(signs)

    def _pool(self) -> tuple[str, ...] | str:
        if self.candidates:
            return self.candidates
        upper = string.ascii_uppercase if self.include_upper_case else ""
        lower = string.ascii_lowercase if self.include_lower_case else ""
        digits = string.digits if self.include_numeric else ""
        return upper + lower + digits + (self.spec_char or "")

    def _swap(self, signs: list[str], place: int, draws: Draws) -> None:
        """Swap two characters, each in the case that was in its place before."""
        other = self._other(place, len(signs) - 1, draws)
        if other >= len(signs):
            return  # A single character has no neighbour, which nlpaug fails at.
        first, second = signs[place], signs[other]
        signs[place], signs[other] = second, first
        signs[place] = signs[place].upper() if first.isupper() else signs[place].lower()
        signs[other] = signs[other].upper() if second.isupper() else signs[other].lower()
        pool = self._pool()
        if pool:
            draws.one(pool)  # nlpaug draws one here that it does not use.

    def _other(self, place: int, last: int, draws: Draws) -> int:
        if self.swap_mode == "adjacent":
            if place == 0:
                return 1
            return place - 1 if place == last else place + draws.one((-1, 1))
        first = 1 if self.swap_mode == "middle" else 0
        others = [each for each in range(first, last) if each != place]
        return draws.one(others) if others else place
