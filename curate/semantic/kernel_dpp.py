"""Greedy MAP inference of a determinantal point process, compiled.

Chen, Zhang and Zhou 2018, arXiv 1709.05135, algorithm 1. Only additions, products, quotients and
roots are used, in a fixed order: results are the same on every machine.
"""

from typing import Any, Final

import numpy as np
from numba import njit, types

from curate.scan.compiled import compiled
from curate.semantic.kernel_products import AMOUNTS, INVERSE, VECTORS, WHOLE, product

LEAST: Final = 1e-10
"""What is left of a row below this is rounding: it depends on those that are taken."""

_BLOCK: Final = 1024
_HALVINGS: Final = 10
_TERMS: Final = 12
_DPP: Final = types.int64(
    *(VECTORS, INVERSE, AMOUNTS, types.float64, AMOUNTS, types.float64),
    *(types.float64[:, ::1], WHOLE),
)


@njit(nogil=True)
def exponential(value: Any) -> Any:
    """The exponential of a number, by its series at 2^-10 of it; mathematics libraries differ."""
    small = value / (1 << _HALVINGS)
    found = 1.0
    for term in range(_TERMS, 0, -1):
        found = 1.0 + found * small / term
    for _ in range(_HALVINGS):
        found *= found
    return found


@njit(nogil=True, inline="always")
def _similarity(cosine: Any, bandwidth: Any) -> Any:
    """Of unit vectors with a cosine; a bandwidth of 0 stands for none."""
    if bandwidth > 0.0:
        return exponential((cosine - 1.0) / (bandwidth * bandwidth))
    return (1.0 + cosine) / 2.0


@compiled(_DPP)
def most_probable(
    vectors: Any,
    inverse: Any,
    quality: Any,
    bandwidth: Any,
    amounts: Any,
    budget: Any,
    factors: Any,
    order: Any,
) -> Any:
    """Write rows in the order in which they are taken, until amounts reach the budget.

    Ends before where no row is left that is independent of those taken. The kernel is
    q_i S_ij q_j: its Cholesky factors are q_i times those of S, which `factors` keeps, [taken,
    rows], so that a row adds log(q^2 left) to the logarithm of the determinant.
    """
    count = len(vectors)
    left = np.ones(count)
    taken, whole = 0, 0.0
    while taken < len(order) and whole < budget:
        row, most = -1, 0.0
        for other in range(count):
            if left[other] >= LEAST and quality[other] * quality[other] * left[other] > most:
                row, most = other, quality[other] * quality[other] * left[other]
        if row < 0:
            break
        root = np.sqrt(left[row])
        new = factors[taken]
        for start in range(0, count, _BLOCK):
            stop = min(start + _BLOCK, count)
            for other in range(start, stop):
                scale = inverse[row] * inverse[other]
                cosine = product(vectors[row], vectors[other]) * scale
                new[other] = _similarity(cosine, bandwidth)
            for before in range(taken):
                factor = factors[before, row]
                for other in range(start, stop):
                    new[other] -= factor * factors[before, other]
            for other in range(start, stop):
                new[other] /= root
                left[other] -= new[other] * new[other]
        left[row] = 0.0
        order[taken] = row
        taken += 1
        whole += amounts[row]
    return taken
