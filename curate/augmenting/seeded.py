"""The random numbers that libraries draw from the state of the whole process."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Final

import numpy as np

_ONE_AT_A_TIME: Final = RLock()
"""Two threads would take the numbers from each other."""


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Have `random` and numpy's global generator begin at a seed, and put them back afterwards."""
    with _ONE_AT_A_TIME:
        own, numpys = random.getstate(), np.random.get_state()  # noqa: NPY002 - the libraries'
        try:
            random.seed(seed)
            np.random.seed(seed % (1 << 32))  # noqa: NPY002 - what the library draws from
            yield
        finally:
            random.setstate(own)
            np.random.set_state(numpys)  # noqa: NPY002 - the libraries'
