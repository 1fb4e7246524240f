"""Shares of lines of a kind; blank lines are none."""

import pyarrow as pa

from curate.scan import COUNTS, Scan
from curate.signals.ratio import ratio
from curate.signals.registry import scan_signal


@scan_signal("share of lines", pa.float64())
def bullet_lines(scan: Scan) -> pa.Array:
    """Share of the lines that begin with a bullet, or with - or * and white space."""
    return ratio(scan.counts[:, COUNTS.BULLET_LINES], scan.counts[:, COUNTS.LINES])


@scan_signal("share of lines", pa.float64())
def ellipsis_lines(scan: Scan) -> pa.Array:
    """Share of the lines that end with an ellipsis ("..." or "…")."""
    return ratio(scan.counts[:, COUNTS.ELLIPSIS_LINES], scan.counts[:, COUNTS.LINES])


@scan_signal("share of lines", pa.float64())
def punctuated_lines(scan: Scan) -> pa.Array:
    """Share of the lines that end as a sentence does, closing quotes and brackets left out."""
    return ratio(scan.counts[:, COUNTS.PUNCTUATED_LINES], scan.counts[:, COUNTS.LINES])


@scan_signal("share of lines", pa.float64())
def short_lines(scan: Scan) -> pa.Array:
    """Share of the lines that have fewer than 30 characters."""
    return ratio(scan.counts[:, COUNTS.SHORT_LINES], scan.counts[:, COUNTS.LINES])


@scan_signal("line feeds a word", pa.float64())
def newline_ratio(scan: Scan) -> pa.Array:
    """Number of line feeds by the number of words."""
    return ratio(scan.counts[:, COUNTS.FEEDS], scan.counts[:, COUNTS.WORDS])
