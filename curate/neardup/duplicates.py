"""Near-duplicates among many records: candidates, verified group by group."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from mmap import mmap
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.neardup.boilerplate import Chunks, boilerplate
from curate.neardup.candidates import Candidates, Numbers, may_come_again
from curate.neardup.compiling import is_loaded, kernel
from curate.neardup.joining import Group, Joined, Way, joined
from curate.neardup.shingling import Hashes, ShingleSets

BUDGET_BYTES: Final = 512 << 20
"""Memory for sets of shingles. Those of a single component that are more lie in a file."""

SAMPLE_SHINGLES: Final = 1 << 22
"""Shingles among which boiler-plate is looked for: those of the first sets by their hashes, which
have nothing to do with what they are of. 50,000 sets of 80 tell a share of 5 % to 0.1 %."""

SETS_AT_ONCE: Final = 2_000
"""Of so many sets the shingles fit in a processor's cache."""

Fetch = Callable[[Hashes], Iterable[ShingleSets]]
"""Given hashes of sets, finds the sets, in any order; others among them do not matter."""


class Records(NamedTuple):
    """Records that may be duplicates, one a row: all whose sets come `in_question`."""

    sets: Hashes
    """The hash of the set of shingles (`shingling.Signatures`)."""
    sizes: npt.NDArray[np.int32]
    """How many shingles the set has: one at least."""
    ranks: Numbers
    """Which of two records is kept: the one with the lower rank. None comes twice."""
    fixed: npt.NDArray[np.bool_]
    """Records that are kept whatever happens, and whose ranks are below those of the others."""


class Duplicates(NamedTuple):
    """The records that are dropped, ascending by row."""

    rows: Numbers
    keepers: Numbers
    """The row of the record that stands for each."""
    similarities: npt.NDArray[np.float64]
    """The exact Jaccard similarity of the two."""
    reached: npt.NDArray[np.bool_]
    """Whether it reaches the threshold; not so where it takes others to connect them."""


def in_question(sets: Hashes, sizes: npt.NDArray[np.int32], candidates: Candidates) -> Numbers:
    """The rows whose set another row has too, or is a candidate; of these sets all rows."""
    rows = np.flatnonzero(sizes)
    rows = rows[may_come_again(np.concatenate([sets[rows], candidates.sets]), len(rows))]
    rows = rows[np.argsort(sets[rows])]
    hashes = sets[rows]
    first = np.flatnonzero(_begins(hashes))
    counts = np.diff(first, append=len(rows))
    known = candidates.sets
    at = np.searchsorted(hashes[first], known)
    at = at[at < len(first)]
    wanted = counts > 1
    wanted[at[np.isin(hashes[first][at], known, assume_unique=False)]] = True
    return np.sort(rows[np.repeat(wanted, counts)])


def duplicates(
    records: Records, candidates: Candidates, fetch: Fetch, way: Way, share: float
) -> Duplicates:
    """Decide on records.

    Records of equal sets are duplicates; of candidates those that `way` says. Shingles that more
    than a `share` of the candidates have are boiler-plate; 0 knows none. Nothing depends on the
    order of the rows.
    """
    order = np.lexsort((records.ranks, records.sets))
    hashes = records.sets[order]
    begins = _begins(hashes)
    # Of each set, the record to be kept first.
    best, place = order[begins], np.cumsum(begins) - 1
    standing = np.arange(len(best), dtype=np.int64)
    similarities, reached = np.ones(len(best)), np.ones(len(best), np.bool_)
    inside = np.searchsorted(hashes[begins], candidates.sets)
    for places, found in _verified(records, best[inside], candidates, fetch, way, share):
        at = inside[places]
        standing[at] = at[found.keepers]
        similarities[at], reached[at] = found.similarities, found.reached
    keepers = best[standing[place]]
    dropped = np.flatnonzero((keepers != order) & ~records.fixed[order])
    dropped = dropped[np.argsort(order[dropped])]
    each = place[dropped]
    return Duplicates(order[dropped], keepers[dropped], similarities[each], reached[each])


def _begins(ordered: Hashes) -> npt.NDArray[np.bool_]:
    """Where a number is not that before it."""
    found = np.ones(len(ordered), np.bool_)
    found[1:] = ordered[1:] != ordered[:-1]
    return found


