"""What was found in a text."""

from typing import NamedTuple


class Finding(NamedTuple):
    """Personal data or a secret in a text: [start, end) in code points."""

    start: int
    end: int
    entity: str
    """Of a secret its rule."""
    score: float
    """From 0 to 1."""
    detector: str = ""
    """What found it: a recognizer of Presidio, or a pack of patterns."""
