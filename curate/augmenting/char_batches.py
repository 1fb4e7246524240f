"""Many texts at once: characters drawn by compiled code, put in by Python."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.augmenting.batches import (
    POINTS,
    Stays,
    base_state,
    classes,
    held,
    parts,
    points_of,
)
from curate.scan.compiling import loaded

KERNEL: Final = "curate.augmenting.kernel_chars"

REPLACE, INSERT, DELETE, SWAP = range(4)
"""Actions."""

ADJACENT, MIDDLE, RANDOM = range(3)
"""Whom a character is swapped with."""

Sizes = npt.NDArray[np.uint16]
"""How many replacements each code point has."""


NO_SIZES: Final = np.zeros(POINTS, np.uint16)


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


def changes(
    texts: Sequence[str], seeds: Sequence[int], plan: Plan, stays: Stays | None
) -> Iterator[Changes]:
    """The changes of each text; `stays` tells of tokens that they must not be drawn."""
    for some, numbers in parts(texts, seeds):
        yield from _changes(some, numbers, plan, stays)


def _changes(
    texts: Sequence[str], seeds: Sequence[int], plan: Plan, stays: Stays | None
) -> Iterator[Changes]:
    kernel = loaded(KERNEL, "augmenting")
    points, offsets = points_of(texts)
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


def sizes_of(table: dict[str, list[str]]) -> Sizes:
    """How many replacements each code point has in a table."""
    sizes = np.zeros(POINTS, np.uint16)
    for sign, others in table.items():
        if len(sign) == 1:
            sizes[ord(sign)] = len(others)
    return sizes
