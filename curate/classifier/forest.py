"""What trees say of a text, in Python; and whether trees that were read can be followed."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from curate.classifier.model import Forest

Numbers = npt.NDArray[np.float64]
Values = npt.NDArray[np.float32]


def followed(forest: Forest, values: Mapping[int, float]) -> list[float]:
    """The sums [labels] over the leaves that a text comes to, which has features by their rows."""
    sums = [0.0] * forest.values.shape[1]
    for root in forest.roots.tolist():
        node = root
        while (feature := int(forest.features[node])) >= 0:
            right = values.get(feature, 0.0) > forest.thresholds[node]
            node = int(forest.children[node, int(right)])
        for label, value in enumerate(forest.values[-1 - feature].tolist()):
            sums[label] += value
    return sums


def followed_all(forest: Forest, values: Values) -> Numbers:
    """The same of many texts [texts, features], number for number."""
    sums = np.zeros((len(values), forest.values.shape[1]))
    texts = np.arange(len(values))
    for root in forest.roots.tolist():
        nodes = np.full(len(values), root, np.int64)
        while (going := forest.features[nodes] >= 0).any():
            own, at = texts[going], nodes[going]
            right = values[own, forest.features[at]] > forest.thresholds[at]
            nodes[going] = forest.children[at, right.astype(np.int64)]
        sums += forest.values[-1 - forest.features[nodes]]
    return sums


def logits(forest: Forest, sums: Numbers, of_shares: bool) -> Numbers:
    """Logits [texts, labels] of what was added up.

    Trees whose leaves hold shares of labels say the logarithm of their mean, with one tree more
    that knows nothing: so no label is impossible. Others say logits right away.
    """
    if not of_shares:
        return sums
    return np.asarray(np.log((sums + 1 / sums.shape[1]) / (len(forest.roots) + 1)), np.float64)


def check_forest(forest: Forest, features: int, labels: int) -> None:
    """Raise ValueError where a way through the trees leads out of them, or does not end."""
    nodes, leaves = len(forest.features), len(forest.values)
    if forest.children.shape != (nodes, 2) or forest.thresholds.shape != (nodes,):
        raise ValueError(
            f"{nodes:,} nodes, children of the shape {forest.children.shape} and "
            f"thresholds of {forest.thresholds.shape}"
        )
    if forest.values.shape[1] != labels:
        raise ValueError(f"{labels} labels, and values of the shape {forest.values.shape}")
    if not (np.isfinite(forest.thresholds).all() and np.isfinite(forest.values).all()):
        raise ValueError("a threshold or a value is no finite number")
    inner = forest.features >= 0
    below = forest.children[inner]
    behind = below > np.flatnonzero(inner)[:, None]
    if (forest.features >= features).any() or (forest.features < -leaves).any():
        raise ValueError("a node looks at a feature, or has values, that are not there")
    if not behind.all() or (below >= nodes).any():
        raise ValueError("a child does not stand behind its parent")
    roots = forest.roots
    if (
        len(roots) == 0
        or (roots < 0).any()
        or (roots >= nodes).any()
        or (np.diff(roots) <= 0).any()
    ):
        raise ValueError("its trees are none, or not in ascending order")
