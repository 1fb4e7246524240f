"""Parts of speech by WordNet, where TextAttack asks taggers that are fetched."""

from typing import Any, Final

from textattack.constraints import Constraint
from textattack.shared.validators import transformation_consists_of_word_swaps

from curate.augmenting.wordnet import WordNet

_TAGS: Final = {"n": "NOUN", "v": "VERB", "a": "ADJ", "r": "ADV"}
_DETERMINERS: Final = frozenset(
    ["a", "an", "the", "this", "that", "these", "those", "each", "every", "some", "any", "no"]
)
_PRONOUNS: Final = frozenset(["my", "your", "his", "her", "its", "our", "their", "whose"])


def tag(dictionary: WordNet, word: str) -> str:
    """The universal tag that is likeliest for a word by itself; X where none is known."""
    lowered = word.lower()
    if lowered in _DETERMINERS:
        return "DET"
    if lowered in _PRONOUNS:
        return "PRON"
    if lowered.isdecimal():
        return "NUM"
    parts = dictionary.parts_of_speech(word)
    return _TAGS[parts[0]] if parts else "X"


class SharedPartOfSpeech(Constraint):
    """A word may be replaced by one that can be of a part of speech of its own.

    It stands for TextAttack's `PartOfSpeech`, which tags both words in the text.
    """

    def __init__(self, dictionary: WordNet, allow_verb_noun_swap: bool = True) -> None:
        super().__init__(compare_against_original=True)
        self._dictionary = dictionary
        self.allow_verb_noun_swap = allow_verb_noun_swap

    def _check_constraint(self, transformed_text: Any, reference_text: Any) -> bool:
        old, new = reference_text.words, transformed_text.words
        changed = transformed_text.attack_attrs["newly_modified_indices"]
        return all(
            at < min(len(old), len(new)) and self._shared(old[at], new[at]) for at in changed
        )

    def _shared(self, old: str, new: str) -> bool:
        parts = [set(self._dictionary.parts_of_speech(word)) for word in (old, new)]
        if self.allow_verb_noun_swap:
            parts = [each | {"n", "v"} if each & {"n", "v"} else each for each in parts]
        return bool(parts[0] & parts[1]) or not (parts[0] or parts[1])

    def check_compatibility(self, transformation: Any) -> bool:
        """Whether it applies to a transformation: to those that swap words."""
        return bool(transformation_consists_of_word_swaps(transformation))
