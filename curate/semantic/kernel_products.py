"""Similarities of vectors in fixed point, compiled.

A product of two vectors is a sum of whole numbers in 32 bits, since the squared length of each is
below 2^31 (`similarity.Sized`). A cosine is rounded to a multiple of 2^-30, so that sums of
cosines are whole numbers too: what is decided by them is the same on every machine, and ties are
ties.
"""

from typing import Any, Final

import numpy as np
from numba import njit, types

from curate.scan.compiled import compiled

VECTORS: Final = types.Array(types.int16, 2, "C", readonly=True)
INVERSE: Final = types.Array(types.float64, 1, "C", readonly=True)
PLACES: Final = types.Array(types.int64, 1, "C", readonly=True)
AMOUNTS: Final = INVERSE
WHOLE: Final = types.int64[::1]

UNIT: Final = 1 << 30
"""A cosine of 1."""

NOTHING: Final = -(1 << 62)
"""Less similar than anything is."""

_BLOCK: Final = 128


@njit(nogil=True, inline="always")
def product(one: Any, other: Any) -> Any:
    """The product of two vectors."""
    found = np.int32(0)
    for at in range(one.shape[0]):
        found = np.int32(found + np.int32(one[at]) * np.int32(other[at]))
    return found


@njit(nogil=True, inline="always")
def similar(vectors: Any, inverse: Any, one: Any, other: Any) -> Any:
    """The cosine of two rows, in units of 2^-30."""
    scale = (inverse[one] * inverse[other]) * UNIT
    return np.int64(np.floor(product(vectors[one], vectors[other]) * scale + 0.5))


@compiled(types.void(VECTORS, INVERSE, PLACES, PLACES, WHOLE, WHOLE))
def nearest_of(
    vectors: Any, inverse: Any, rows: Any, chosen: Any, places: Any, cosines: Any
) -> None:
    """Of each of some rows the most similar of the chosen ones, the first of equals.

    `places` are places in `chosen`, -1 where nothing is chosen.
    """
    places[:] = -1
    cosines[:] = NOTHING
    for start in range(0, len(rows), _BLOCK):
        for first in range(0, len(chosen), _BLOCK):
            for at in range(start, min(start + _BLOCK, len(rows))):
                for other in range(first, min(first + _BLOCK, len(chosen))):
                    found = similar(vectors, inverse, rows[at], chosen[other])
                    if found > cosines[at]:
                        cosines[at] = found
                        places[at] = other


@njit(nogil=True, inline="always")
def _worse(cosine: Any, place: Any, than_cosine: Any, than_place: Any) -> Any:
    return cosine < than_cosine or (cosine == than_cosine and place > than_place)


@njit(nogil=True)
def _offer(places: Any, cosines: Any, place: Any, cosine: Any) -> None:
    """Put a neighbour in the place of the worst one, which stands at the top of a heap."""
    if not _worse(cosines[0], places[0], cosine, place):
        return
    at = 0
    while True:
        child = 2 * at + 1
        if child >= len(places):
            break
        if child + 1 < len(places) and _worse(
            cosines[child + 1], places[child + 1], cosines[child], places[child]
        ):
            child += 1
        if not _worse(cosines[child], places[child], cosine, place):
            break
        places[at] = places[child]
        cosines[at] = cosines[child]
        at = child
    places[at] = place
    cosines[at] = cosine


@compiled(types.void(VECTORS, INVERSE, types.int32[:, ::1], types.int32[:, ::1]))
def neighbours(vectors: Any, inverse: Any, places: Any, cosines: Any) -> None:
    """Of each row those that are most similar to it, itself left out, in no order.

    All pairs are compared. `places` and `cosines` are [rows, neighbours], of fewer neighbours than
    rows. Of equal ones the first rows are taken.
    """
    count = len(vectors)
    places[:] = count
    cosines[:] = -(1 << 31)
    for start in range(0, count, _BLOCK):
        for first in range(start, count, _BLOCK):
            for one in range(start, min(start + _BLOCK, count)):
                for other in range(max(first, one + 1), min(first + _BLOCK, count)):
                    found = np.int32(similar(vectors, inverse, one, other))
                    _offer(places[one], cosines[one], other, found)
                    _offer(places[other], cosines[other], one, found)
