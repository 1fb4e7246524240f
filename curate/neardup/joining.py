"""Joining sets of shingles: which of a component's sets stand for which others."""

from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.neardup import plain
from curate.neardup.candidates import Numbers, exact_fraction
from curate.neardup.compiling import is_loaded, kernel
from curate.neardup.shingling import Hashes

FEW: Final = 32
"""Up to so many sets of a component are compared each with each, without an index."""


FEW_SHINGLES: Final = 100_000
"""Up to so many are compared more quickly in plain Python than compiled code is loaded."""


class Group(NamedTuple):
    """Sets of whole components, one after the other; in each the first to be kept comes first."""

    shingles: Hashes
    """Sorted in each set; `joined` puts boiler-plate behind the rest."""
    stops: Numbers
    """Where the shingles of each set end; they begin where those before it end."""
    ends: Numbers
    """Where the sets of each component end."""
    fixed: npt.NDArray[np.bool_]
    """Sets that are kept whatever they are similar to; they come first."""


class Joined(NamedTuple):
    """For each set of a group what became of it."""

    keepers: Numbers
    """The place of the set that stands for it: its own where it is kept."""
    similarities: npt.NDArray[np.float64]
    """The Jaccard similarity of the two, boiler-plate included."""
    reached: npt.NDArray[np.bool_]
    """Whether the two reach the threshold, with and without boiler-plate."""


class Way(NamedTuple):
    """How near-duplicates are told."""

    threshold: float
    chaining: bool
    """Whether what connects over others is a duplicate too; else sets are taken in order, and one
    is dropped only where a set that is kept is similar to it, the most similar standing for it."""
    own: bool = True
    """Whether records stand for others of their own; else only those that are fixed do."""


def joined(group: Group, boilerplate: Hashes, way: Way, compiled: bool | None = None) -> Joined:
    """Compare the sets of each component exactly. `compiled` says which way to go."""
    if compiled is None:
        compiled = is_loaded() or len(group.shingles) > FEW_SHINGLES
    found = _compiled(group, boilerplate, way) if compiled else _plain(group, boilerplate, way)
    keepers = np.where(group.fixed, np.arange(len(found.keepers)), found.keepers)
    own = group.fixed | (keepers == np.arange(len(keepers)))
    return Joined(keepers, np.where(own, 1.0, found.similarities), own | found.reached)


def _plain(group: Group, boilerplate: Hashes, way: Way) -> Joined:
    alike = plain.Alike(Fraction(*exact_fraction(way.threshold)), frozenset(boilerplate.tolist()))
    listed = np.split(group.shingles, group.stops)[:-1]
    sets = [frozenset(each.tolist()) for each in listed]
    keepers: list[int] = []
    for end in group.ends.tolist():
        begin = len(keepers)
        part = sets[begin:end]
        fixed = group.fixed[begin:end].tolist()
        found = (
            plain.chained(part, alike)
            if way.chaining
            else plain.greedy(part, fixed, alike, way.own)
        )
        keepers += [begin + each for each in found]
    pairs = [(one, sets[keeper]) for one, keeper in zip(sets, keepers, strict=True)]
    return Joined(
        np.array(keepers, np.int64),
        np.array([float(plain.similarity(*pair)) for pair in pairs], np.float64),
        np.array([alike(*pair) for pair in pairs], np.bool_),
    )


def _compiled(group: Group, boilerplate: Hashes, way: Way) -> Joined:
    starts = group.stops - np.diff(group.stops, prepend=0)
    cores = group.stops.copy()
    if len(boilerplate):
        kernel().part(group.shingles, starts, group.stops, boilerplate, cores)
    lay = (group.shingles, starts, cores, group.stops)
    over, under = exact_fraction(way.threshold)
    keepers, shared = np.arange(len(starts), dtype=np.int64), np.zeros(len(starts), np.int64)
    sizes, how = group.stops - starts, (group.fixed, way.chaining, way.own, over, under)
    begins = group.ends - np.diff(group.ends, prepend=0)
    large = group.ends - begins > FEW
    kernel().few(*lay, begins[~large], group.ends[~large], *how, keepers, shared)
    for first, last in zip(begins[large].tolist(), group.ends[large].tolist(), strict=True):
        prefixes = _prefixes(*lay, first, last, way.threshold)
        kernel().many(*lay, first, *prefixes, *how, keepers, shared)
    # Without chaining a set has been compared with the one that stands for it.
    reached = np.ones(len(starts), np.bool_)
    if way.chaining:
        kernel().settle(*lay, over, under, keepers, shared, reached)
    return Joined(keepers, shared / (sizes + sizes[keepers] - shared), reached)


def _prefixes(
    shingles: Hashes,
    starts: Numbers,
    cores: Numbers,
    stops: Numbers,
    first: int,
    last: int,
    threshold: float,
) -> tuple[Numbers, Numbers, int]:
    """The rarest shingles of each set of a component, by their upper bits, and where those end.

    Of two sets of a Jaccard similarity t or more, the n - ceil(t n) + 1 shingles of each that come
    first in one order have one in common (Chaudhuri, Ganti and Kaushik 2006, "A primitive operator
    for similarity joins in data cleaning"; Bayardo, Ma and Srikant 2007, "Scaling up all pairs
    similarity search"). By rising frequency there are few sets that share one by chance. A set of
    boiler-plate alone is similar only to its like, and goes by that.
    """
    begins, ends = starts[first:last].copy(), cores[first:last].copy()
    bare = begins == ends
    ends[bare] = stops[first:last][bare]
    lengths = ends - begins
    over, under = exact_fraction(threshold)
    wanted = np.minimum(lengths - (-(-lengths * over // under)) + 1, lengths)
    bits = [_bits(int(each.sum()), most) for each, most in ((lengths, 22), (4 * wanted, 40))]
    tokens, token_ends = np.empty(wanted.sum(), np.int64), np.empty(last - first, np.int64)
    kernel().prefixes(shingles, begins, ends, wanted, *bits, tokens, token_ends)
    return tokens, token_ends, 1 << bits[1]


def _bits(number: int, most: int) -> int:
    """The bits that tell so many apart, mostly."""
    return min(max(1, number.bit_length()), most)
