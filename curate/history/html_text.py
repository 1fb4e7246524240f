"""Texts of data within HTML: whatever they say, they are text."""

import html
from collections.abc import Sequence

from curate.history.pieces import Piece
from curate.output import visible

_TAGS = {"equal": ("", ""), "delete": ("<del>", "</del>"), "insert": ("<ins>", "</ins>")}


def escaped(text: str) -> str:
    r"""A text as HTML, also within quotes; what cannot be seen becomes a symbol, as in a terminal.

    >>> escaped('<b title="x">\x1b')
    '&lt;b title=&quot;x&quot;&gt;␛'
    """
    return html.escape(visible(text), quote=True)


def marked(pieces: Sequence[Piece]) -> str:
    """The words of a text with those that differ as deletions and insertions."""
    parts = []
    for kind, text in pieces:
        start, end = _TAGS[kind]
        parts.append(f"{start}{escaped(text)}{end}")
    return "".join(parts)
