"""Where two texts differ, as spans of the first.

Lines are compared first and words only inside lines that changed, since the comparison takes
quadratic time and an edit most often touches few lines.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

from curate.decision import Span

_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")
_WORD: Final = re.compile(r"\w+|\s+|[^\w\s]")

PIECES_COMPARED: Final = 400
"""Above this many pieces (lines, or words in changed lines) on both sides together, the whole
stretch is one span."""


def spans_between(old: str, new: str) -> list[Span]:
    """The changed stretches, in code points of `old`, in order.

    >>> [tuple(span[:3]) for span in spans_between("a  cat", "a cat")]
    [(2, 3, 0)]
    """
    return list(_spans(old, new, 0, (_LINE, _WORD)))


def _spans(old: str, new: str, offset: int, levels: Sequence[re.Pattern[str]]) -> Iterator[Span]:
    """Compare by the first level's pieces, and inside changed ones by the next level's."""
    start, end = _common_ends(old, new)
    old, new, offset = old[start : len(old) - end], new[start : len(new) - end], offset + start
    if not (old or new):
        return
    if not levels or not old or not new:
        yield Span(offset, offset + len(old), len(new))
        return
    ours, theirs = levels[0].findall(old), levels[0].findall(new)
    if len(ours) + len(theirs) > PIECES_COMPARED:
        yield Span(offset, offset + len(old), len(new))
        return
    position = offset
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        before = "".join(ours[i1:i2])
        if tag != "equal":
            after = "".join(theirs[j1:j2])
            if len(levels) == 1:
                yield Span(position, position + len(before), len(after))
            else:
                yield from _spans(before, after, position, levels[1:])
        position += len(before)


def _common_ends(old: str, new: str) -> tuple[int, int]:
    """How much both texts share at their beginning and end, in whole words."""
    start = _common_start(old, new)
    while start > 0 and old[start - 1].isalnum():
        start -= 1
    limit = min(len(old), len(new)) - start
    end = min(_common_start(old[::-1], new[::-1]), limit)
    while end > 0 and old[len(old) - end].isalnum():
        end -= 1
    return start, end


def _common_start(a: str, b: str) -> int:
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[:middle] == b[:middle]:
            low = middle
        else:
            high = middle - 1
    return low
