"""Batches of one shape, so that what a model makes of a text does not depend on those beside it."""

from collections.abc import Iterator, Sequence
from typing import Final

ROWS: Final = 8
STEP: Final = 16


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
