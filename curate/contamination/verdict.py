"""What is found in records that have sequences of test instances, under a rule."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.contamination.index import Index, Numbers, Sizes
from curate.contamination.shares import NEAR, Pairs, Sequenced, shares, what_counts

Kind = Literal["question", "answer"]

MOST_LISTED: Final = 10_000
"""Hits, and near misses, that are listed one by one; the rest is counted."""

MOST_SPANS: Final = 100
"""Spans of a hit that are listed."""

DIGITS: Final = 4
"""Decimal places of a share that is told."""


class Compared(NamedTuple):
    """Records and the questions, or the answers, of the suites."""

    kind: Kind
    indexed: Index
    hits: pa.ListArray
    """Of each record (`matching.HITS`)."""
    exempt: bool
    """Whether stock phrases do not count (`shares.what_counts`)."""


class Span(NamedTuple):
    """Where a record has text of an instance: code points of the text at a path."""

    field: str
    start: int
    end: int


class Hit(NamedTuple):
    """A record, and an instance of a suite that it shares text with."""

    id: bytes
    kind: Kind
    suite: int
    instance: bytes
    share: float
    """The part of the instance that the record has."""
    spans: tuple[Span, ...]
    """The first `MOST_SPANS`."""


class Exempted(NamedTuple):
    """What did not count since it is a stock phrase."""

    kind: Kind
    sequences: int
    records: int
    """How many more records would be contaminated if it counted."""


class Verdict(NamedTuple):
    """What was found; lists are in the order of the records' ids."""

    worst: tuple[Hit, ...]
    """Of each contaminated record the instance that it has most of, without spans."""
    hits: tuple[Hit, ...]
    """The first `MOST_LISTED`."""
    number_of_hits: int
    near: tuple[Hit, ...]
    """Of records that have half of the limit or more, and are below it: the nearest instance."""
    number_near: int
    reached: tuple[int, ...]
    """How many instances of each suite a record has the question or the answer of."""
    exempted: tuple[Exempted, ...]


def verdict(ids: pa.Array, sides: Sequence[Compared], suites: int) -> Verdict:
    """Judge records (distinct, in ascending order of `ids`) by what each has of the instances."""
    judged = [_judged(side) for side in sides]
    every = _Every.of(judged)
    nearest = every.nearest()
    is_hit = every.is_hit[nearest]
    hits = np.flatnonzero(every.is_hit)
    hits = hits[np.lexsort((every.instances[hits], every.sides[hits], every.records[hits]))]
    telling = _Telling(ids, sides, judged, every)
    return Verdict(
        tuple(telling.hit(at) for at in nearest[is_hit]),
        tuple(telling.spanned(at) for at in hits[:MOST_LISTED]),
        len(hits),
        tuple(telling.spanned(at) for at in nearest[~is_hit][:MOST_LISTED]),
        int((~is_hit).sum()),
        _reached(sides[0].indexed, every, suites),
        tuple(each.exempted for each in judged),
    )


class _Judged(NamedTuple):
    """The pairs of questions, or of answers, that are hits or near misses."""

    pairs: Pairs
    is_hit: npt.NDArray[np.bool_]
    found: Sequenced
    counts: npt.NDArray[np.bool_]
    """Which sequences of the records count."""
    exempted: Exempted


def _judged(side: Compared) -> _Judged:
    found, rule = Sequenced.of(side.hits), side.indexed.rule
    counts = what_counts(side.indexed, found, side.exempt)
    pairs = _together(shares(side.indexed, found, counts, rule.share * NEAR))
    is_hit = rule.hits(pairs.shares)
    stock = spared = 0
    if not counts.all():
        stock = len(np.unique(found.sequences[~counts]))
        whole = _together(shares(side.indexed, found, np.ones_like(counts), rule.share))
        above = np.unique(whole.records[rule.hits(whole.shares)])
        spared = len(above) - len(np.unique(pairs.records[is_hit]))
    return _Judged(pairs, is_hit, found, counts, Exempted(side.kind, stock, spared))


def _together(parts: Iterator[Pairs]) -> Pairs:
    none = Pairs(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float64))
    return Pairs(*map(np.concatenate, zip(none, *parts, strict=True)))


class _Every(NamedTuple):
    """The pairs of all sides, one after the other."""

    records: Sizes
    instances: Sizes
    shares: npt.NDArray[np.float64]
    is_hit: npt.NDArray[np.bool_]
    sides: Numbers
    """The number of the side of each."""

    @classmethod
    def of(cls, judged: Sequence[_Judged]) -> "_Every":
        sides = np.repeat(np.arange(len(judged)), [len(each.is_hit) for each in judged])
        pairs = Pairs(*map(np.concatenate, zip(*(each.pairs for each in judged), strict=True)))
        return cls(*pairs, np.concatenate([each.is_hit for each in judged]), sides)

    def nearest(self) -> Numbers:
        """Of each record the pair of the greatest share; of equal ones questions come first."""
        order = np.lexsort((self.instances, self.sides, -self.shares, self.records))
        _, first = np.unique(self.records[order], return_index=True)
        return np.asarray(order[first], np.int64)


def _reached(index: Index, every: _Every, suites: int) -> tuple[int, ...]:
    instances = np.unique(every.instances[every.is_hit])
    return tuple(np.bincount(index.instances.suites[instances], minlength=suites).tolist())


class _Telling:
    """Tells pairs as hits."""

    def __init__(
        self,
        ids: pa.Array,
        sides: Sequence[Compared],
        judged: Sequence[_Judged],
        every: _Every,
    ) -> None:
        self._ids, self._sides, self._judged, self._every = ids, sides, judged, every
        self._flat = [side.hits.flatten() for side in sides]

    def hit(self, at: np.int64) -> Hit:
        side = self._sides[int(self._every.sides[at])]
        instance = int(self._every.instances[at])
        return Hit(
            self._ids[int(self._every.records[at])].as_py(),
            side.kind,
            int(side.indexed.instances.suites[instance]),
            side.indexed.instances.ids[instance].as_py(),
            round(float(self._every.shares[at]), DIGITS),
            (),
        )

    def spanned(self, at: np.int64) -> Hit:
        """With where the record has sequences of the instance: what overlaps is one span."""
        number, instance = int(self._every.sides[at]), int(self._every.instances[at])
        record, judged = int(self._every.records[at]), self._judged[number]
        begin = int(judged.found.ends[record - 1]) if record else 0
        end = int(judged.found.ends[record])
        index = self._sides[number].indexed
        places = sorted(
            Span(hit["field"], hit["start"], hit["end"])
            for hit, counts in zip(
                self._flat[number].slice(begin, end - begin).to_pylist(),
                judged.counts[begin:end],
                strict=True,
            )
            if counts and index.sequences.is_of(hit["sequence"], instance)
        )
        return self.hit(at)._replace(spans=_merged(places)[:MOST_SPANS])


def _merged(spans: Sequence[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for span in spans:
        last = merged[-1] if merged else None
        if last and last.field == span.field and span.start <= last.end:
            merged[-1] = last._replace(end=max(last.end, span.end))
        else:
            merged.append(span)
    return tuple(merged)
