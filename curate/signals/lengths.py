"""How long a text is. What a word, a line and a sentence is stands at `curate.scan.COUNTS`."""

import pyarrow as pa

from curate.scan import COUNTS, REPETITION, Scan
from curate.signals.ratio import ratio
from curate.signals.registry import scan_signal


@scan_signal("code points", pa.int64())
def characters(scan: Scan) -> pa.Array:
    """Length of the text in code points, white space at both ends not counted."""
    return pa.array(scan.counts[:, COUNTS.TRIMMED])


@scan_signal("words", pa.int64(), version=2)
def words(scan: Scan) -> pa.Array:
    """Number of words: stretches between white space.

    In scripts that are written without spaces (Han, Hiragana, Katakana, Thai, Lao, Khmer, Myanmar)
    every letter is a word: limits that were found on English words mean less there.
    """
    return pa.array(scan.counts[:, COUNTS.WORDS])


@scan_signal("lines", pa.int64(), version=2)
def lines(scan: Scan) -> pa.Array:
    """Number of lines that are not blank."""
    return pa.array(scan.counts[:, COUNTS.LINES])


@scan_signal("paragraphs", pa.int64())
def paragraphs(scan: Scan) -> pa.Array:
    """Number of paragraphs: runs of lines without a blank one between them."""
    return pa.array(scan.counts[:, COUNTS.PARAGRAPHS])


@scan_signal("sentences", pa.int64())
def sentences(scan: Scan) -> pa.Array:
    """Number of sentences; the end of a line ends one (UAX #29, with fewer exceptions)."""
    return pa.array(scan.counts[:, COUNTS.SENTENCES])


@scan_signal("code points", pa.int64())
def longest_word(scan: Scan) -> pa.Array:
    """Length of the longest word."""
    return pa.array(scan.counts[:, COUNTS.LONGEST_WORD])


@scan_signal("code points", pa.float64())
def mean_word_length(scan: Scan) -> pa.Array:
    """Mean length of the words; null where there are none."""
    return ratio(scan.counts[:, COUNTS.SOLID], scan.counts[:, COUNTS.WORDS])


@scan_signal("code points", pa.float64(), needs_tokens=True)
def median_word_length(scan: Scan) -> pa.Array:
    """Median length of the words, the mean of the two in the middle where their number is even."""
    there = (scan.counts[:, COUNTS.WORDS] > 0).astype(int)
    return ratio(scan.repetition[:, REPETITION.MEDIAN_TWICE], 2 * there)
