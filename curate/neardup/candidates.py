"""Which records may be similar: equal bands connect them."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.neardup import plain
from curate.neardup.compiling import is_loaded, kernel
from curate.neardup.shingling import Hashes, Numbers32

Numbers = npt.NDArray[np.int64]

HIGH, LOW = np.uint64(32), np.uint64(0xFFFFFFFF)


FEW_PAIRS: Final = 20_000
"""So many are gone through more quickly in plain Python than compiled code is loaded."""

FEW_HASHES: Final = 100_000
"""So many are sorted more quickly than compiled code is loaded."""


class Candidates(NamedTuple):
    """The distinct sets that share a band with another, and what they are connected to."""

    sets: Hashes
    """Their hashes, ascending."""
    components: Numbers
    """For each the place of the first set that it is connected with, by whatever many steps."""


def exact_fraction(threshold: float) -> tuple[int, int]:
    """A threshold as a fraction of whole numbers, as it is written: 0.8 is 4/5.

    >>> exact_fraction(0.8), exact_fraction(0.85)
    ((4, 5), (17, 20))
    """
    found = Fraction(str(threshold)).limit_denominator(1_000_000)
    return found.numerator, found.denominator


def edges(
    sets: Hashes, sizes: npt.NDArray[np.int32], columns: Iterable[Numbers32], threshold: float
) -> Hashes:
    """Pairs of sets (hashes, two columns) that connect all that share a value of a column.

    There are fewer pairs than sets: none connects what others do.

    Rows of equal sets count once. Sets that cannot be similar, because one has so many more
    shingles than the other (J <= smaller / larger), are not connected by what they share. Columns
    are taken one at a time; 50 bytes a row are needed beside them.
    """
    rows = _one_of_each(sets, sizes)
    over, under = exact_fraction(threshold)
    # By size: two sets are close enough only if all between them are.
    order = np.argsort(sizes[rows]).astype(np.uint32)
    ranks = np.empty(len(rows), np.uint32)
    ranks[order] = np.arange(len(rows), dtype=np.uint32)
    found = []
    known = np.arange(len(rows), dtype=np.int64)
    for column in columns:
        keys = column[rows].astype(np.uint64) << HIGH
        some = may_come_again(keys)
        keys = keys[some] | ranks[some]
        keys.sort()
        places = np.flatnonzero(keys[1:] >> HIGH == keys[:-1] >> HIGH)
        ones, others = (order[keys[places + n] & LOW].astype(np.int64) for n in (0, 1))
        few, more = (sizes[rows[each]].astype(np.int64) for each in (ones, others))
        near = few * under >= more * over
        found.append(_new(ones[near], others[near], known))
    pairs = np.concatenate([np.zeros((0, 2), np.int64), *found])
    return np.asarray(sets[rows[pairs]], np.uint64)


def connected(pairs: Hashes) -> Candidates:
    """The components of the graph whose edges the pairs are."""
    sets = np.unique(pairs)
    ones, others = (np.searchsorted(sets, pairs[:, column]) for column in (0, 1))
    components = np.arange(len(sets), dtype=np.int64)
    connect = kernel().connect if is_loaded() or len(pairs) > FEW_PAIRS else plain.connect
    connect(ones.astype(np.int64), others.astype(np.int64), components)
    return Candidates(sets, components)


def may_come_again(hashes: Hashes, first: int | None = None) -> Numbers:
    """Where among the first hashes those are that occur more than once, and some others; ascending.

    Without a number all of them are looked at.
    """
    if not is_loaded() and len(hashes) < FEW_HASHES:
        return np.arange(len(hashes) if first is None else first)
    found = np.empty(len(hashes), np.bool_)
    # With 16 to 32 bits for each hash, one of 16 at most is there by chance.
    kernel().again(hashes, len(hashes).bit_length() + 4, found)
    return np.flatnonzero(found[:first])


def _new(ones: Numbers, others: Numbers, known: Numbers) -> Numbers:
    """The edges, two columns, that connect what was not connected; `known` tells what then is."""
    new = np.empty(len(ones), np.bool_)
    join = kernel().join if is_loaded() or len(ones) > FEW_PAIRS else plain.join
    join(ones, others, known, new)
    return np.stack([ones[new], others[new]], axis=1)


def _one_of_each(sets: Hashes, sizes: npt.NDArray[np.int32]) -> Numbers:
    """A row of each set that is not empty, ascending."""
    wanted = sizes > 0
    rows = np.flatnonzero(wanted)
    some = rows[may_come_again(sets[rows])]
    some = some[np.argsort(sets[some], kind="stable")]
    hashes = sets[some]
    wanted[some[1:][hashes[1:] == hashes[:-1]]] = False
    return np.flatnonzero(wanted)
