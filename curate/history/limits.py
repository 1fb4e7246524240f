"""The limits at which a record would pass a rule."""

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.history.used_rules import UsedRule, evaluated
from curate.rulepacks.expression import LIMIT_COLUMN, Expression, parse_over_limits

_GRID: Final = [sign * 10.0**power for sign in (-1, 1) for power in range(-9, 13)]
"""Limits that are tried beside those that the record's own values suggest."""

_CUTS: Final = 64
"""Into how many parts a stretch is cut at once when a boundary is looked for."""

_NOISE: Final = 8
"""A boundary with so many digits more than its neighbour is that neighbour, but for rounding."""

Numbers = npt.NDArray[np.float64]


class Interval(NamedTuple):
    """Limits that let a record pass; None where there is no end. Both ends may be left out."""

    low: float | None
    low_passes: bool
    high: float | None
    high_passes: bool

    def words(self) -> str:
        """As a condition.

        >>> Interval(4.0, True, None, False).words()
        'limit >= 4'
        """
        ends = []
        if self.low is not None:
            ends.append(f"limit {'>=' if self.low_passes else '>'} {plain(self.low)}")
        if self.high is not None:
            ends.append(f"limit {'<=' if self.high_passes else '<'} {plain(self.high)}")
        return " and ".join(ends) or "any limit"


def plain(number: float) -> str:
    """A number as one writes it in a recipe.

    >>> plain(4.0), plain(0.31)
    ('4', '0.31')
    """
    return str(int(number)) if float(number).is_integer() else repr(float(number))


def passing_limits(rule: UsedRule, facts: pa.Table) -> list[Interval]:
    """The limits nearest to a rule's own, below and above it, at which a record passes.

    `facts` is one row of the rule's signals, which fails the rule; its limit is a number. Limits
    are tried at the record's values and over 21 orders of magnitude; the boundary between one that
    fails and one that passes is then found exactly, to the next double.
    """
    assert rule.where is not None
    assert isinstance(rule.limit, int | float)
    search = _Search(rule, facts)
    tried = search.probes(float(rule.limit))
    passes = search.passes(tried)
    own = int(np.searchsorted(tried, float(rule.limit)))
    found = []
    above = np.flatnonzero(passes[own:])
    if len(above):
        found.append(search.interval(tried, passes, own + int(above[0]), upward=True))
    below = np.flatnonzero(passes[:own])
    if len(below):
        found.append(search.interval(tried, passes, int(below[-1]), upward=False))
    return found


class _Search:
    """One record under many limits."""

    def __init__(self, rule: UsedRule, facts: pa.Table) -> None:
        assert rule.where is not None
        self.rule, self.facts = rule, facts
        self.failing: Expression = parse_over_limits(rule.where, rule.known())

    def passes(self, limits: Numbers) -> npt.NDArray[np.bool_]:
        rows = self.facts.take(pa.array(np.zeros(len(limits), np.int64)))
        rows = rows.append_column(LIMIT_COLUMN, pa.array(limits))
        fails = evaluated(self.rule, [self.failing], rows).column(0)
        return np.array([one is not True for one in fails.to_pylist()], np.bool_)

    def probes(self, own: float) -> Numbers:
        """Limits to try: the grid, and the record's values with their neighbours."""
        reported = evaluated(self.rule, [self.rule.reported()], self.facts).column(0)
        values = [column[0].as_py() for column in (reported, *self.facts.columns)]
        known = [own, *(float(one) for one in values if _is_number(one))]
        near = [one + step for one in known for step in (-1, 0, 1)]
        edges = [float(np.nextafter(one, to)) for one in near for to in (-np.inf, np.inf)]
        return np.unique(np.array([0.0, *_GRID, *near, *edges]))

    def interval(
        self, tried: Numbers, passes: npt.NDArray[np.bool_], at: int, upward: bool
    ) -> Interval:
        """The stretch of passing limits around a place, its ends found exactly."""
        first = last = at
        if upward:
            while last + 1 < len(tried) and passes[last + 1]:
                last += 1
        else:
            while first > 0 and passes[first - 1]:
                first -= 1
        low, low_passes = self._end(tried, first, -1)
        high, high_passes = self._end(tried, last, 1)
        return Interval(low, low_passes, high, high_passes)

    def _end(self, tried: Numbers, at: int, step: int) -> tuple[float | None, bool]:
        """Where passing ends beyond a place: the last limit that passes, or the first that fails.

        Of the two, which are next to each other, the one that is shorter to write.
        """
        if not 0 <= at + step < len(tried):
            return None, False
        good, bad = float(tried[at]), float(tried[at + step])
        while np.nextafter(good, bad) != bad:
            cuts = np.clip(np.linspace(good, bad, _CUTS), min(good, bad), max(good, bad))
            between = np.unique([*cuts, np.nextafter(good, bad)])
            ordered = between if good < bad else between[::-1]
            passes = self.passes(ordered)
            passes[0], passes[-1] = True, False
            first_bad = int(np.argmin(passes))
            good, bad = float(ordered[first_bad - 1]), float(ordered[first_bad])
        short = float(f"{good:.12g}")
        if len(plain(good)) - len(plain(short)) > _NOISE and self.passes(np.array([short]))[0]:
            return short, True
        return (good, True) if len(plain(good)) <= len(plain(bad)) else (bad, False)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and np.isfinite(value)
