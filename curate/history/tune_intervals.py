"""Shares with their 95 % intervals (Wilson 1927)."""

from typing import NamedTuple

from curate.history.whatif_curve import Flags, Numbers
from curate.intervals import wilson


class Estimate(NamedTuple):
    """A share of the data, by labelled records."""

    share: float
    low: float
    high: float
    labels: int
    """Labelled records that it is made of."""


def share(hits: Flags, weights: Numbers) -> Estimate | None:
    """The weighted share of hits; None of nothing.

    The interval is Wilson's, of as many records as such weights are worth (Kish 1965).
    """
    total = float(weights.sum())
    if not total:
        return None
    worth = total**2 / float((weights**2).sum())
    part = min(float(weights[hits].sum()) / total, 1.0)
    return Estimate(part, *wilson(part, worth), len(hits))
