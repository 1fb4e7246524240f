"""Random numbers as nlpaug draws them, without the state that all of a process shares.

nlpaug draws from the generators of Python's `random` and of `numpy.random`. Both are here again,
seeded for each text, so that equal seeds give equal edits.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

Thing = TypeVar("Thing")

_AT_ONCE: Final = 16


class Draws:
    """Numbers that follow from a seed of 32 bits, as after `random.seed` and `numpy.random.seed`.

    >>> draws = Draws()
    >>> draws.seed(7)
    >>> draws.sample([10, 20, 30], 2), draws.one("abc"), draws.between(1, 4)
    ([20, 10], 'b', 1)
    """

    def __init__(self) -> None:
        self._python = Random()  # noqa: S311 (nothing is kept secret by it)
        self._words_of = np.random.MT19937(0)
        self._numpy = np.random.RandomState(self._words_of)
        self._is_seeded = False
        self._words: list[int] = []
        self._seed = 0
        self.sample: Callable[[list[int], int], list[int]] = self._python.sample
        """So many of a list, as `random.sample` draws them."""
        self.bits: Callable[[int], int] = self._python.getrandbits
        """An integer of so many bits."""

    def seed(self, seed: int) -> None:
        """Begin anew."""
        self._python.seed(seed)
        self._seed = seed
        self._is_seeded = False

    def one(self, things: Sequence[Thing]) -> Thing:
        """One of some things, as `random.sample(things, 1)` draws it."""
        size = len(things)
        bits = size.bit_length()
        drawn = self.bits(bits)
        while drawn >= size:
            drawn = self.bits(bits)
        return things[drawn]

    def between(self, low: int, high: int) -> int:
        """An integer of [low, high), as `numpy.random.randint` draws it.

        numpy takes the low bits of a word, again until they fit; words are drawn many at a time.
        """
        most = high - 1 - low
        mask = (1 << most.bit_length()) - 1
        if not most:
            return low
        while True:
            drawn = self._word() & mask
            if drawn <= most:
                return low + drawn

    def uniform(self, count: int) -> npt.NDArray[np.float64]:
        """Numbers of [0, 1), as `numpy.random.random` draws them; not together with `between`."""
        if not self._is_seeded:
            self._numpy.seed(self._seed)
            self._is_seeded, self._words = True, []
        return self._numpy.random_sample(count)

    def _word(self) -> int:
        if not self._is_seeded:
            self._numpy.seed(self._seed)
            self._is_seeded, self._words = True, []
        if not self._words:
            self._words = self._words_of.random_raw(_AT_ONCE).tolist()[::-1]
        return self._words.pop()
