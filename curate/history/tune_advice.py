"""A limit that labels speak for, and how sure that is.

Labelled records are drawn denser near the limit than far from it. So each stands for the records of
its cell: those of its side of the present limit that are about as near to it.
"""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import numpy as np

from curate.history.tune_intervals import Estimate, share
from curate.history.whatif_curve import Counts, Flags, Numbers

MINIMUM: Final = 10
"""Labels of each kind that a recommendation needs: of fewer, even if a limit sorted all of them
right, its 95 % interval (Wilson) would reach below 72 %."""

RESAMPLES: Final = 1_000
SEED: Final = 1
"""Of the bootstrap: the same labels give the same interval."""

_CONFIDENCE: Final = (0.025, 0.975)


class Labelled(NamedTuple):
    """Labelled records under limits that are candidates, the present one among them."""

    limits: Numbers
    """Sorted, as the candidates are."""
    fails: Flags
    """A row for each limit, a column for each record."""
    bad: Flags
    cells: Counts
    weights: Numbers
    """How many records of the data each one stands for."""


class Quality(NamedTuple):
    """What a limit does, by the labels."""

    limit: float
    precision: Estimate | None
    """Of what fails, the share that is bad; None where no labelled record fails."""
    recall: Estimate | None
    """Of what is bad, the share that fails."""
    specificity: Estimate | None
    """Of what is good, the share that passes."""

    @property
    def balanced_accuracy(self) -> float | None:
        """The mean of recall and specificity: (J + 1) / 2 of Youden's J."""
        if self.recall is None or self.specificity is None:
            return None
        return (self.recall.share + self.specificity.share) / 2


class Advice(NamedTuple):
    """What labels say of a rule's limit."""

    good: int
    bad: int
    criterion: Literal["balanced accuracy", "precision"]
    wanted: float | None
    """The precision that was asked for."""
    present: Quality
    best: Quality | None
    """The recommended limit; None where there is none."""
    interval: tuple[float, float] | None
    """Of the recommended limit, 95 %, by the bootstrap."""
    resampled: float | None
    """The share of the bootstrap's samples that had such a limit."""
    reason: str | None
    """Why no limit is recommended."""


def advise(labelled: Labelled, present: float, precision: float | None = None) -> Advice:
    """The limit that best separates good from bad, and how it compares to the present one.

    Best is the highest balanced accuracy, or with `precision` the most that can be dropped so that
    at least that share of it is bad. Of equals, the limit nearest to the present one.
    """
    good, bad = int((~labelled.bad).sum()), int(labelled.bad.sum())
    now = _quality(labelled, int(np.flatnonzero(labelled.limits == present)[0]))
    criterion: Literal["balanced accuracy", "precision"]
    criterion = "balanced accuracy" if precision is None else "precision"
    nothing = Advice(good, bad, criterion, precision, now, None, None, None, None)
    if min(good, bad) < MINIMUM:
        return nothing._replace(reason=_too_few(good, bad))
    order = np.lexsort((labelled.limits, np.abs(labelled.limits - present)))
    ordered = labelled._replace(limits=labelled.limits[order], fails=labelled.fails[order])
    scores = _scores(ordered, labelled.weights[None, :], precision)[0]
    if not np.isfinite(scores).any() or scores.max() <= 0:
        return nothing._replace(reason=_no_limit(precision))
    best = _quality(ordered, int(np.argmax(scores)))
    limits = _bootstrap(ordered, precision)
    low, high = np.quantile(limits, _CONFIDENCE, method="nearest") if len(limits) else (0.0, 0.0)
    interval = (float(low), float(high)) if len(limits) else None
    return nothing._replace(best=best, interval=interval, resampled=len(limits) / RESAMPLES)


def _scores(labelled: Labelled, weights: Numbers, precision: float | None) -> Numbers:
    """The score of each limit (a column) under each row of weights; NaN where it has none.

    Youden's J; or the weight of what fails where enough of it is bad.
    """
    fails = labelled.fails.T.astype(np.float64)
    of_bad, of_good = weights * labelled.bad, weights * ~labelled.bad
    hits, alarms = of_bad @ fails, of_good @ fails
    with np.errstate(invalid="ignore", divide="ignore"):
        if precision is None:
            found = hits / of_bad.sum(1, keepdims=True) - alarms / of_good.sum(1, keepdims=True)
        else:
            right = hits / (hits + alarms) >= precision - 1e-12
            found = np.where(right, hits + alarms, np.nan)
    return np.where(np.isnan(found), -np.inf, found)


def _bootstrap(labelled: Labelled, precision: float | None) -> Numbers:
    """The best limits of samples drawn anew from the labels of each cell (Efron 1979)."""
    generator = np.random.default_rng(SEED)
    times = np.zeros((RESAMPLES, len(labelled.bad)))
    for cell in np.unique(labelled.cells):
        here = np.flatnonzero(labelled.cells == cell)
        equal = np.full(len(here), 1 / len(here))
        times[:, here] = generator.multinomial(len(here), equal, RESAMPLES)
    scores = _scores(labelled, times * labelled.weights, precision)
    possible = scores.max(1) > 0
    found: Numbers = labelled.limits[np.argmax(scores[possible], 1)]
    return found


def _quality(labelled: Labelled, at: int) -> Quality:
    fails, bad, weights = labelled.fails[at], labelled.bad, labelled.weights
    return Quality(
        float(labelled.limits[at]),
        share(bad[fails], weights[fails]),
        share(fails[bad], weights[bad]),
        share(~fails[~bad], weights[~bad]),
    )


def _too_few(good: int, bad: int) -> str:
    return (
        f"{good} good and {bad} bad labels are too few: at least {MINIMUM} of each are needed. "
        "Of fewer, even if a limit sorted all of them right, the 95 % interval would reach "
        "below 72 %."
    )


def _no_limit(precision: float | None) -> str:
    if precision is None:
        return "No limit separates good from bad better than chance."
    return f"At no limit that was tried {100 * precision:g} % of what fails are bad."


def cell_weights(cells: Counts, sizes: Sequence[float]) -> Numbers:
    """How many records each labelled one stands for: those of its cell, shared evenly."""
    if not len(cells):
        return np.zeros(0)
    weights: Numbers = np.asarray(sizes, np.float64)[cells] / np.bincount(cells)[cells]
    return weights
