"""Many texts at once: characters drawn by compiled code, put in by Python."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import count
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.augmenting.tokens import parted
from curate.scan.compiling import is_loaded, loaded

FEW: Final = 2_000
"""Texts of a process for which loading what is compiled would take longer than they do."""

KERNEL: Final = "curate.augmenting.kernel_chars"

_AT_ONCE: Final = 1 << 18
"""Code points of a batch."""

REPLACE, INSERT, DELETE, SWAP = range(4)
"""Actions."""

ADJACENT, MIDDLE, RANDOM = range(3)
"""Whom a character is swapped with."""

POINTS: Final = 0x110000
_PUNCTUATION: Final = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

_calls = count(1)
"""Of this process: many small batches are worth it, too."""


Sizes = npt.NDArray[np.uint16]
"""How many replacements each code point has."""


Stays = Callable[[str], bool]


class Plan(NamedTuple):
    """What is to be drawn."""

    action: int
    swap: int
    limits: tuple[int, int, int, int, int, int, int]
    """Replacements that any character has, fewest characters of a word, limits of characters and of
    words, and whether signs are drawn."""
    shares: tuple[float, float]
    sizes: Sizes


class Changes(NamedTuple):
    """The changes of a text, in the order they are made; all columns are as long."""

    places: list[int]
    drawn: list[int]
    tokens: list[int]
    begins: list[int]
    """Of the tokens, in code points."""
    ends: list[int]
    empties: bool
    """Whether nothing is left of a token."""


def is_worth_it(texts: int) -> bool:
    """Whether so many more texts should be done by compiled code."""
    return is_loaded(KERNEL) or next(_calls) * texts >= FEW


def changes(
    texts: Sequence[str], seeds: Sequence[int], plan: Plan, stays: Stays | None
) -> Iterator[Changes]:
    """The changes of each text; `stays` tells of tokens that they must not be drawn."""
    start = 0
    while start < len(texts):
        end, room = start, 0
        while end < len(texts) and (end == start or room + len(texts[end]) <= _AT_ONCE):
            room += len(texts[end])
            end += 1
        yield from _changes(texts[start:end], seeds[start:end], plan, stays)
        start = end


def _changes(
    texts: Sequence[str], seeds: Sequence[int], plan: Plan, stays: Stays | None
) -> Iterator[Changes]:
    kernel = loaded(KERNEL, "augmenting")
    points = points_of(texts)
    offsets = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) for text in texts], out=offsets[1:])
    found = np.empty((5, len(points)), np.int64)
    ends, emptied = np.empty(len(texts), np.int64), np.zeros(len(texts), np.bool_)
    kernel.draw_chars(
        points,
        offsets,
        np.array(seeds, np.uint32),
        base_state(),
        classes(),
        plan.sizes,
        held(texts, stays),
        np.array([plan.action, plan.swap, *plan.limits], np.int64),
        np.array(plan.shares),
        found,
        ends,
        emptied,
    )
    # Lists of numbers alone: a list for each change would keep the garbage collector busy.
    columns = [found[each, : ends[-1]].tolist() for each in range(5)]
    start = 0
    for end, empties in zip(ends.tolist(), emptied.tolist(), strict=True):
        places, drawn, tokens, begins, until = (column[start:end] for column in columns)
        yield Changes(places, drawn, tokens, begins, until, empties)
        start = end


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


def points_of(texts: Sequence[str]) -> npt.NDArray[np.uint32]:
    """The code points of texts, one behind the other."""
    return np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)


@cache
def base_state() -> npt.NDArray[np.uint32]:
    """The state that Python's generator begins from, whatever the seed."""
    state: Any = np.random.RandomState(19650218).get_state(legacy=True)
    return np.array(state[1], np.uint32)


@cache
def classes() -> npt.NDArray[np.uint8]:
    """What each code point is in a text: in a word, white space, or punctuation of ASCII."""
    found = np.zeros(POINTS, np.uint8)
    for point, sign in enumerate(map(chr, range(POINTS))):
        if sign.isalnum() or sign == "_":
            found[point] = 1
        elif sign.isspace():
            found[point] = 2
    for sign in _PUNCTUATION:
        found[ord(sign)] |= 4
    return found


def sizes_of(table: dict[str, list[str]]) -> Sizes:
    """How many replacements each code point has in a table."""
    sizes = np.zeros(POINTS, np.uint16)
    for sign, others in table.items():
        if len(sign) == 1:
            sizes[ord(sign)] = len(others)
    return sizes
