"""What a text says again (Rae et al. 2021, arXiv 2112.11446, table A1), and how varied it is.

Lines and paragraphs count from their second occurrence, and so do sequences of words from five on.
Each character counts once, and white space not at all.
"""

import numpy as np
import pyarrow as pa

from curate.scan import COUNTS, REPETITION, Scan
from curate.scan.columns import AGAINS, SURPRISE_UNIT, TOPS
from curate.signals.ratio import ratio
from curate.signals.registry import scan_signal


@scan_signal("share of lines", pa.float64(), needs_tokens=True)
def duplicate_lines(scan: Scan) -> pa.Array:
    """Share of the lines that stood before."""
    return ratio(scan.repetition[:, REPETITION.LINES], scan.counts[:, COUNTS.LINES])


@scan_signal("share of characters", pa.float64(), needs_tokens=True)
def duplicate_line_characters(scan: Scan) -> pa.Array:
    """Share of the lines' characters that is in lines that stood before."""
    again = scan.repetition[:, REPETITION.LINE_CHARACTERS]
    return ratio(again, scan.counts[:, COUNTS.LINE_CHARACTERS])


@scan_signal("share of paragraphs", pa.float64(), needs_tokens=True)
def duplicate_paragraphs(scan: Scan) -> pa.Array:
    """Share of the paragraphs that stood before."""
    return ratio(scan.repetition[:, REPETITION.PARAGRAPHS], scan.counts[:, COUNTS.PARAGRAPHS])


@scan_signal("share of characters", pa.float64(), needs_tokens=True)
def duplicate_paragraph_characters(scan: Scan) -> pa.Array:
    """Share of the lines' characters that is in paragraphs that stood before."""
    again = scan.repetition[:, REPETITION.PARAGRAPH_CHARACTERS]
    return ratio(again, scan.counts[:, COUNTS.LINE_CHARACTERS])


@scan_signal("share of words", pa.float64(), needs_tokens=True)
def type_token_ratio(scan: Scan) -> pa.Array:
    """Number of different words by the number of words; it falls as texts grow."""
    return ratio(scan.repetition[:, REPETITION.DISTINCT_WORDS], scan.counts[:, COUNTS.WORDS])


@scan_signal("bits a word", pa.float64(), needs_tokens=True)
def word_entropy(scan: Scan) -> pa.Array:
    """Shannon entropy of the distribution of the words of the text; null where it has none.

    With n_w occurrences of the word w among N: log2 N - (sum of n_w log2 n_w) / N.
    """
    count = scan.counts[:, COUNTS.WORDS]
    least = np.maximum(count, 1)
    known = scan.repetition[:, REPETITION.SURPRISE] / SURPRISE_UNIT / least
    return pa.array(np.round(np.log2(least) - known, 6), pa.float64(), mask=count == 0)


def _of_sequences(name: str, what: str, column: REPETITION) -> None:
    def share(scan: Scan) -> pa.Array:
        return ratio(scan.repetition[:, column], scan.counts[:, COUNTS.SOLID])

    share.__name__, share.__doc__ = name, what
    scan_signal("share of characters", pa.float64(), needs_tokens=True)(share)


for _width in TOPS:
    _of_sequences(
        f"top_{_width}gram",
        f"Share of characters in the most frequent sequence of {_width} words, if it comes twice.",
        REPETITION[f"TOP_{_width}"],
    )
for _width in AGAINS:
    _of_sequences(
        f"duplicate_{_width}gram",
        f"Share of characters in sequences of {_width} words that stood before.",
        REPETITION[f"AGAIN_{_width}"],
    )
