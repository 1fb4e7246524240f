"""What a text is made of: shares of kinds of characters and words."""

import pyarrow as pa

from curate.scan import COUNTS, Scan
from curate.signals.ratio import ratio
from curate.signals.registry import scan_signal


@scan_signal("share of letters", pa.float64())
def upper_ratio(scan: Scan) -> pa.Array:
    """Share of the letters that are upper-case."""
    return ratio(scan.counts[:, COUNTS.UPPER], scan.counts[:, COUNTS.LETTERS])


@scan_signal("share of characters", pa.float64())
def letter_ratio(scan: Scan) -> pa.Array:
    """Share of letters among the characters that are no white space."""
    return ratio(scan.counts[:, COUNTS.LETTERS], scan.counts[:, COUNTS.SOLID])


@scan_signal("share of characters", pa.float64())
def digit_ratio(scan: Scan) -> pa.Array:
    """Share of digits among the characters that are no white space."""
    return ratio(scan.counts[:, COUNTS.DIGITS], scan.counts[:, COUNTS.SOLID])


@scan_signal("share of characters", pa.float64())
def punctuation_ratio(scan: Scan) -> pa.Array:
    """Share of punctuation (general category P) among the characters that are no white space."""
    return ratio(scan.counts[:, COUNTS.PUNCTUATION], scan.counts[:, COUNTS.SOLID])


@scan_signal("share of characters", pa.float64())
def symbol_ratio(scan: Scan) -> pa.Array:
    """Share of what is no letter, digit or punctuation among the characters but white space."""
    named = COUNTS.LETTERS, COUNTS.DIGITS, COUNTS.PUNCTUATION
    rest = scan.counts[:, COUNTS.SOLID] - sum(scan.counts[:, column] for column in named)
    return ratio(rest, scan.counts[:, COUNTS.SOLID])


@scan_signal("share of characters", pa.float64())
def non_ascii_ratio(scan: Scan) -> pa.Array:
    """Share of the characters that are not ASCII."""
    return ratio(scan.counts[:, COUNTS.NON_ASCII], scan.counts[:, COUNTS.CHARACTERS])


@scan_signal("share of words", pa.float64())
def alphabetic_words(scan: Scan) -> pa.Array:
    """Share of the words that have a letter."""
    return ratio(scan.counts[:, COUNTS.ALPHABETIC_WORDS], scan.counts[:, COUNTS.WORDS])


@scan_signal("signs a word", pa.float64())
def hash_ratio(scan: Scan) -> pa.Array:
    """Number of hash signs (#) by the number of words."""
    return ratio(scan.counts[:, COUNTS.HASHES], scan.counts[:, COUNTS.WORDS])


@scan_signal("signs a word", pa.float64())
def ellipsis_ratio(scan: Scan) -> pa.Array:
    """Number of ellipses ("..." or "…") by the number of words."""
    return ratio(scan.counts[:, COUNTS.ELLIPSES], scan.counts[:, COUNTS.WORDS])


@scan_signal("of eight", pa.int64())
def stop_words(scan: Scan) -> pa.Array:
    """How many of the words the, be, to, of, and, that, have, with occur, in any letter case."""
    return pa.array(scan.counts[:, COUNTS.STOP_WORDS])


@scan_signal("words", pa.int64())
def stop_word_hits(scan: Scan) -> pa.Array:
    """How often the words the, be, to, of, and, that, have, with occur, in any letter case."""
    return pa.array(scan.counts[:, COUNTS.STOP_WORD_HITS])
