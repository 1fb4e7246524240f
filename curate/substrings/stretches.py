"""From words that are cut to stretches of a text, and what of the text is left."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Stretch(NamedTuple):
    """What is cut out of a text in one piece: from `start` on, up to `end`."""

    start: int
    end: int
    words: int


Places = npt.NDArray[np.int32]


def stretches(cut: npt.NDArray[np.uint8], starts: Places, stops: Places) -> list[Stretch]:
    """The stretches of a text whose words, flagged in `cut`, stand at `starts` to `stops`.

    All are in bytes. The white space behind words that follow each other goes with them where there
    is some before them, or nothing; at the end of a text that before them does, and what the text
    ends with stays. Between what is left is white space where it was on either side.
    """
    bounded = np.zeros(len(cut) + 2, np.uint8)
    bounded[1:-1] = cut
    edges = np.flatnonzero(bounded[1:] != bounded[:-1])
    found, last = [], len(cut)
    for first, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        start, stop = int(starts[first]), int(stops[end - 1])
        if end == last:
            start = int(stops[first - 1]) if first else start
        elif first == 0 or stops[first - 1] < start:
            stop = int(starts[end])
        found.append(Stretch(start, stop, end - first))
    return found


def seams(text: bytes, cut: Sequence[Stretch]) -> list[int]:
    """Where in the text that is left what did not follow each other does so now."""
    gone, found = 0, []
    for each in cut:
        if text[: each.start].strip() and text[each.end :].strip():
            found.append(each.start - gone)
        gone += each.end - each.start
    return found


def without(text: bytes, cut: Sequence[Stretch]) -> bytes:
    """The text that is left."""
    ends = [0, *(each.end for each in cut)]
    starts = [*(each.start for each in cut), len(text)]
    return b"".join(text[end:start] for end, start in zip(ends, starts, strict=True))


def in_characters(text: bytes, cut: Sequence[Stretch]) -> list[Stretch]:
    """The same stretches in code points."""
    if text.isascii():
        return list(cut)
    begins = (np.frombuffer(text, np.uint8) & 0xC0) != 0x80
    before = np.concatenate([[0], np.cumsum(begins)])
    return [Stretch(int(before[s]), int(before[e]), words) for s, e, words in cut]


def joined(length: int, earlier: Sequence[Stretch], later: Sequence[Stretch]) -> list[Stretch]:
    """Stretches of a text of so many characters, and then others of what they left, in one.

    >>> joined(9, [Stretch(2, 4, 1)], [Stretch(1, 3, 2)])
    [Stretch(start=1, end=5, words=3)]
    """
    words = np.zeros(length, np.int64)
    left = np.ones(length, np.bool_)
    for each in earlier:
        left[each.start : each.end] = False
        words[each.start] = each.words
    places = np.flatnonzero(left)
    for each in later:
        left[places[each.start : each.end]] = False
        words[places[each.start]] = each.words
    edges = np.flatnonzero(np.diff(left.astype(np.int8), prepend=1, append=1))
    return [
        Stretch(start, end, int(words[start:end].sum()))
        for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    ]
