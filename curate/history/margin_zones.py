"""Pairs counted by zones and bins of their margins."""

from typing import Any, Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.errors import RefusedError
from curate.history.margins import FIELD, Margins, Numbers, names_a_side
from curate.ranking.baselines import correlation

Zone = Literal["noise", "learned", "to learn", "disputed"]

ZONES: Final[dict[Zone, str]] = {
    "noise": "the chosen answer is hardly better, by the external margin",
    "learned": "the policy prefers the chosen answer by much already",
    "to learn": "clearly better, and the policy is undecided",
    "disputed": "clearly better, and the policy prefers the rejected one by much: read them",
}
"""What pairs of a zone are like. The order is that of the tests that put a pair into one."""

LEARNED_QUANTILE: Final = 0.75
"""Where `learned` is not given: this quantile of the implicit margins' sizes, a convention."""

Flags = npt.NDArray[np.bool_]


class ZoneFigures(NamedTuple):
    """The pairs of a zone; means are None where it has none."""

    zone: Zone
    pairs: int
    external: float | None
    implicit: float | None
    gap: float | None
    """Mean of the chosen answer's characters less the rejected one's."""
    samples: tuple[int, ...]
    """Places of some of its pairs, as if drawn at random."""


class View(NamedTuple):
    """The pairs that have both margins."""

    pairs: int
    without: int
    """Pairs of which a margin is not known."""
    noise: float
    learned: float
    zones: tuple[ZoneFigures, ...]
    external_edges: tuple[float, ...]
    implicit_edges: tuple[float, ...]
    """Bins hold their lower edge, the last one both; as many pairs in each as ties allow."""
    counts: tuple[tuple[int, ...], ...]
    """Pairs by bin: a row for each of the external margin, from the lowest."""
    correlations: dict[str, float | None]
    """Spearman's rank correlations; None where one of both does not vary."""


def view(found: Margins, noise: float, learned: float | None, bins: int, samples: int) -> View:
    """Count pairs by zones and bins.

    A pair is noise up to an external margin of `noise`; beyond it is learned above an implicit one
    of `learned`, disputed below `-learned`, and otherwise to learn. Raises RefusedError where no
    pair has both margins.
    """
    known = np.isfinite(found.external) & np.isfinite(found.implicit)
    if not known.any():
        lacking = "external" if not np.isfinite(found.external).any() else "implicit"
        raise RefusedError(
            f"--{lacking}",
            f"no pair of {len(known):,} has both margins",
            "`curate score REF` lists the scores that are known, and of how many records.",
        )
    external, implicit, gap = (one[known] for one in found[1:4])
    limit = float(np.quantile(np.abs(implicit), LEARNED_QUANTILE)) if learned is None else learned
    rows, columns = _edges(external, bins), _edges(implicit, bins)
    return View(
        int(known.sum()),
        int((~known).sum()),
        noise,
        limit,
        tuple(
            _figures(zone, known & flags, found, samples)
            for zone, flags in _zones(found, noise, limit).items()
        ),
        tuple(rows.tolist()),
        tuple(columns.tolist()),
        _counts(external, implicit, rows, columns),
        {
            "external and implicit": _correlation(external, implicit),
            "external and length": _correlation(external, gap),
            "implicit and length": _correlation(implicit, gap),
        },
    )


def proposed_steps(external: str, implicit: str, seen: View) -> list[dict[str, Any]]:
    """Settings of a `drop` for what is noise and for what is learned.

    There is none for an expression that names one of both answers: a `drop` is of one field.
    """
    rules = ((external, "noise", "<=", seen.noise), (implicit, "learned", ">", seen.learned))
    return [
        {"where": f"({text}) {sign} limit", "limit": limit, "field": FIELD, "rule": rule}
        for text, rule, sign, limit in rules
        if not names_a_side(text)
    ]


def _zones(found: Margins, noise: float, learned: float) -> dict[Zone, Flags]:
    clear = found.external > noise
    much, against = found.implicit > learned, found.implicit < -learned
    return {
        "noise": ~clear,
        "learned": clear & much,
        "to learn": clear & ~much & ~against,
        "disputed": clear & against,
    }


def _figures(zone: Zone, flags: Flags, found: Margins, samples: int) -> ZoneFigures:
    places = np.flatnonzero(flags)
    drawn = places[np.argsort(found.drawn[places], kind="stable")][:samples]
    measured = (found.external, found.implicit, found.gap)
    external, implicit, gap = (_mean(one[places]) for one in measured)
    return ZoneFigures(zone, len(places), external, implicit, gap, tuple(drawn.tolist()))


def _mean(values: Numbers) -> float | None:
    return float(values.mean()) if len(values) else None


def _edges(values: Numbers, bins: int) -> Numbers:
    """At least two edges, rising."""
    edges = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)))
    return edges if len(edges) > 1 else np.repeat(edges, 2)


def _counts(
    external: Numbers, implicit: Numbers, rows: Numbers, columns: Numbers
) -> tuple[tuple[int, ...], ...]:
    places = [
        np.searchsorted(edges[1:-1], values, side="right")
        for values, edges in ((external, rows), (implicit, columns))
    ]
    shape = (len(rows) - 1, len(columns) - 1)
    flat = np.bincount(places[0] * shape[1] + places[1], minlength=shape[0] * shape[1])
    return tuple(map(tuple, flat.reshape(shape).tolist()))


def _correlation(one: Numbers, other: Numbers) -> float | None:
    found = correlation(one, other)
    return None if found is None else round(found, 4)
