"""Vectors made ready for the compiled choices among them."""

from typing import Final, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from curate.semantic.cosine import Floats, Places, Vectors, squares

UNIT: Final = 1 << 30
"""Compiled choices compare cosines in whole multiples of 1 / UNIT (`kernel_products`)."""

_LONGEST: Final = 2.0**31
"""The squared length from which products of two vectors may not fit into 32 bits."""


class Sized(NamedTuple):
    """Vectors, [records, dimensions], with what makes cosines of their products."""

    vectors: Vectors
    inverse: Floats
    """The inverse of the length of each."""

    @classmethod
    def of(cls, vectors: Vectors) -> Self:
        """Raises ValueError for vectors that are all zeros, or longer than 46,340."""
        found = squares(vectors)
        if len(found) and not 0 < found.min() <= found.max() < _LONGEST:
            raise ValueError("vectors have a length above 0 and below 2^15.5")
        return cls(np.ascontiguousarray(vectors), 1.0 / np.sqrt(found))

    def take(self, rows: Places) -> "Sized":
        """Some of them."""
        return Sized(np.ascontiguousarray(self.vectors[rows]), self.inverse[rows])


class Budget(NamedTuple):
    """How much is taken: amounts of records, and what they shall add up to."""

    amounts: Floats
    whole: float

    @property
    def enough(self) -> float:
        """The sum from which no more is needed, with room for the rounding of sums."""
        return self.whole * (1 - 1e-12)

    @property
    def most(self) -> int:
        """The most records that can be needed."""
        sums = np.cumsum(np.sort(self.amounts))
        return min(len(sums), int(np.searchsorted(sums, self.enough)) + 1)


class Nearest(NamedTuple):
    """Of each of some rows the most similar one that is taken."""

    places: Places
    """-1 where nothing is taken."""
    cosines: npt.NDArray[np.float64]
    """Multiples of 1 / UNIT; -1 where nothing is taken."""


def nearest_taken(given: Sized, rows: Places, taken: Places) -> Nearest:
    """Find for each of some rows the most similar of those taken, the lowest row of equal ones."""
    from curate.semantic.compiling import kernel

    ordered = np.sort(taken)
    places, cosines = np.empty(len(rows), np.int64), np.empty(len(rows), np.int64)
    kernel().nearest_of(given.vectors, given.inverse, rows, ordered, places, cosines)
    if not len(ordered):
        return Nearest(places, np.full(len(rows), -1.0))
    return Nearest(ordered[places], cosines / UNIT)
