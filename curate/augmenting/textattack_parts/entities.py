"""Names and places as others, found by the lists that TextAttack has, where it asks a model.

The model (flair's `ner`) is fetched from a hub and is pickled.
"""

import re
from typing import Any, Final

import numpy as np
from textattack.shared.data import NAMED_ENTITIES, PERSON_NAMES
from textattack.transformations import WordSwapChangeLocation, WordSwapChangeName

from curate.augmenting.textattack_parts.words import replaced

_KINDS: Final = ("country", "nationality", "city")
_PLACES = frozenset(name for kind in _KINDS for name in NAMED_ENTITIES[kind])
_FIRST = frozenset(PERSON_NAMES["first"]) - _PLACES
_LAST = frozenset(PERSON_NAMES["last"]) - _PLACES
_LONGEST: Final = max(len(name.split()) for name in _PLACES)
_BEGINNING: Final = re.compile(r"(^|[.!?:]|\n)[^\w]*$")
"""What stands before a word that is capitalised as the first of a sentence."""


class ChangeListedName(WordSwapChangeName):
    """A name as another of its list.

    The first word of a sentence is one only before another capitalised word: `Mark` and `Will` are
    words too.
    """

    def _get_transformations(self, current_text: Any, indices_to_modify: set[int]) -> list[Any]:
        made = []
        for at in sorted(indices_to_modify):
            for other in self._others(current_text, at):
                made.append(current_text.replace_word_at_index(at, other))
        return made

    def _others(self, text: Any, at: int) -> list[str]:
        words = text.words
        if words[at] not in _FIRST | _LAST or not words[at][0].isupper():
            return []
        before = text.text_until_word_index(at)
        if _BEGINNING.search(before) and not "".join(words[at + 1 : at + 2])[:1].isupper():
            return []
        names = PERSON_NAMES["first" if words[at] in _FIRST else "last"]
        drawn = np.random.choice(names, self.num_name_replacements)  # noqa: NPY002 - seeded above
        return [str(name) for name in drawn if name != words[at]]


class ChangeListedLocation(WordSwapChangeLocation):
    """A country, nationality or city as another, all words of it at once."""

    def _get_transformations(self, current_text: Any, indices_to_modify: set[int]) -> list[Any]:
        words, made = current_text.words, []
        for at in sorted(indices_to_modify):
            size = _listed(words, at, indices_to_modify)
            name = " ".join(words[at : at + size])
            for other in map(str, self._get_new_location(name) if size else ()):
                if other != name:
                    made.append(replaced(current_text, list(range(at, at + size)), other))
        return made


def _listed(words: list[str], at: int, indices: set[int]) -> int:
    """How many words from a place on are a listed name; 0 for none."""
    for size in range(min(_LONGEST, len(words) - at), 0, -1):
        whole = indices.issuperset(range(at, at + size))
        if whole and " ".join(words[at : at + size]) in _PLACES:
            return size
    return 0
