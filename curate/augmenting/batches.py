"""Many texts at once, for compiled code: their code points, and which of their tokens stay."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import count
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from curate.augmenting.augmenter import HELD
from curate.augmenting.tokens import parted
from curate.scan.compiling import is_loaded

FEW: Final = 2_000
"""Texts of a process for which loading what is compiled would take longer than they do."""

_LEAST: Final = 16
"""Texts of a call for which the arrays are worth making."""

POINTS: Final = 0x110000

_AT_ONCE: Final = 1 << 18
"""Code points of a batch."""

_PUNCTUATION: Final = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

_calls = count(1)
"""Of this process: many small batches are worth it, too."""

Points = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int64]
Stays = Callable[[str], bool]


def is_worth_it(texts: int, kernel: str) -> bool:
    """Whether so many more texts should be done by the compiled code of a module."""
    return texts >= _LEAST and (is_loaded(kernel) or next(_calls) * texts >= FEW)


def parts(
    texts: Sequence[str], seeds: Sequence[int]
) -> Iterator[tuple[Sequence[str], Sequence[int]]]:
    """Some of the texts at a time, with their seeds."""
    start = 0
    while start < len(texts):
        end, room = start, 0
        while end < len(texts) and (end == start or room + len(texts[end]) <= _AT_ONCE):
            room += len(texts[end])
            end += 1
        yield texts[start:end], seeds[start:end]
        start = end


def points_of(texts: Sequence[str]) -> tuple[Points, Places]:
    """The code points of texts, one behind the other, and where each begins (and the last ends)."""
    offsets = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) for text in texts], out=offsets[1:])
    content = "".join(texts).encode("utf-32-le", "surrogatepass")
    return np.frombuffer(content, np.uint32), offsets


def held(texts: Sequence[str], stays: Stays | None) -> npt.NDArray[np.uint8]:
    """Which tokens of all texts must not be drawn; empty where any may be."""
    if stays is None:
        return np.empty(0, np.uint8)
    known: dict[str, int] = {}
    found = []
    for text in texts:
        for token in parted(text)[1::2]:
            stay = known.get(token)
            if stay is None:
                stay = known[token] = int(stays(token))
            found.append(stay)
    return np.array(found, np.uint8)


@cache
def base_state() -> Points:
    """The state that Python's generator begins from, whatever the seed."""
    state: Any = np.random.RandomState(19650218).get_state(legacy=True)
    return np.array(state[1], np.uint32)


@cache
def classes() -> npt.NDArray[np.uint8]:
    """What each code point is in a text: in a word, white space, punctuation of ASCII, or held."""
    found = np.zeros(POINTS, np.uint8)
    for point, sign in enumerate(map(chr, range(POINTS))):
        if sign.isalnum() or sign == "_":
            found[point] = 1
        elif sign.isspace():
            found[point] = 2
    for sign in _PUNCTUATION:
        found[ord(sign)] |= 4
    found[ord(HELD)] |= 8
    return found
