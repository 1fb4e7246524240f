"""The features that speak most for a label, with the words that they are."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from curate.classifier.features import Sparse
from curate.classifier.model import Weights
from curate.classifier.words import features_of

FEATURES: Final = 12
"""Of each label."""

LEAST_TEXTS: Final = 5
"""Texts that must have a feature: what is rarer tells of single texts."""


class Telling(NamedTuple):
    """A feature that speaks for a label."""

    words: str
    weight: float
    """By how much it lifts the logit of the label above the mean of all labels."""
    texts: int
    """That have it."""


def telling(
    found: Sparse,
    weights: Weights,
    texts: Sequence[str],
    labels: Sequence[str],
    pairs: bool,
    bits: int,
) -> Mapping[str, tuple[Telling, ...]]:
    """The most telling features of each label, the strongest first.

    Where features share a bucket, the first one in the first text that has it stands for it.
    """
    counts = np.bincount(found.columns, minlength=len(found.slots))
    lift = weights.astype(np.float64) - weights.mean(axis=1, keepdims=True, dtype=np.float64)
    lift[counts < LEAST_TEXTS] = 0.0
    chosen = {
        label: [
            int(column)
            for column in np.lexsort((found.slots, -lift[:, at]))[:FEATURES]
            if lift[column, at] > 0
        ]
        for at, label in enumerate(labels)
    }
    wanted = np.unique([column for columns in chosen.values() for column in columns])
    named = _named(found, wanted.astype(np.int64).tolist(), texts, pairs, bits)
    return {
        label: tuple(
            Telling(named[column], float(lift[column, at]), int(counts[column]))
            for column in chosen[label]
        )
        for at, label in enumerate(labels)
    }


def _named(
    found: Sparse, columns: Sequence[int], texts: Sequence[str], pairs: bool, bits: int
) -> dict[int, str]:
    """The words of features, looked up in the first text that has each."""
    first = np.full(len(found.slots), -1, np.int64)
    # Assigned from behind: what stays is the first.
    first[found.columns[::-1]] = np.arange(len(found.columns) - 1, -1, -1)
    named: dict[int, str] = {}
    mask = (1 << bits) - 1
    for column in columns:
        row = int(np.searchsorted(found.ends, first[column], side="right")) - 1
        slot = int(found.slots[column])
        features = features_of(texts[row], pairs)
        named[column] = next(words for value, words in features if value & mask == slot)
    return named
