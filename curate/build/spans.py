"""Where two texts differ, as spans of the first."""

import re
from difflib import SequenceMatcher
from typing import Final

from curate.decision import Span

_TOKEN: Final = re.compile(r"\w+|\s+|[^\w\s]")

TOKENS_COMPARED: Final = 2_000
"""Above this many tokens between the common ends, the whole middle is one span: the comparison
takes quadratic time."""


def spans_between(old: str, new: str) -> list[Span]:
    """The changed stretches, in code points of `old`, in order, not touching each other.

    >>> spans_between("a  cat", "a cat")
    [Span(start=1, end=3, length=1)]
    """
    start = _common_start(old, new)
    end = _common_start(old[start:][::-1], new[start:][::-1])
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    if not middle_old or not middle_new:
        return [Span(start, start + len(middle_old), len(middle_new))]
    # Whole words around the change make better reading, so compare from the start of the word.
    start = _word_start(old, start)
    end = _word_start(old[::-1], end)
    end = min(end, len(old) - start, len(new) - start)
    tokens_old = _TOKEN.findall(old[start : len(old) - end])
    tokens_new = _TOKEN.findall(new[start : len(new) - end])
    if len(tokens_old) + len(tokens_new) > TOKENS_COMPARED:
        return [Span(start, len(old) - end, len(new) - end - start)]
    return _token_spans(tokens_old, tokens_new, start)


def _token_spans(old: list[str], new: list[str], offset: int) -> list[Span]:
    at_old, at_new = _positions(old), _positions(new)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        Span(offset + at_old[i1], offset + at_old[i2], at_new[j2] - at_new[j1])
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    ]


def _positions(tokens: list[str]) -> list[int]:
    positions = [0]
    for token in tokens:
        positions.append(positions[-1] + len(token))
    return positions


def _common_start(a: str, b: str) -> int:
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[:middle] == b[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _word_start(text: str, position: int) -> int:
    while position > 0 and text[position - 1].isalnum():
        position -= 1
    return position
