"""Patterns of RE2, compiled once."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import re2

from curate.rulepacks.rule import compile_pattern, sentence

_CONTINUATION: Final = bytes(range(0x80, 0xC0))
"""Bytes of UTF-8 that begin no character."""


@lru_cache(maxsize=2048)
def compiled(pattern: str) -> Any:
    """Compile a pattern. Raises ValueError with what is wrong.

    >>> compiled("(?=a)")
    Traceback (most recent call last):
    ValueError: the pattern is not RE2, which has no look-around: invalid perl operator: (?=
    """
    try:
        return compile_pattern(pattern)
    except re2.error as error:
        what = sentence(error)
        lacks = ""
        if "perl operator: (?" in what:
            lacks = ", which has no look-around"
        elif "escape sequence: \\" in what and what[-1].isdigit():
            lacks = ", which has no back reference"
        raise ValueError(f"the pattern is not RE2{lacks}: {what}") from None


def matches(pattern: str, group: str, text: str) -> Iterator[tuple[int, int]]:
    """Where a group of a pattern matches, or all of it where it has none: [start, end), apart.

    In code points, ascending. What a match has behind its group may belong to the next one too, so
    that values with one character between them are all found.

    >>> list(matches(",(?P<value>[a-z]),", "value", "é,a,b,"))
    [(2, 3), (4, 5)]
    """
    expression, data = compiled(pattern), text.encode()
    meant = expression.groupindex.get(group, 0)
    place = read = points = 0
    while (found := expression.search(data, place)) is not None:
        start, end = found.span(meant)
        place = max(end, found.start() + 1)
        if 0 <= start < end:
            first = points + _characters(data[read:start])
            read, points = end, first + _characters(data[start:end])
            yield first, points


def _characters(part: bytes) -> int:
    return len(part.translate(None, _CONTINUATION))