def _verified(
    records: Records,
    best: Numbers,
    candidates: Candidates,
    fetch: Fetch,
    way: Way,
    share: float,
) -> Iterator[tuple[Numbers, Joined]]:
    """The candidates' places and what became of them, some components at a time."""
    if not len(best):
        return
    sizes = records.sizes[best].astype(np.int64)
    order = np.lexsort((records.ranks[best], candidates.components))
    is_sample = np.cumsum(sizes) <= SAMPLE_SHINGLES
    some = np.flatnonzero(is_sample)
    common = np.zeros(0, np.uint64)
    groups = _groups(sizes[order], candidates.components[order])
    if share and len(groups) > 1:
        sample, stops = _fetched(fetch, candidates.sets, sizes, some)
        common = boilerplate(_chunks(sample, stops, np.ones(len(some), np.bool_)), len(some), share)
    for begin, end in groups:
        places = order[begin:end]
        shingles, stops = _fetched(fetch, candidates.sets, sizes, places)
        if share and len(groups) == 1:
            common = boilerplate(_chunks(shingles, stops, is_sample[places]), len(some), share)
        labels = candidates.components[places]
        ends = np.flatnonzero(np.concatenate([labels[1:] != labels[:-1], [True]])) + 1
        fixed = records.fixed[best[places]]
        yield places, joined(Group(shingles, stops, ends.astype(np.int64), fixed), common, way)


def _groups(sizes: Numbers, components: Numbers) -> list[tuple[int, int]]:
    """Cut sets into runs of whole components that keep to the budget, but for single ones."""
    ends = np.flatnonzero(np.concatenate([components[1:] != components[:-1], [True]])) + 1
    sums = np.cumsum(sizes)[ends - 1] * 8
    found, begin, spent = [], 0, 0
    for place, end in enumerate(ends.tolist()):
        is_last = place + 1 == len(ends)
        if is_last or sums[place + 1] - spent > BUDGET_BYTES:
            found.append((begin, end))
            begin, spent = end, int(sums[place])
    return found


def _fetched(fetch: Fetch, sets: Hashes, sizes: Numbers, places: Numbers) -> tuple[Hashes, Numbers]:
    """The sets at some places one after the other, and where each ends."""
    lengths = sizes[places]
    stops = np.cumsum(lengths)
    shingles = _room(int(stops[-1]) if len(stops) else 0)
    wanted = sets[places]
    order = np.argsort(wanted)
    ascending = wanted[order]
    missing = np.ones(len(places), np.bool_)
    for found in fetch(ascending):
        at = np.minimum(np.searchsorted(ascending, found.sets), len(ascending) - 1)
        rows = np.flatnonzero(ascending[at] == found.sets)
        chosen = order[at[rows]]
        ends = found.ends[rows]
        begins = ends - lengths[chosen]
        _put(found.shingles, begins, ends, stops[chosen] - lengths[chosen], shingles)
        missing[chosen] = False
    if missing.any():
        raise RuntimeError(f"{int(missing.sum())} sets of shingles were not found")
    return shingles, stops


def _put(shingles: Hashes, begins: Numbers, ends: Numbers, places: Numbers, found: Hashes) -> None:
    """Copy runs of shingles to their places in `found`."""
    if is_loaded():
        kernel().put(shingles, begins, ends, places, found)
        return
    for begin, end, place in zip(begins.tolist(), ends.tolist(), places.tolist(), strict=True):
        found[place : place + end - begin] = shingles[begin:end]


def _chunks(shingles: Hashes, stops: Numbers, chosen: npt.NDArray[np.bool_]) -> Chunks:
    """The shingles of the sets that are chosen, those of `SETS_AT_ONCE` at a time."""

    def chunks() -> Iterator[Hashes]:
        begin = 0
        for first in range(0, len(stops), SETS_AT_ONCE):
            some = stops[first : first + SETS_AT_ONCE]
            wanted = np.repeat(chosen[first : first + SETS_AT_ONCE], np.diff(some, prepend=begin))
            yield shingles[begin : some[-1]][wanted]
            begin = int(some[-1])

    return chunks


def _room(number: int) -> Hashes:
    """Room for numbers: in memory, or in a file that vanishes with it."""
    if number * 8 <= BUDGET_BYTES:
        return np.empty(number, np.uint64)
    with tempfile.TemporaryFile() as file:
        file.truncate(number * 8)
        return np.frombuffer(mmap(file.fileno(), number * 8), np.uint64)
