"""How a rule's values are spread: bars of which an edge is the limit, and percentiles."""

from typing import Final, NamedTuple

import numpy as np

from curate.history.plots import TAIL
from curate.history.tune_direction import Direction
from curate.history.tune_facts import Facts
from curate.history.whatif_curve import Numbers, quantiles

BARS: Final = 24
"""Bars at most, but for one that the limit may split off."""

SPREAD: Final = 12.0
"""Where the middle of the values is so much nearer to their lower end than the upper end is, bars
grow in equal ratios instead of equal steps, so that the many small values are told apart."""

PERCENTILES: Final = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)


class Bar(NamedTuple):
    """The records with a value from `low` up to, but not including, `high`."""

    low: float
    high: float
    passing: int
    failing: int


class Histogram(NamedTuple):
    """All records with a value; the first and last bar hold what lies beyond them."""

    bars: tuple[Bar, ...]
    scale: str
    """`steps`, or `ratios`: how the bars grow."""
    percentiles: tuple[tuple[float, float], ...]
    """Shares of the records, and the value up to which they reach."""
    boundary: float | None
    """The edge at the limit: values below it are on one side, others on the other. None where the
    limit does not stand among the values; an edge, unless it lies beyond all bars."""
    lacking: int
    """Records that came to the step and have no value: the rule does not judge them."""


def histogram(facts: Facts, towards: Direction) -> Histogram:
    """Count the records that pass and fail, bar by bar."""
    known = facts.known
    values, records = facts.values[known], facts.groups.records[known]
    fails = facts.fails[known]
    boundary = None if towards.fails is None else _boundary(facts, towards)
    edges, scale = _edges(facts, boundary)
    bins = np.clip(np.searchsorted(edges, values, "right") - 1, 0, len(edges) - 2)
    number = len(edges) - 1
    failing, passing = (
        np.bincount(bins[side], records[side], number).astype(int).tolist()
        for side in (fails, ~fails)
    )
    ends = edges.tolist()
    reached = quantiles(facts.values, facts.groups.records, PERCENTILES)
    return Histogram(
        tuple(Bar(*row) for row in zip(ends[:-1], ends[1:], passing, failing, strict=True)),
        scale,
        tuple(zip(PERCENTILES, reached, strict=True)),
        boundary,
        facts.came - int(records.sum()),
    )


def _edges(facts: Facts, limit: float | None) -> tuple[Numbers, str]:
    """Edges of the bars: none for the rarest values at either end, one at the limit."""
    ends = (TAIL, 0.5, 1 - TAIL)
    low, middle, high = quantiles(facts.values, facts.groups.records, ends)
    if limit is not None:  # what lies around the limit is drawn, however few records that are
        least, most = quantiles(facts.values, facts.groups.records, (0.0, 1.0))
        low = max(least, min(low, limit - (high - low) / BARS))
        high = min(most, max(high, limit + (high - low) / BARS))
    # Of shares of which most are 0, ratios would tell apart what no record has.
    apart = facts.whole or middle > low
    wide = low >= 0 and apart and (high - low) > SPREAD * (middle - low)
    edges = _ratios(low, high, facts.whole) if wide else _steps(low, high, facts.whole)
    if limit is not None and edges[0] < limit < edges[-1]:
        inner = edges[1:-1]
        others = np.delete(inner, np.argmin(np.abs(inner - limit))) if len(inner) else inner
        edges = np.unique([edges[0], *others, limit, edges[-1]])
    return edges, "ratios" if wide else "steps"


def _boundary(facts: Facts, towards: Direction) -> float:
    """The first value on the other side of the limit: the limit itself, or the next one."""
    # The value that is the limit is of the lower side where it fails as smaller ones do, or passes
    # as they do.
    is_low = towards.equal_fails == (towards.fails == "smaller")
    if facts.whole:
        return float(np.floor(facts.limit)) + 1 if is_low else float(np.ceil(facts.limit))
    return float(np.nextafter(facts.limit, np.inf)) if is_low else facts.limit


def _steps(low: float, high: float, whole: bool) -> Numbers:
    if whole:
        width = max(1.0, float(np.ceil((high - low + 1) / BARS)))
        return np.arange(low, high + 1 + width, width)
    return np.linspace(low, high, BARS + 1) if high > low else np.array([low, low + 1.0])


def _ratios(low: float, high: float, whole: bool) -> Numbers:
    """Edges in equal ratios from the value above 0 on."""
    first = max(low, 1.0) if whole else max(low, (high - low) / 1_000)
    found: Numbers = np.geomspace(first, high + (1.0 if whole else 0.0), BARS + 1)
    if whole:
        found = np.round(found)
    return np.unique(np.append(found, low))
