"""Dolma's quality rules (Soldaini et al. 2024, arXiv 2402.00159, configs v1.5 and v1.6)."""

from statistics import median

from tests.rules.reference import gopher
from tests.rules.reference.edited import Edited, Fate, edited
from tests.rules.reference.gopher_repetition import READINGS as GOPHERS
from tests.rules.reference.gopher_repetition import duplicate_line_characters
from tests.rules.reference.reading import Choices, Reading, above, below
from tests.rules.reference.words import words


def median_word_length(text: str, choices: Choices) -> float | None:
    """The median, of two in the middle their mean."""
    lengths = [len(word) for word in words(text, choices)]
    return float(median(lengths)) if lengths else None


def symbols(text: str, choices: Choices) -> float | None:
    """One symbol-to-word ratio for the hash symbol and the ellipsis together."""
    ratios = gopher.hash_ratio(text, choices), gopher.ellipsis_ratio(text, choices)
    return None if None in ratios else sum(ratio or 0 for ratio in ratios)


def required_words(text: str, choices: Choices) -> float:
    """How often a stop word occurs."""
    return len(gopher.required_words(text, choices))


_ALIKE = ("too-few-words", "too-many-words", "alphabetic-words", "bullet-lines", "ellipsis-lines")

READINGS = {
    **{name: gopher.READINGS[name] for name in _ALIKE},
    "short-words": Reading(median_word_length, below(3)),
    "long-words": Reading(median_word_length, above(10)),
    "symbols": Reading(symbols, above(0.1)),
    "required-words": Reading(required_words, below(2)),
}

REPETITION = {
    **{name: reading for name, reading in GOPHERS.items() if "paragraph" not in name},
    "duplicate-line-characters": Reading(duplicate_line_characters, above(0.3)),
}


def without_open_lines(text: str) -> Edited:
    """C4's rule that Dolma took over: lines end in a terminal punctuation mark."""

    def fate(line: str) -> Fate:
        return line, None if line.endswith((".", "?", "!", '"')) else "no-terminal"

    return edited(text, fate)
