"""Labels that are likely wrong, by confident learning.

Northcutt, Jiang, Chuang 2021, "Confident learning: estimating uncertainty in dataset labels", arXiv
1911.00068: section 3.1 (the confident joint, with its rule for collisions, calibrated to the number
of labels) and 3.2, method 4 (prune by noise rate).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from curate.classifier.calibration import Numbers, Places


class LabelError(NamedTuple):
    """A text whose label is likely another."""

    text: int
    """Its place among the texts."""
    given: str
    likely: str
    margin: float
    """The probability of the given label less that of the likely one: below 0."""


def label_errors(probabilities: Numbers, truth: Places, labels: Sequence[str]) -> list[LabelError]:
    """The likely errors, the surest first; `probabilities` are of texts not learned from.

    A text counts as having each label whose probability reaches the mean of that label's own texts;
    of several the likeliest. That tells how many texts of one label have another; so many are
    listed, those for which the difference of both probabilities is largest. A text is listed once.
    """
    numbers = _numbers(probabilities, truth, len(labels))
    found: dict[int, LabelError] = {}
    for given, likely in np.argwhere(numbers > 0).tolist():
        own = np.flatnonzero(truth == given)
        margins = probabilities[own, given] - probabilities[own, likely]
        for at in np.lexsort((own, margins))[: numbers[given, likely]]:
            text, margin = int(own[at]), float(margins[at])
            known = found.get(text)
            if margin < 0 and (known is None or margin < known.margin):
                found[text] = LabelError(text, labels[given], labels[likely], margin)
    return sorted(found.values(), key=lambda one: (one.margin, one.text))


def _numbers(probabilities: Numbers, truth: Places, size: int) -> Places:
    """How many texts of each label (rows) have which other one (columns), by the joint."""
    means = np.array([probabilities[truth == at, at].mean() for at in range(size)])
    confident = np.where(probabilities >= means, probabilities, -1.0)
    sure = confident.max(axis=1) >= 0
    pairs = truth[sure] * size + confident[sure].argmax(axis=1)
    joint = np.bincount(pairs, minlength=size * size).reshape(size, size).astype(np.float64)
    totals = np.maximum(joint.sum(axis=1, keepdims=True), 1)
    numbers = np.rint(joint / totals * np.bincount(truth, minlength=size)[:, None])
    np.fill_diagonal(numbers, 0)
    return np.asarray(numbers, np.int64)
