"""The sequences of the instances of evaluation suites, and where in which instance each stands."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.contamination.passages import passages_of
from curate.contamination.rule import Rule
from curate.contamination.units import Units, compared, kernel, units_of
from curate.hashing import digest

FILTER_BITS: Final = 16
"""Bits of the filter for each sequence: of those that are not there, one in a hundred passes."""

Numbers = npt.NDArray[np.int64]
Sizes = npt.NDArray[np.int32]


class Instances(NamedTuple):
    """The test instances of all suites, by suite and id, and what of them is compared."""

    ids: pa.FixedSizeBinaryArray
    suites: Sizes
    """The number of the suite of each."""
    totals: Sizes
    """What shares are of: units, or sequences. 0 where an instance has nothing that is compared."""
    short: npt.NDArray[np.bool_]
    """Whether it has something, of fewer than n units, that is not compared."""


class Sequences(NamedTuple):
    """The distinct sequences, by ascending hash, and all their places."""

    hashes: npt.NDArray[np.uint64]
    widths: Sizes
    """Their units: n, or fewer where a passage has no more."""
    spreads: Sizes
    """How many places of an instance one covers: its units, or 1 where sequences are counted."""
    posting_ends: Numbers
    postings: Numbers
    """The places where each stands; those of sequence `i` end at `posting_ends[i]`."""
    owners: Sizes
    """The instance of each place of all instances."""

    def is_of(self, sequence: int, instance: int) -> bool:
        """Whether an instance has a sequence."""
        begin = self.posting_ends[sequence - 1] if sequence else 0
        places = self.postings[begin : self.posting_ends[sequence]]
        return bool((self.owners[places] == instance).any())


class Index(NamedTuple):
    """What texts are looked up in."""

    rule: Rule
    instances: Instances
    sequences: Sequences
    widths: Numbers
    """The widths that occur."""
    shift: np.uint64
    bits: npt.NDArray[np.uint64]
    slots: Sizes
    """Filter and table of the hashes (`kernel.fill`)."""


def build_index(
    suites: Sequence[Iterable[pa.RecordBatch]],
    fields: Sequence[str],
    rule: Rule,
    seed: int,
    whole: bool,
) -> Index:
    """Index the fields of all instances, which are records (schema `WORKING`), suite by suite.

    A passage of fewer than n units is one sequence (`whole`), or is left out. `seed` draws where
    the rule draws (`samples`).
    """
    read = _read(suites, fields)
    units = units_of(compared(read.texts), rule.unit)
    firsts, widths = _windows(units.ends, rule.n, whole)
    owners = np.repeat(read.owners, np.diff(units.ends, prepend=0)).astype(np.int32)
    totals = _totals(units.ends, read, rule, whole)
    short = (totals == 0) & np.isin(np.arange(len(totals)), owners)
    if rule.samples:
        chosen = _drawn(owners[firsts], read.ids, rule.samples, seed)
        firsts, widths = firsts[chosen], widths[chosen]
    sequences = _sequences(units, firsts, widths, owners, rule)
    return _with_table(rule, Instances(read.ids, read.suites, totals, short), sequences)


class _Read(NamedTuple):
    """Instances by suite and id, and their passages."""

    ids: pa.FixedSizeBinaryArray
    suites: Sizes
    texts: pa.StringArray
    owners: Numbers
    """The instance of each text."""


def _read(suites: Sequence[Iterable[pa.RecordBatch]], fields: Sequence[str]) -> _Read:
    ids, numbers = [pa.array([], pa.binary(16))], [np.empty(0, np.int32)]
    texts, owners, before = [pa.array([], pa.string())], [np.empty(0, np.int64)], 0
    for number, suite in enumerate(suites):
        for batch in suite:
            passages = passages_of(batch, fields)
            texts.append(passages.texts)
            owners.append(passages.rows + before)
            ids.append(batch.column("id"))
            numbers.append(np.full(len(batch), number, np.int32))
            before += len(batch)
    named, suite_of = pa.concat_arrays(ids), np.concatenate(numbers)
    names = np.frombuffer(b"".join(named.to_pylist()), ">u8").reshape(before, 2)
    order = np.lexsort((names[:, 1], names[:, 0], suite_of))
    places = np.empty(before, np.int64)
    places[order] = np.arange(before)
    owner = places[np.concatenate(owners)]
    return _Read(named.take(pa.array(order)), suite_of[order], pa.concat_arrays(texts), owner)


def _windows(ends: Numbers, n: int, whole: bool) -> tuple[Numbers, Numbers]:
    """First unit and width of every sequence of passages that end at `ends`."""
    lengths = np.diff(ends, prepend=0)
    counts = np.where(lengths >= n, lengths - n + 1, (lengths > 0) & whole)
    starts = np.repeat(ends - lengths, counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return starts + within, np.repeat(np.minimum(lengths, n), counts)


def _totals(ends: Numbers, read: _Read, rule: Rule, whole: bool) -> Sizes:
    """What the shares of each instance are of."""
    lengths = np.diff(ends, prepend=0)
    long = lengths >= rule.n
    if rule.of == "sequences":
        counts = np.where(long, lengths - rule.n + 1, (lengths > 0) & whole)
    else:
        counts = np.where(long | whole, lengths, 0)
    totals = np.bincount(read.owners, weights=counts, minlength=len(read.ids))
    return totals.astype(np.int32)


def _drawn(owners: Sizes, ids: pa.Array, samples: int, seed: int) -> Numbers:
    """Some sequences of each instance, of those that are listed by owner; ascending."""
    order = np.argsort(owners, kind="stable")
    present, starts, counts = np.unique(owners[order], return_index=True, return_counts=True)
    names = ids.take(pa.array(present)).to_pylist()
    chosen: set[int] = set()
    for name, start, count in zip(names, starts.tolist(), counts.tolist(), strict=True):
        for sample in range(samples):
            drawn = digest(b"curate.contamination.1", str(seed).encode(), name, bytes([sample]))
            chosen.add(int(order[start + int.from_bytes(drawn[:8], "little") % count]))
    return np.array(sorted(chosen), np.int64)


def _sequences(
    units: Units, firsts: Numbers, widths: Numbers, owners: Sizes, rule: Rule
) -> Sequences:
    """Gather the places of equal sequences."""
    hashes = np.empty(len(firsts), np.uint64)
    kernel().sequences(units.hashes, firsts, widths, hashes)
    order = np.argsort(hashes, kind="stable")
    distinct, starts = np.unique(hashes[order], return_index=True)
    broad = widths[order][starts].astype(np.int32)
    spreads = np.ones_like(broad) if rule.of == "sequences" else broad
    ends = np.append(starts[1:], len(order)).astype(np.int64)[: len(distinct)]
    return Sequences(distinct, broad, spreads, ends, firsts[order], owners)


def _with_table(rule: Rule, instances: Instances, sequences: Sequences) -> Index:
    count = len(sequences.hashes)
    power = max(10, (FILTER_BITS * count - 1).bit_length())
    bits = np.zeros(1 << (power - 6), np.uint64)
    slots = np.full(1 << max(4, (2 * count).bit_length()), -1, np.int32)
    shift = np.uint64(64 - (power - 6))
    kernel().fill(sequences.hashes, shift, bits, slots)
    widths = np.unique(sequences.widths).astype(np.int64)
    return Index(rule, instances, sequences, widths, shift, bits, slots)
