"""What stands in which record of the scale corpus: kinds of fault, twins, changes of version 2."""

from collections import Counter
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from corpus_text import LANGUAGES, SHARES, TOPICS, drawn, salted

Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Share(NamedTuple):
    """A kind of record, how many of 10,000 are of it, and what it is."""

    name: str
    share: int
    what: str


PLANTED: Final = (
    Share("exact-duplicate", 200, "the content of an earlier plain record, under another key"),
    Share("near-duplicate", 300, "the same with two words of one sentence changed"),
    Share("mail", 150, "an address in the first question"),
    Share("phone", 100, "a telephone number in the first question"),
    Share("card", 50, "a card number with a valid check digit in the first question"),
    Share("ip", 100, "an IPv4 address in the first question"),
    Share("mojibake", 100, "the last answer begins with UTF-8 that was read as Windows-1252"),
    Share("empty-answer", 50, "the last answer is empty"),
    Share("refusal", 100, "the last answer is a refusal"),
)
"""Kinds that exclude each other; what is left is plain."""

PERSONAL: Final = ("mail", "phone", "card", "ip")
BROKEN: Final = Share("broken-line", 10, "a line after the record that cannot be read")
EDITED: Final = Share("edited", 500, "two words of one sentence changed in version 2")
REMOVED: Final = Share("removed", 100, "not in version 2")
ADDED: Final = Share("added", 100, "only in version 2")

SOURCES: Final = ("helpdesk", "forum", "handbook", "partner")
SOURCE_SHARES: Final = (40, 30, 20, 10)
FIRST_PLAIN: Final = 16
"""The first records are plain, so that every twin finds one before it."""


class Plan(NamedTuple):
    """Some records, one a row, by number."""

    numbers: Places
    base: Places
    """The record whose content each one has: its own, or that of its twin."""
    kind: Places
    """The place in `PLANTED`, -1 for plain; that of a twin is its own, its content is plain."""
    edited: Flags
    broken: Flags
    """Whether a line that cannot be read stands after it."""
    source: Places
    language: Places
    topic: Places
    quality: Places
    pairs: Places
    """Questions with answers."""
    system: Flags
    seed: int

    def is_kind(self, name: str) -> Flags:
        """Which records are of a kind."""
        return np.asarray(self.kind == _place(name), np.bool_)

    def draw(self, what: str, below: int) -> Places:
        """A draw for the content of each record."""
        return drawn(self.base, below, salted(self.seed, what))

    def counts(self) -> Counter[str]:
        """How many records are of each kind."""
        found = Counter({share.name: int(self.is_kind(share.name).sum()) for share in PLANTED})
        found.update(records=len(self.numbers), edited=int(self.edited.sum()))
        found["broken-line"] = int(self.broken.sum())
        return found


def planned(start: int, end: int, records: int, version: int, seed: int) -> Plan:
    """The records from `start` to `end` - 1 of a version of a corpus of that many records.

    Version 2 has further records behind: `records` to `last_of(records, 2)` - 1.
    """
    numbers = np.arange(start, end, dtype=np.int64)
    kind = _kinds(numbers, seed)
    edited = np.zeros(len(numbers), np.bool_)
    if version == 2:
        change = drawn(numbers, 10_000, salted(seed, "change"))
        gone = (change < REMOVED.share) & (numbers < records)
        numbers, kind, change = numbers[~gone], kind[~gone], change[~gone]
        edited = (change >= REMOVED.share) & (change < REMOVED.share + EDITED.share)
        edited &= numbers < records
    is_twin = (kind == _place("exact-duplicate")) | (kind == _place("near-duplicate"))
    base = np.where(is_twin, _plain_before(numbers, seed), numbers)
    language = _weighted(base, SHARES, salted(seed, "language"))
    return Plan(
        numbers=numbers,
        base=base,
        kind=kind,
        edited=edited,
        broken=drawn(numbers, 10_000, salted(seed, "broken")) < BROKEN.share,
        source=_weighted(numbers, SOURCE_SHARES, salted(seed, "source")),
        language=language,
        topic=drawn(base, len(TOPICS), salted(seed, "topic")),
        quality=1 + _weighted(base, (5, 10, 25, 40, 20), salted(seed, "quality")),
        pairs=1 + _weighted(base, (60, 28, 12), salted(seed, "pairs")),
        system=drawn(base, 4, salted(seed, "system")) == 0,
        seed=seed,
    )


def last_of(records: int, version: int) -> int:
    """One more than the last number of a version."""
    return records + (records * ADDED.share // 10_000 if version == 2 else 0)


def labels_of(plan: Plan) -> Places:
    """The place of each record's labels in `LABELS`."""
    return (plan.language * 5 + plan.quality - 1) * len(TOPICS) + plan.topic


LABELS: Final = tuple(
    (language, quality, topic)
    for language in LANGUAGES
    for quality in range(1, 6)
    for topic in TOPICS
)


def _place(name: str) -> int:
    return [share.name for share in PLANTED].index(name)


def _kinds(numbers: Places, seed: int) -> Places:
    limits = np.cumsum([share.share for share in PLANTED])
    draws = drawn(numbers, 10_000, salted(seed, "kind"))
    kind = np.searchsorted(limits, draws, side="right")
    return np.where((kind < len(PLANTED)) & (numbers >= FIRST_PLAIN), kind, -1)


def _plain_before(numbers: Places, seed: int) -> Places:
    """For each record a plain one before it."""
    found = drawn(numbers, 1 << 40, salted(seed, "twin")) % np.maximum(numbers, 1)
    while (wrong := _kinds(found, seed) >= 0).any():
        found = np.where(wrong, found - 1, found)
    return found


def _weighted(numbers: Places, shares: tuple[int, ...], salt: int) -> Places:
    limits = np.cumsum(shares)
    return np.searchsorted(limits, drawn(numbers, int(limits[-1]), salt), side="right")
