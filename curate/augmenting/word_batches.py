"""Many texts at once: words drawn by compiled code."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.augmenting.batches import Stays, base_state, classes, held, parts, points_of
from curate.scan.compiling import loaded

KERNEL: Final = "curate.augmenting.kernel_words"

RISING, FALLING, DELETE, SWAP, CROP, SPLIT = range(6)
"""Actions: words are replaced from the first to the last, or the other way round; and so on."""

LOOKED_UP: Final = 0
"""Replacements of any word where each has its own."""


class WordTable(NamedTuple):
    """How many replacements words have, found by their hashes."""

    slots: npt.NDArray[np.uint64]
    counts: npt.NDArray[np.uint16]


class WordPlan(NamedTuple):
    """What is to be drawn."""

    action: int
    limits: tuple[int, int, int, int]
    """Replacements of any word, fewest characters, fewest and most words; 0 for no limit."""
    share: float
    """Of the tokens."""
    table: WordTable
    """Looked at where replacements are `LOOKED_UP`."""


class WordChanges(NamedTuple):
    """The changes of a text, in the order they are made."""

    tokens: list[int]
    drawn: list[int]


NO_TABLE: Final = WordTable(np.zeros(1, np.uint64), np.zeros(1, np.uint16))


def table_of(words: Mapping[str, Sequence[str]]) -> WordTable:
    """The table of words and what stands for them."""
    kernel = loaded(KERNEL, "augmenting")
    size = 1 << (4 * len(words) + 1).bit_length()
    made = WordTable(np.zeros(size, np.uint64), np.zeros(size, np.uint16))
    points, offsets = points_of(list(words))
    counts = np.array([len(others) for others in words.values()], np.uint16)
    kernel.fill_table(points, offsets, counts, made.slots, made.counts)
    return made


def word_changes(
    texts: Sequence[str], seeds: Sequence[int], plan: WordPlan, stays: Stays | None
) -> Iterator[WordChanges]:
    """The changes of each text; `stays` tells of tokens that they must not be drawn."""
    kernel = loaded(KERNEL, "augmenting")
    for some, numbers in parts(texts, seeds):
        points, offsets = points_of(some)
        found = np.empty((2, len(points)), np.int64)
        ends = np.empty(len(some), np.int64)
        kernel.draw_words(
            points,
            offsets,
            np.array(numbers, np.uint32),
            base_state(),
            classes(),
            held(some, stays),
            plan.table.slots,
            plan.table.counts,
            np.array([plan.action, *plan.limits], np.int64),
            plan.share,
            found,
            ends,
        )
        tokens, drawn = (column[: ends[-1]].tolist() for column in found)
        start = 0
        for end in ends.tolist():
            yield WordChanges(tokens[start:end], drawn[start:end])
            start = end
