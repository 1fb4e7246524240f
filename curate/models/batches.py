"""Batches of one shape, so that what a model makes of a text does not depend on those beside it."""

from collections.abc import Iterator, Sequence
from typing import Final

ROWS: Final = 8
STEP: Final = 16
PER_OCTAVE: Final = 4
"""Lengths that texts are padded to between one power of two and the next."""


def batches(lengths: Sequence[int], most: int) -> Iterator[tuple[int, list[int]]]:
    """Batches of at most `ROWS` texts, shortest first, with the tokens that each is padded to.

    That is the next multiple of `STEP`, and at most `most`.

    >>> list(batches([3, 40, 16, 17], 40))
    [(16, [0, 2]), (32, [3]), (40, [1])]
    """
    groups: dict[int, list[int]] = {}
    for row, length in enumerate(lengths):
        groups.setdefault(min(-(-length // STEP) * STEP, most), []).append(row)
    for tokens, rows in sorted(groups.items()):
        for start in range(0, len(rows), ROWS):
            yield tokens, rows[start : start + ROWS]


def padded(length: int, most: int) -> int:
    """The tokens that a text of any length is padded to: few lengths, at most a quarter more.

    Above `STEP` these are `PER_OCTAVE` to each power of two, and `most`.

    >>> [padded(length, 1000) for length in (1, 17, 33, 64, 65, 900)]
    [16, 20, 40, 64, 80, 1000]
    """
    step = STEP
    while step * 2 < length:
        step *= 2
    part = step // PER_OCTAVE
    return min(max(-(-length // part) * part, STEP), most)


def by_length(lengths: Sequence[int], most: int) -> list[tuple[int, list[int]]]:
    """The texts of each padded length, longest first, so that want of memory shows at once.

    >>> by_length([3, 40, 16, 17], 40)
    [(40, [1]), (20, [3]), (16, [0, 2])]
    """
    groups: dict[int, list[int]] = {}
    for row, length in enumerate(lengths):
        groups.setdefault(padded(length, most), []).append(row)
    return sorted(groups.items(), reverse=True)


def even_rows(most: int) -> int:
    """The largest power of two that is not above `most`, and at least 1.

    So many rows are shared evenly among threads: with other numbers the last digits of a text's
    values depend on which row it is (seen with torch 2.13, two threads and 10 rows of 48 tokens).

    >>> [even_rows(most) for most in (0, 1, 10, 32)]
    [1, 1, 8, 32]
    """
    return 1 << max(0, most.bit_length() - 1)
