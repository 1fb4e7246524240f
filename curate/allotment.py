"""Setting groups of records aside until a number of records is reached, in a fixed order."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]


class Groups(NamedTuple):
    """Groups that stay whole, one a row."""

    positions: npt.NDArray[np.uint64]
    """In each stratum groups are taken in this order; equal positions by `ranks`."""
    ranks: Numbers
    sizes: Numbers
    """How many records each has."""
    strata: Numbers
    """The stratum of each, from 0 on."""


def allot(groups: Groups, wants: Sequence[int | float]) -> Numbers:
    """Return for each group which of the wants it is set aside for, or -1.

    A want is a number of records, or a share of all of them below 1. It is divided among the strata
    by their sizes (largest remainders); in each, groups are taken in their order wherever one still
    fits. So no want is exceeded, and one falls short by less than a group's size in each stratum.
    """
    order = np.lexsort((groups.ranks, groups.positions, groups.strata))
    sides = np.full(len(order), -1, np.int64)
    if not len(order):
        return sides
    totals = np.bincount(groups.strata, weights=groups.sizes).astype(np.int64)
    bounds = np.searchsorted(groups.strata[order], np.arange(len(totals) + 1))
    left = totals.copy()
    for number, want in enumerate(wants):
        whole = want if isinstance(want, int) else round(want * int(totals.sum()))
        targets = np.minimum(divided(whole, totals), left)
        for stratum, target in enumerate(targets.tolist()):
            rows = order[bounds[stratum] : bounds[stratum + 1]]
            taken = _taken(rows, groups.sizes, sides, target)
            sides[taken] = number
            left[stratum] -= int(groups.sizes[taken].sum())
    return sides


def divided(whole: int, totals: Numbers) -> Numbers:
    """A number divided in proportion to totals, in whole parts that add up to it.

    >>> divided(10, np.array([50, 30, 5])).tolist()
    [6, 3, 1]
    """
    everything = int(totals.sum())
    if everything == 0:
        return np.zeros(len(totals), np.int64)
    parts = [divmod(whole * total, everything) for total in totals.tolist()]
    found = np.array([part for part, _ in parts], np.int64)
    # Of equal remainders the first: sorting is stable.
    missing = whole - int(found.sum())
    found[sorted(range(len(parts)), key=lambda at: -parts[at][1])[:missing]] += 1
    return found


def _taken(rows: Numbers, sizes: Numbers, sides: Numbers, target: int) -> Numbers:
    """The first free groups that fit into what is left of a target."""
    taken: list[int] = []
    for row in rows.tolist():
        if target == 0:
            break
        if sides[row] < 0 and sizes[row] <= target:
            taken.append(row)
            target -= int(sizes[row])
    return np.array(taken, np.int64)
