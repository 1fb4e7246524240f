"""What trees say of texts, as compiled code; `forest` says it in Python, number for number."""

from math import log, nan, sqrt
from typing import Any, Final

import numpy as np
from numba import njit, types

from curate.classifier.kernel import LOOK, NUMBERS, features_of, soften
from curate.classifier.words import MOST_COUNTED
from curate.scan.compiled import compiled

_NODES: Final = types.Array(types.int32, 1, "C", readonly=True)
_PAIRS: Final = types.Array(types.int32, 2, "C", readonly=True)
_VALUES: Final = types.Array(types.float32, 2, "C", readonly=True)
_SCORE: Final = types.void(
    *(*LOOK, types.int64, _NODES, NUMBERS, _PAIRS, _VALUES, _NODES, types.boolean),
    *(types.float64, NUMBERS, types.float64[:, ::1]),
)


@njit(nogil=True)
def _follow(
    own: Any, features: Any, thresholds: Any, children: Any, values: Any, roots: Any, sums: Any
) -> None:
    """Add up the values of the leaves that a text comes to."""
    for root in roots:
        node = root
        feature = features[node]
        while feature >= 0:
            side = 1 if own[feature] > thresholds[node] else 0
            node = children[node, side]
            feature = features[node]
        for label in range(len(sums)):
            sums[label] += values[-1 - feature, label]


@compiled(_SCORE)
def score(
    data: Any,
    offsets: Any,
    kinds: Any,
    lowered: Any,
    pairs: Any,
    mask: Any,
    rows: Any,
    known: Any,
    features: Any,
    thresholds: Any,
    children: Any,
    values: Any,
    roots: Any,
    of_shares: Any,
    temperature: Any,
    scale: Any,
    found: Any,
) -> None:
    """Fill `found` [texts, labels] with probabilities; the first is NaN of a text without features.

    `known` is how many features there are. A feature's value is rounded to float32, as
    scikit-learn's trees see it.
    """
    counts = np.zeros(known, np.int32)
    touched = np.empty(known, np.int32)
    own = np.zeros(known, np.float32)
    labels = values.shape[1]
    for text in range(len(offsets) - 1):
        start, stop = np.int64(offsets[text]), np.int64(offsets[text + 1])
        number = features_of(data, start, stop, kinds, lowered, pairs, mask, rows, counts, touched)
        if number == 0:
            found[text, 0] = nan
            continue
        square = 0.0
        for feature in range(number):
            value = scale[min(counts[touched[feature]], MOST_COUNTED)]
            square += value * value
        length = sqrt(square)
        for feature in range(number):
            row = touched[feature]
            own[row] = np.float32(scale[min(counts[row], MOST_COUNTED)] / length)
            counts[row] = 0
        for label in range(labels):
            found[text, label] = 0.0
        _follow(own, features, thresholds, children, values, roots, found[text])
        for feature in range(number):
            own[touched[feature]] = 0.0
        if of_shares:
            for label in range(labels):
                share = (found[text, label] + 1.0 / labels) / (len(roots) + 1)
                found[text, label] = log(share)
        soften(found[text], temperature)
