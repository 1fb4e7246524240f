"""What a pack finds, counted; and two sides of the same records compared."""

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import pyarrow as pa

from curate.rulepacks import Judge

Z = 1.959963984540054
"""Of the normal distribution 95 % lie within so many standard deviations of the mean."""


class Found(NamedTuple):
    """What a pack found: the records that it judged, and the rules that each failed."""

    ids: list[bytes]
    failed: dict[int, frozenset[str]]
    """By the record's place; records that pass are not in it."""

    def hits(self) -> Counter[str]:
        """How many records each rule flagged."""
        return Counter(rule for rules in self.failed.values() for rule in rules)

    def alone(self) -> Counter[str]:
        """How many records each rule flagged that no other rule did."""
        alone = (rules for rules in self.failed.values() if len(rules) == 1)
        return Counter(rule for rules in alone for rule in rules)


def find(judge: Judge, batches: Iterable[pa.RecordBatch]) -> Found:
    """Judge batch by batch."""
    ids: list[bytes] = []
    failed: dict[int, set[str]] = {}
    for batch in batches:
        table = judge.judge(batch)
        for row, rule in zip(table["row"].to_pylist(), table["rule"].to_pylist(), strict=True):
            failed.setdefault(len(ids) + row, set()).add(rule)
        ids += batch.column("id").to_pylist()
    return Found(ids, {row: frozenset(rules) for row, rules in failed.items()})


class Share(NamedTuple):
    """A share with its 95 % interval (Wilson 1927)."""

    hits: int
    records: int

    @property
    def value(self) -> float:
        return self.hits / self.records if self.records else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The interval of Wilson's score.

        >>> [round(bound, 3) for bound in Share(5, 100).interval]
        [0.022, 0.112]
        """
        if not self.records:
            return 0.0, 1.0
        spread = Z * Z / self.records
        middle = self.value + spread / 2
        width = Z * math.sqrt(
            self.value * (1 - self.value) / self.records + spread / self.records / 4
        )
        low, high = ((middle + sign * width) / (1 + spread) for sign in (-1, 1))
        return max(0.0, low), min(1.0, high)


class Compared(NamedTuple):
    """Records flagged on one side, and on the other, of the same pairs."""

    raw: Share
    revised: Share
    only_raw: int
    only_revised: int

    @property
    def p(self) -> float:
        """McNemar's exact test, two-sided: how likely so uneven a split is by chance alone."""
        return mcnemar(self.only_raw, self.only_revised)

    def as_json(self) -> dict[str, Any]:
        """Everything that is printed."""
        sides = {
            side: {**share._asdict(), "share": share.value, "interval": share.interval}
            for side, share in (("raw", self.raw), ("revised", self.revised))
        }
        return {**sides, "only_raw": self.only_raw, "only_revised": self.only_revised, "p": self.p}


def mcnemar(one: int, other: int) -> float:
    """The probability of a split at least as uneven of one + other pairs, each way equally likely.

    >>> mcnemar(5, 0), mcnemar(3, 3)
    (0.0625, 1.0)
    """
    pairs = one + other
    tail = sum(math.comb(pairs, fewer) for fewer in range(min(one, other) + 1))
    return min(1.0, 2 * tail / float(2**pairs))


def halves(found: Found) -> dict[str, list[int]]:
    """The places of the records on which limits are chosen, of those held out, and of all.

    A record's id, which is a hash of all that was read of it, tells its half.
    """
    places = range(len(found.ids))
    calibration = [place for place in places if found.ids[place][0] < 128]
    held_out = [place for place in places if found.ids[place][0] >= 128]
    return {"calibration": calibration, "held out": held_out, "all": list(places)}


def compare(raw: Found, revised: Found, places: list[int], rule: str | None = None) -> Compared:
    """Hold two sides of the same records together, at some places, for one rule or any."""

    def flagged(found: Found) -> set[int]:
        rules = {place: found.failed.get(place, frozenset()) for place in places}
        return {place for place, failed in rules.items() if (rule in failed if rule else failed)}

    one, other = flagged(raw), flagged(revised)
    shares = Share(len(one), len(places)), Share(len(other), len(places))
    return Compared(*shares, len(one - other), len(other - one))
