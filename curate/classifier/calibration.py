"""Calibration: logits are divided by a temperature, so that probabilities are shares."""

from typing import Final

import numpy as np
import numpy.typing as npt

from curate.classifier.folds import Folds

BINS: Final = 15
"""Of the calibration error (Guo et al. 2017, arXiv 1706.04599, section 4)."""

_RANGE: Final = (-4.0, 4.0)
"""Of the temperature's logarithm that is looked for."""
_STEPS: Final = 60

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


def softmax(logits: Numbers) -> Numbers:
    """The probabilities [texts, labels] of logits."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float64)


def log_loss(probabilities: Numbers, truth: Places) -> float:
    """The mean negative logarithm of the probability of the right label."""
    right = probabilities[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(right, np.finfo(np.float64).tiny)).mean())


def temperature_of(logits: Numbers, truth: Places) -> float:
    """The temperature of the least log loss (Guo et al. 2017, section 4.2).

    The loss is convex in the inverse of the temperature, so that the golden section finds it.

    >>> logits = np.array([[4.0, 0], [4, 0], [0, 4], [4, 0]])
    >>> round(4 / temperature_of(logits, np.array([0, 0, 1, 1])), 3)
    1.099
    """
    golden = (np.sqrt(5) - 1) / 2
    low, high = _RANGE
    for _ in range(_STEPS):
        one, other = high - golden * (high - low), low + golden * (high - low)
        if _loss(logits, truth, one) <= _loss(logits, truth, other):
            high = other
        else:
            low = one
    return float(round(np.exp((low + high) / 2), 6))


def _loss(logits: Numbers, truth: Places, logarithm: float) -> float:
    return log_loss(softmax(logits / np.exp(logarithm)), truth)


def calibrated(logits: Numbers, truth: Places, folds: Folds) -> Numbers:
    """Probabilities of each fold by the temperature of the others, so that none knows itself."""
    found = np.zeros_like(logits)
    for fold in np.unique(folds):
        own = folds == fold
        found[own] = softmax(logits[own] / temperature_of(logits[~own], truth[~own]))
    return found


def calibration_error(probabilities: Numbers, truth: Places) -> float:
    """The expected calibration error of the likeliest label (Guo et al. 2017, equation 3).

    >>> round(calibration_error(np.array([[0.9, 0.1], [0.9, 0.1]]), np.array([0, 1])), 6)
    0.4
    """
    sure = probabilities.max(axis=1)
    right = (probabilities.argmax(axis=1) == truth).astype(np.float64)
    bins = np.minimum((sure * BINS).astype(np.int64), BINS - 1)
    gaps = np.bincount(bins, sure, BINS) - np.bincount(bins, right, BINS)
    return float(np.abs(gaps).sum() / len(truth))
