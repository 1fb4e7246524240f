"""What datatrove 0.10.1 measures in its filters for quality: Gopher's, FineWeb's and C4's.

The packs `gopher@datatrove`, `fineweb@datatrove` and `c4@datatrove` are made of these signals. They
are for comparison with data that datatrove made: slow, and null where datatrove would divide by
nothing. Not shared: its words come from spaCy's tokenizer, these stand between white space; and its
letters are those of its Python's Unicode, these of the Unicode that curate keeps.
"""

import pyarrow as pa

from curate.scan.classes import LETTER
from curate.scan.columns import STOP_WORDS
from curate.scan.plain import flags_of
from curate.signals.datatrove_signs import PUNCTUATION, TERMINALS
from curate.signals.registry import each_signal

SHORT = 30
"""Characters up to which a line is short."""


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _worded(text: str) -> list[str]:
    """The words that have a character which is no punctuation."""
    return [word for word in text.split() if not PUNCTUATION.issuperset(word)]


@each_signal("words", pa.int64())
def datatrove_words(text: str) -> int:
    """Number of words between white space that are not of punctuation alone."""
    return len(_worded(text))


@each_signal("code points", pa.float64())
def datatrove_mean_word_length(text: str) -> float | None:
    """Mean length of the words between white space that are not of punctuation alone."""
    lengths = [len(word) for word in _worded(text)]
    return _share(sum(lengths), len(lengths))


@each_signal("signs a word", pa.float64())
def datatrove_hash_ratio(text: str) -> float | None:
    """Number of hash signs (#) by the number of words between white space."""
    return _share(text.count("#"), len(text.split()))


@each_signal("signs a word", pa.float64())
def datatrove_ellipsis_ratio(text: str) -> float | None:
    """Number of ellipses ("..." or "…") by the number of words between white space."""
    return _share(text.count("...") + text.count("…"), len(text.split()))


@each_signal("share of lines", pa.float64())
def datatrove_bullet_lines(text: str) -> float | None:
    """Share of the lines, blank ones among them, that begin with • or - behind white space."""
    lines = text.splitlines()
    return _share(sum(line.lstrip().startswith(("•", "-")) for line in lines), len(lines))


@each_signal("share of lines", pa.float64())
def datatrove_ellipsis_lines(text: str) -> float | None:
    """Share of the lines, blank ones among them, that end with "..." or "…"."""
    lines = text.splitlines()
    return _share(sum(line.rstrip().endswith(("...", "…")) for line in lines), len(lines))


@each_signal("share of words", pa.float64())
def datatrove_alphabetic_words(text: str) -> float | None:
    """Share of the words between white space that have a letter."""
    words = text.split()
    return _share(sum(any(map(_is_letter, word)) for word in words), len(words))


def _is_letter(character: str) -> bool:
    return flags_of(character) & LETTER > 0


@each_signal("of eight", pa.int64())
def datatrove_stop_words(text: str) -> int:
    """How many of the, be, to, of, and, that, have, with are words as they stand, in lower case."""
    return len(set(STOP_WORDS).intersection(text.split()))


def _filled_lines(text: str) -> list[str]:
    """The lines that are not blank, with the white space at their ends."""
    return [line for line in text.split("\n") if line.strip()]


@each_signal("share of lines", pa.float64())
def datatrove_punctuated_lines(text: str) -> float | None:
    """Share of the lines but blank ones whose last character, be it a space, ends a sentence."""
    lines = _filled_lines(text)
    return _share(sum(line[-1] in TERMINALS for line in lines), len(lines))


@each_signal("share of lines", pa.float64())
def datatrove_short_lines(text: str) -> float | None:
    """Share of the lines but blank ones that have 30 characters or fewer, white space counted."""
    lines = _filled_lines(text)
    return _share(sum(len(line) <= SHORT for line in lines), len(lines))


@each_signal("share of characters", pa.float64())
def datatrove_char_duplicates(text: str) -> float | None:
    """Share of all characters but line feeds that is in lines which stood before, as they are."""
    seen: set[str] = set()
    again = 0
    for line in _filled_lines(text):
        again += len(line) if line in seen else 0
        seen.add(line)
    return _share(again, len(text) - text.count("\n"))


@each_signal("line feeds a word", pa.float64())
def datatrove_newline_ratio(text: str) -> float | None:
    """Number of line feeds by the number of words between white space."""
    return _share(text.count("\n"), len(text.split()))


@each_signal("words", pa.int64())
def datatrove_all_words(text: str) -> int:
    """Number of words between white space."""
    return len(text.split())


@each_signal("code points", pa.int64())
def datatrove_longest_word(text: str) -> int:
    """Length of the longest word between white space."""
    return max(map(len, text.split()), default=0)
