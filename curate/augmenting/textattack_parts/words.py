"""Changes of words that need a dictionary, or a list that TextAttack's package lacks."""

import random
from typing import Any

from textattack.shared.data import EXTENSION_MAP
from textattack.shared.utils import is_one_word
from textattack.transformations import (
    WordInnerSwapRandom,
    WordInsertionRandomSynonym,
    WordSwap,
    WordSwapChangeNumber,
    WordSwapContract,
    WordSwapHomoglyphSwap,
)
from textattack.transformations.word_swaps.word_swap_change_number import STR_NUM
from textattack.transformations.word_swaps.word_swap_embedding import recover_word_case

from curate.augmenting.wordnet import WordNet

_SHORT = {long: short for short, long in EXTENSION_MAP.items()}


class SwapPlaces(WordInnerSwapRandom):
    """`WordInnerSwapRandom`, where both words take their places at once.

    The original replaces one after the other, and fails, or takes a wrong place, where the first
    joins its neighbours so that there are fewer words.
    """

    def _get_transformations(self, current_text: Any, indices_to_modify: Any) -> list[Any]:
        words = current_text.words
        made = []
        for place in indices_to_modify:
            others = list(set(range(len(words))) - {place})
            if others:
                other = random.choice(others)  # noqa: S311 - as the original draws
                both = [place, other], [words[other], words[place]]
                made.append(current_text.replace_words_at_indices(*both))
        return made


class SwapSynonyms(WordSwap):
    """`WordSwapWordNet` on files that are there, in the order of meanings, with the word's case.

    The original fetches data, and gives synonyms in an order that differs from run to run.
    """

    def __init__(self, dictionary: WordNet) -> None:
        super().__init__()
        self._dictionary = dictionary

    def _get_replacement_words(self, word: str) -> list[str]:
        found = (one for one in self._dictionary.synonyms(word) if "_" not in one)
        return [recover_word_case(one, word) for one in found if is_one_word(one)]


class InsertSynonyms(WordInsertionRandomSynonym):
    """The same for inserting a synonym of another word of the text."""

    def __init__(self, dictionary: WordNet) -> None:
        super().__init__()
        self._dictionary = dictionary

    def _get_synonyms(self, word: str) -> list[str]:
        return [one for one in self._dictionary.synonyms(word) if one.isalpha()]


class ContractWords(WordSwapContract):
    """`do not` as `don't`, where both words may be changed.

    The original counts places among those that may be changed, and so hits other words.
    """

    def _get_transformations(self, current_text: Any, indices_to_modify: set[int]) -> list[Any]:
        words, made = current_text.words, []
        for at in sorted(indices_to_modify):
            short = _SHORT.get(" ".join(words[at : at + 2]))
            if short is not None and at + 1 in indices_to_modify:
                made.append(replaced(current_text, [at, at + 1], short))
        return made


class ChangeNumber(WordSwapChangeNumber):
    """A number as another one, in digits or words; what is no number of ordinary size stays.

    The original leaves parts of a number of several words where the new one has several.
    """

    def _get_transformations(self, current_text: Any, indices_to_modify: set[int]) -> list[Any]:
        words, made = current_text.words, []
        for places in _numbers(words, sorted(indices_to_modify)):
            number = " ".join(words[at] for at in places)
            for other in self._get_new_number(number.lower()):
                if str(other) != number:
                    made.append(replaced(current_text, places, str(other)))
        return made

    def _get_new_number(self, word: str) -> list[Any]:
        try:
            return list(super()._get_new_number(word))
        except (ValueError, OverflowError):
            return []


def replaced(text: Any, places: list[int], new: str) -> Any:
    """A text with words beside each other replaced: TextAttack keeps count of one at a time."""
    for _ in places[1:]:
        text = text.delete_word_at_index(places[1])
    return text.replace_word_at_index(places[0], new)


def _numbers(words: list[str], indices: list[int]) -> list[list[int]]:
    """The places of each number: one of digits, or a run of words that name one."""
    found: list[list[int]] = []
    for at in indices:
        if words[at].isdecimal():
            found.append([at])
        elif all(part in STR_NUM for part in words[at].lower().split("-")):
            in_words = found and found[-1][-1] == at - 1 and not words[at - 1].isdecimal()
            if in_words:
                found[-1].append(at)
            else:
                found.append([at])
    return found


class SwapHomoglyphs(WordSwapHomoglyphSwap):
    """A letter as another that looks alike.

    The package lacks a file that only the search of `BadCharacters` reads; it is read after what
    is used here is set.
    """

    def __init__(self) -> None:
        try:
            super().__init__()
        except FileNotFoundError:
            self.homos_intentional: dict[str, list[str]] = {}
