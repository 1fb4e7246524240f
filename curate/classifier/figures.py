"""How good a classifier is, by probabilities of texts that it did not learn from."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from curate.classifier.calibration import Numbers, Places, calibration_error, log_loss
from curate.intervals import wilson

LIMITS: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
"""Probabilities from which a text is taken to have a label, at which the curve is told."""


class Share(NamedTuple):
    """A share with its 95 % interval (Wilson 1927)."""

    share: float
    low: float
    high: float
    of: int
    """How many it is a share of."""


class OfLabel(NamedTuple):
    """How well the likeliest label is right where it is, or should be, this one."""

    label: str
    texts: int
    """Labelled so."""
    found: int
    """Said to be so."""
    precision: Share | None
    """None where nothing is found."""
    recall: Share | None
    f1: float
    auc: float | None
    """The chance that a text of the label has a higher probability of it than another one."""


class Point(NamedTuple):
    """What a limit on the probability of a label takes."""

    label: str
    limit: float
    texts: int
    """With at least this probability."""
    precision: Share | None
    recall: Share | None


class Figures(NamedTuple):
    """Those of a classifier over some labelled texts."""

    texts: int
    accuracy: Share
    macro_f1: float
    """The mean over labels."""
    log_loss: float
    calibration_error: float
    labels: tuple[OfLabel, ...]
    curve: tuple[Point, ...]
    confusion: tuple[tuple[int, ...], ...]
    """How many texts of each label (rows) were said to have each (columns)."""


def figures(probabilities: Numbers, truth: Places, labels: Sequence[str]) -> Figures:
    """Hold probabilities [texts, labels] against the right labels' places."""
    said = probabilities.argmax(axis=1)
    size = len(labels)
    confusion = np.bincount(truth * size + said, minlength=size * size).reshape(size, size)
    each = tuple(_of_label(at, labels, confusion, probabilities, truth) for at in range(size))
    return Figures(
        texts=len(truth),
        accuracy=_known(_share(int(np.trace(confusion)), len(truth))),
        macro_f1=sum(one.f1 for one in each) / size,
        log_loss=log_loss(probabilities, truth),
        calibration_error=calibration_error(probabilities, truth),
        labels=each,
        curve=tuple(
            _point(label, limit, probabilities[:, at], truth == at)
            for at, label in enumerate(labels)
            for limit in LIMITS
        ),
        confusion=tuple(tuple(map(int, row)) for row in confusion),
    )


def _of_label(
    at: int, labels: Sequence[str], confusion: Places, probabilities: Numbers, truth: Places
) -> OfLabel:
    hit, texts, found = (
        int(confusion[at, at]),
        int(confusion[at].sum()),
        int(confusion[:, at].sum()),
    )
    f1 = 2 * hit / (texts + found) if texts + found else 0.0
    auc = area(probabilities[:, at], truth == at)
    return OfLabel(labels[at], texts, found, _share(hit, found), _share(hit, texts), f1, auc)


def _point(label: str, limit: float, values: Numbers, own: Places) -> Point:
    taken = values >= limit
    hit, texts = int((taken & own).sum()), int(taken.sum())
    return Point(label, limit, texts, _share(hit, texts), _share(hit, int(own.sum())))


def _share(hit: int, of: int) -> Share | None:
    return Share(hit / of, *wilson(hit / of, of), of) if of else None


def _known(share: Share | None) -> Share:
    assert share is not None
    return share


def area(values: Numbers, own: Places) -> float | None:
    """The area under the ROC curve, ties counting half (Mann and Whitney 1947).

    >>> area(np.array([0.1, 0.5, 0.5, 0.9]), np.array([0, 0, 1, 1]))
    0.875
    """
    inside = own.astype(np.bool_)
    ones, others = int(inside.sum()), int((~inside).sum())
    if not ones or not others:
        return None
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    total = float(ranks[place][inside].sum())
    return (total - ones * (ones + 1) / 2) / (ones * others)
