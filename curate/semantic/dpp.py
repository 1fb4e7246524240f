"""Greedy MAP inference of a determinantal point process (Chen, Zhang and Zhou 2018).

The set with a large determinant of L = q_i S_ij q_j is taken record by record (arXiv 1709.05135,
algorithm 1): of good records, q, those that differ, S. S is (1 + cosine) / 2 as in section 5 there,
so that opposite vectors differ most; its rank is one more than the dimensions, and no more records
have a determinant. With a bandwidth S is exp(-d^2 / 2 bandwidth^2) of the distance d of the
directions, which has no such limit.
"""

from typing import Final

import numpy as np

from curate.errors import RefusedError
from curate.semantic.compiling import kernel
from curate.semantic.cosine import Floats, Places
from curate.semantic.similarity import Budget, Sized

MOST_BYTES: Final = 2 << 30
"""The most memory that factors may take: eight bytes for each record and each one taken."""


def most_probable(given: Sized, quality: Floats, budget: Budget, bandwidth: float | None) -> Places:
    """The rows in the order in which they are taken, until the budget is reached.

    Of equal ones the lowest row is next. Raises RefusedError for a quality that is not above 0,
    where the factors need more memory than `MOST_BYTES`, and where fewer records differ than are
    asked for.
    """
    if not len(quality):
        return np.zeros(0, np.int64)
    _check(quality, budget)
    order = np.empty(budget.most, np.int64)
    factors = np.empty((budget.most, len(quality)))
    count = kernel().most_probable(
        *given, quality, bandwidth or 0.0, budget.amounts, budget.enough, factors, order
    )
    taken = order[:count]
    if budget.amounts[taken].sum() < budget.enough and count < len(quality):
        raise RefusedError(
            "method dpp",
            f"after {count:,} records every other one depends on them "
            f"({given.vectors.shape[1]} dimensions), and `top` asks for more",
            "Set a lower `top`, slices by `per`, or a `bandwidth` such as 0.5, or use k-centre",
        )
    return taken


def _check(quality: Floats, budget: Budget) -> None:
    low = int(np.count_nonzero(quality <= 0))
    if low:
        raise RefusedError(
            "method dpp",
            f"`by` is the quality of a record, and {low:,} have one that is not above 0",
            "Write an expression that is above 0, such as greatest(SCORE, 0.01)",
        )
    needed = 8 * len(quality) * budget.most
    if needed > MOST_BYTES:
        raise RefusedError(
            "method dpp",
            f"to take {budget.most:,} of {len(quality):,} records needs {needed / 2**30:.1f} GiB, "
            f"and {MOST_BYTES >> 30} GiB is the limit",
            f"Set a `top` of {MOST_BYTES // (8 * len(quality)):,} records or less, slices by "
            "`per`, or use k-centre or facility-location",
        )
