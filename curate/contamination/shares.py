"""How much of each test instance the sequences of a record cover."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.contamination.index import Index, Numbers, Sizes
from curate.contamination.rule import MOST_RECORDS
from curate.contamination.units import kernel

CHUNK: Final = 1_024
"""Records whose pairs are made at once; stock phrases may give each of them thousands."""

NEAR: Final = 0.5
"""The part of the limit from which on a record is a near miss."""


class Sequenced(NamedTuple):
    """The sequences of records, one record after the other."""

    ends: Numbers
    """Where those of each record end."""
    sequences: Sizes
    whole: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, hits: pa.ListArray) -> "Sequenced":
        """Take them from hits (`matching.HITS`)."""
        lengths = hits.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
        flat = hits.flatten()
        sequences = flat.field("sequence").to_numpy(zero_copy_only=False)
        whole = flat.field("whole").to_numpy(zero_copy_only=False)
        return cls(np.cumsum(lengths, dtype=np.int64), sequences, np.asarray(whole, np.bool_))


class Pairs(NamedTuple):
    """Records and the instances they share sequences with, by record and then instance."""

    records: Sizes
    """The place of the record among those that were given."""
    instances: Sizes
    shares: npt.NDArray[np.float64]
    """What part of the instance the record covers."""


def what_counts(index: Index, found: Sequenced, exempt: bool) -> npt.NDArray[np.bool_]:
    """Whether each sequence of a record counts.

    A stock phrase, which more than `MOST_RECORDS` of all records have, does not count where it is
    exempt. One of fewer than n units, that is a whole passage of an instance, always is, unless it
    is the whole text of the record as well.
    """
    owners = np.repeat(np.arange(len(found.ends)), np.diff(found.ends, prepend=0))
    size = max(1, len(index.sequences.hashes))
    distinct = np.unique(owners * size + found.sequences)
    times = np.bincount(distinct % size, minlength=size)
    stock = (times > MOST_RECORDS)[found.sequences]
    if not exempt:
        short = index.sequences.widths[found.sequences] < index.rule.n
        stock &= short & ~found.whole & (not index.rule.samples)
    return np.asarray(~stock, np.bool_)


def shares(
    index: Index, found: Sequenced, counts: npt.NDArray[np.bool_], least: float
) -> Iterator[Pairs]:
    """The pairs of which the record covers a share of `least` or more of the instance.

    They come some records at a time, in order, so that they need not all be held at once.
    """
    owners, totals = index.sequences.owners, index.instances.totals
    seen = np.zeros(len(owners), np.int64)
    covered, touched = np.zeros(len(totals), np.int32), np.zeros(len(totals), np.int32)
    base = 1
    for first in range(0, len(found.ends), CHUNK):
        begin = int(found.ends[first - 1]) if first else 0
        ends = found.ends[first : first + CHUNK] - begin
        part = slice(begin, begin + int(ends[-1]))
        room = 4 * CHUNK
        while True:
            records, instances, places = (np.empty(room, np.int32) for _ in range(3))
            count = kernel().cover(
                *(ends, found.sequences[part], counts[part]),
                *(index.sequences.posting_ends, index.sequences.postings),
                *(index.sequences.spreads, owners, totals, least),
                *(base, seen, covered, touched, records, instances, places),
            )
            base += len(ends)
            if count <= room:
                break
            room = count
        records, instances, places = (each[:count] for each in (records, instances, places))
        order = np.lexsort((instances, records))
        instances = instances[order]
        yield Pairs(records[order] + np.int32(first), instances, places[order] / totals[instances])
