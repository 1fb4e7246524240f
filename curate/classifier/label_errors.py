"""Labels that are likely wrong, by confident learning.

Northcutt, Jiang, Chuang 2021, "Confident learning: estimating uncertainty in dataset labels", arXiv
1911.00068, section 3.1 (the confident joint, with its rule for collisions) and 3.2 (off-diagonal
entries; ranked by the normalised margin).
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
    """The probability of the given label less that of the likeliest other one."""


def label_errors(probabilities: Numbers, truth: Places, labels: Sequence[str]) -> list[LabelError]:
    """The likely errors, the surest first; `probabilities` are of texts not learned from.

    A text counts as having each label whose probability reaches the mean of that label's own texts;
    of several the likeliest. It is an error where that is another than the one given.
    """
    size = len(labels)
    sums = np.array([probabilities[truth == at, at].mean() for at in range(size)])
    confident = np.where(probabilities >= sums, probabilities, -1.0)
    likely = confident.argmax(axis=1)
    sure = confident.max(axis=1) >= 0
    places = np.flatnonzero(sure & (likely != truth))
    rest = probabilities.copy()
    rest[np.arange(len(truth)), truth] = -1.0
    margins = probabilities[np.arange(len(truth)), truth] - rest.max(axis=1)
    order = places[np.lexsort((places, margins[places]))]
    return [
        LabelError(int(at), labels[truth[at]], labels[likely[at]], float(margins[at]))
        for at in order
    ]
