"""Sentences and lines of a text, without a model of a language."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

Stretch = tuple[int, int]

_LINE: Final = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_END: Final = re.compile("[.!?…。！？｡؟।]+[\"'”’»)\\]」』）]*")
_WIDE: Final = frozenset("。！？｡")
"""Ends that no space follows."""
_MARKER: Final = re.compile(r"[ \t]*(?:[-*+•>#|]+[ \t]+)+")
_SHORT: Final = re.compile(
    r"(?:^|[\W\d_])(?:[^\W\d_]|Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|etc|e\.g|i\.e|cf|No|Nr|Fig|Eq|approx|Inc|Ltd"
    r"|Co|Corp|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)\Z"
)
_LONGEST_SHORT: Final = 8


def sentences(text: str) -> list[Stretch]:
    r"""The sentences of a text as code points [start, end), without white space and list marks.

    A line ends one; within a line so does a full stop, question or exclamation mark before white
    space, unless an abbreviation or an initial stands before it.

    >>> text = "- See Dr. Who. Why?\nNo end"
    >>> [text[start:end] for start, end in sentences(text)]
    ['See Dr. Who.', 'Why?', 'No end']
    """
    return [
        part for line in _LINE.finditer(text) for part in _of_line(text, line.start(), line.end())
    ]


def _of_line(text: str, start: int, end: int) -> Iterator[Stretch]:
    marker = _MARKER.match(text, start, end)
    start = marker.end() if marker else start
    for stop in _END.finditer(text, start, end):
        after = stop.end()
        ends = after == end or text[after].isspace() or stop[0][0] in _WIDE
        if ends and not (stop[0] == "." and _is_short(text, start, stop.start())):
            yield from _trimmed(text, start, after)
            start = after
    yield from _trimmed(text, start, end)


def _is_short(text: str, start: int, stop: int) -> bool:
    """Whether what stands before a full stop is an abbreviation."""
    return bool(_SHORT.search(text[max(start, stop - _LONGEST_SHORT) : stop]))


def _trimmed(text: str, start: int, end: int) -> Iterator[Stretch]:
    stripped = text[start:end].strip()
    if stripped:
        start += len(text[start:end]) - len(text[start:end].lstrip())
        yield start, start + len(stripped)


def passages(text: str, found: Sequence[Stretch]) -> list[Stretch]:
    r"""Sentences that follow each other on a line, white space alone between them, as one.

    >>> passages("A b. C d.  E\nF", [(0, 4), (5, 9), (11, 12), (13, 14)])
    [(0, 12), (13, 14)]
    """
    joined: list[Stretch] = []
    for start, end in found:
        gap = text[joined[-1][1] : start] if joined else "-"
        if not gap.strip() and "\n" not in gap and "\r" not in gap:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return joined
