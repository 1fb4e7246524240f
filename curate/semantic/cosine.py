"""Cosines of vectors in fixed point.

Their products and sums are whole numbers below 2^53, so float64 has them exactly in whatever order
they are added; a cosine is then the same double on every machine.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.int16]
"""[records, dimensions]; no row is all zeros (`models.embedding`)."""

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

_PAIRS_AT_ONCE: Final = 1 << 14


def squares(vectors: Vectors) -> Floats:
    """The squared length of each vector, exactly."""
    found = np.empty(len(vectors))
    for start in range(0, len(vectors), _PAIRS_AT_ONCE):
        some = vectors[start : start + _PAIRS_AT_ONCE].astype(np.float64)
        found[start : start + _PAIRS_AT_ONCE] = np.einsum("ij,ij->i", some, some)
    return found


def unit(vectors: Vectors) -> npt.NDArray[np.float32]:
    """Vectors of length 1, in float32: for finding candidates."""
    given = vectors.astype(np.float32)
    given /= np.sqrt(np.einsum("ij,ij->i", given, given))[:, None]
    return given


def slack(dimensions: int) -> float:
    """How far a product of `unit` vectors can be from the cosine, in float32.

    Twice the bound of Higham, Accuracy and Stability of Numerical Algorithms, section 3.1: n u for
    a dot product of n numbers; four more for normalising.
    """
    return 2.0 * (dimensions + 4) * 2.0**-24


def of_pairs(vectors: Vectors, lengths: Floats, ones: Places, others: Places) -> Floats:
    """The exact cosine of each pair of rows; `lengths` are `squares`."""
    found = np.empty(len(ones))
    for start in range(0, len(ones), _PAIRS_AT_ONCE):
        one, other = (rows[start : start + _PAIRS_AT_ONCE] for rows in (ones, others))
        left, right = (vectors[rows].astype(np.float64) for rows in (one, other))
        dots = np.einsum("ij,ij->i", left, right)
        found[start : start + _PAIRS_AT_ONCE] = dots / np.sqrt(lengths[one] * lengths[other])
    return found


def between(
    vectors: Vectors, lengths: Floats, ones: Places | slice, others: Places | slice
) -> Floats:
    """The exact cosines of all rows with all others, [ones, others]."""
    dots = vectors[ones].astype(np.float64) @ vectors[others].astype(np.float64).T
    found: Floats = dots / np.sqrt(lengths[ones][:, None] * lengths[others][None, :])
    return found
