"""Boiler-plate: shingles that so many sets have that they tell little about any."""

from typing import Final

import numpy as np

from curate.neardup.shingling import Hashes

LEAST: Final = 100
"""So many sets must have a shingle before it is boiler-plate: fewer may be versions of one text."""


def boilerplate(shingles: Hashes, sets: int, share: float) -> Hashes:
    """The shingles, ascending, that more than a share of so many sets and `LEAST` of them have.

    `shingles` are those of all sets, one after the other. A share of 0 finds none.
    """
    if share == 0 or sets < LEAST:
        return np.zeros(0, np.uint64)
    ordered = np.sort(shingles)
    firsts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    counts = np.diff(firsts, append=len(ordered))
    return ordered[firsts[(counts >= LEAST) & (counts > share * sets)]]
