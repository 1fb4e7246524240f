"""The numbers that a pass over a text gives: all are integers, so that both ways agree exactly."""

from enum import IntEnum, auto
from typing import Final


class COUNTS(IntEnum):
    """What is counted on the way. Characters are code points.

    A **line** is what stands between line feeds, without white space at its ends; a blank one is
    none. A **paragraph** is lines without a blank one between them. A **word** is a stretch without
    white space; in scripts that are written without spaces (Han, Hiragana, Katakana, Thai, Lao,
    Khmer, Myanmar) each letter, with the marks and punctuation after it, is one. A **sentence**
    ends at a line's end, or behind a terminal (UAX #29) with closing quotes and brackets after it
    where white space follows. A period ends none before a lower-case letter or after a single
    capital; the terminals of East Asian scripts need no white space.
    """

    CHARACTERS = 0
    """All characters."""
    TRIMMED = auto()
    """Those from the first to the last that is no white space."""
    SOLID = auto()
    """Those that are no white space: the characters of all words."""
    WORDS = auto()
    LONGEST_WORD = auto()
    """Characters of the longest word."""
    ALPHABETIC_WORDS = auto()
    """Words with a letter."""
    LETTERS = auto()
    UPPER = auto()
    """Upper-case letters."""
    DIGITS = auto()
    PUNCTUATION = auto()
    """Characters of the general category P."""
    NON_ASCII = auto()
    HASHES = auto()
    """Signs #."""
    ELLIPSES = auto()
    """Times of "..." and "…", none of which share a character."""
    STOP_WORDS = auto()
    """How many of `columns.STOP_WORDS` occur; letter case and signs around the letters do not
    count."""
    STOP_WORD_HITS = auto()
    """How often they occur."""
    FEEDS = auto()
    """Line feeds."""
    LINES = auto()
    LINE_CHARACTERS = auto()
    """Characters of all lines."""
    BULLET_LINES = auto()
    """Lines that begin with a bullet: •, ‣, ◦, ⁃, ∙, ▪, ●, or - or * with white space behind it."""
    ELLIPSIS_LINES = auto()
    """Lines that end with "..." or "…"."""
    PUNCTUATED_LINES = auto()
    """Lines that end with a terminal, or one with only closing quotes and brackets behind it."""
    SHORT_LINES = auto()
    """Lines of fewer than 30 characters."""
    PARAGRAPHS = auto()
    SENTENCES = auto()


class REPETITION(IntEnum):
    """What is repeated. A line or paragraph counts from its second occurrence on."""

    LINES = 0
    """Lines that occurred before."""
    LINE_CHARACTERS = auto()
    PARAGRAPHS = auto()
    PARAGRAPH_CHARACTERS = auto()
    """Characters of the lines of paragraphs that occurred before."""
    TOP_2 = auto()
    """Characters of the words in any occurrence of the most frequent sequence of two words, each
    once; of equally frequent ones the one that has most; 0 where none occurs twice."""
    TOP_3 = auto()
    TOP_4 = auto()
    AGAIN_5 = auto()
    """Characters of the words in sequences of five that occurred before, each once."""
    AGAIN_6 = auto()
    AGAIN_7 = auto()
    AGAIN_8 = auto()
    AGAIN_9 = auto()
    AGAIN_10 = auto()
    DISTINCT_WORDS = auto()
    SURPRISE = auto()
    """Sum over distinct words of n log2 n, n being how often each occurs, in units of 2**-20, each
    rounded: what entropy is made of."""
    MEDIAN_TWICE = auto()
    """Twice the median of the words' characters."""


SHORT_LINE: Final = 30
"""Characters below which a line is short (FineWeb, Penedo et al. 2024, section 3.6)."""

BULLETS: Final = "•‣◦⁃∙▪●-*"

STOP_WORDS: Final = ("the", "be", "to", "of", "and", "that", "have", "with")
"""Rae et al. 2021 (Gopher), appendix A1.1."""

TOPS: Final = (2, 3, 4)
AGAINS: Final = (5, 6, 7, 8, 9, 10)
"""Lengths of the sequences of words in `REPETITION` (Rae et al. 2021, table A1)."""

SURPRISE_UNIT: Final = 1 << 20
