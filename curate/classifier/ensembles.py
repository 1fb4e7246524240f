"""Ensembles that learn from balanced subsets, by imbalanced-learn, as arrays that need it no more.

Every member is given all texts of the smallest label and as many of each other one, drawn anew
(Liu, Wu and Zhou 2009, "Exploratory Undersampling for Class-Imbalance Learning", section III-A); a
tree of BalancedRandomForest draws so many of each label with replacement (Chen, Liaw and Breiman
2004, "Using Random Forest to Learn Imbalanced Data", section 2.2).
"""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, Final, NamedTuple

import numpy as np

from curate.classifier.calibration import Numbers, Places
from curate.classifier.fitting import Fit, fit, linear_of, logistic, quiet
from curate.classifier.forest import logits
from curate.classifier.model import Ensemble, EnsembleName, Forest
from curate.errors import MissingExtraError

MEMBERS: Final[dict[EnsembleName, int]] = {
    "BalancedBagging": 10,
    "EasyEnsemble": 10,
    "BalancedRandomForest": 100,
}
"""How many members imbalanced-learn takes by default."""

OF_TREES: Final[frozenset[EnsembleName]] = frozenset({"EasyEnsemble", "BalancedRandomForest"})
_SAFE_SEED: Final = 2**32


class FitForest(NamedTuple):
    """Trees before calibration, and as scikit-learn has them."""

    body: Forest
    trees: Sequence[Any]
    of_shares: bool

    def logits(self, matrix: Any) -> Numbers:
        """The logits [texts, labels]."""
        from scipy.sparse import csr_matrix

        values = csr_matrix(matrix, dtype=np.float32)
        sums = np.zeros((matrix.shape[0], self.body.values.shape[1]))
        for tree, root in zip(self.trees, self.body.roots.tolist(), strict=True):
            leaves = tree.tree_.apply(values) + root
            sums += self.body.values[-1 - self.body.features[leaves]]
        return logits(self.body, sums, self.of_shares)


def require_ensembles() -> None:
    """Raise MissingExtraError where imbalanced-learn is not installed."""
    if find_spec("imblearn") is None:
        raise MissingExtraError("classifier train --ensemble", "imbalanced-learn", "balance")


def of_shares(ensemble: Ensemble) -> bool:
    """Whether the leaves of its trees hold shares of labels, and not logits."""
    return ensemble.kind == "BalancedRandomForest"


def fit_ensemble(
    matrix: Any, truth: Places, c: float | None, ensemble: Ensemble | None, seed: int
) -> Fit | FitForest:
    """Train on a matrix [texts, features]; without an ensemble a single linear model."""
    if ensemble is None:
        assert c is not None
        return fit(matrix, truth, c)
    with quiet():
        return _fitted(_as_matrix(matrix), truth, c, ensemble, seed % _SAFE_SEED)


def _fitted(
    given: Any, truth: Places, c: float | None, ensemble: Ensemble, state: int
) -> Fit | FitForest:
    from imblearn.ensemble import (
        BalancedBaggingClassifier,
        BalancedRandomForestClassifier,
        EasyEnsembleClassifier,
    )

    members = ensemble.members
    if ensemble.kind == "BalancedBagging":
        assert c is not None
        made = BalancedBaggingClassifier(
            logistic(c), n_estimators=members, bootstrap=False, random_state=state
        ).fit(given, truth)
        return _mean([linear_of(each[-1]) for each in made.estimators_])
    if ensemble.kind == "EasyEnsemble":
        made = EasyEnsembleClassifier(n_estimators=members, random_state=state).fit(given, truth)
        return _boosted([each[-1] for each in made.estimators_], int(truth.max()) + 1)
    made = BalancedRandomForestClassifier(n_estimators=members, random_state=state)
    made.fit(given, truth)
    leaves = [np.asarray(tree.tree_.value[:, 0, :], np.float64) for tree in made.estimators_]
    shares = [each / each.sum(axis=1, keepdims=True) for each in leaves]
    return FitForest(_forest(made.estimators_, shares), made.estimators_, True)


def _as_matrix(matrix: Any) -> Any:
    """The libraries take sparse matrices, and not yet everywhere sparse arrays."""
    if isinstance(matrix, np.ndarray):
        return matrix
    from scipy.sparse import csr_matrix

    return csr_matrix(matrix)


def _mean(members: Sequence[Fit]) -> Fit:
    """One linear model whose logits are the mean of those of all."""
    weights = np.mean([each.body.weights.astype(np.float64) for each in members], axis=0)
    intercepts = np.mean([each.body.intercepts for each in members], axis=0)
    return Fit.of(weights, intercepts)


def _boosted(members: Sequence[Any], labels: int) -> FitForest:
    """The stumps of all members, each with its say in the mean of their sums.

    A stump says its label by its weight, and every other one by a share of it against (SAMME: Zhu
    et al. 2009, "Multi-class AdaBoost", equation 11).
    """
    trees, values = [], []
    for member in members:
        for tree, weight in zip(member.estimators_, member.estimator_weights_, strict=False):
            said = member.classes_[tree.tree_.value[:, 0, :].argmax(axis=1)].astype(np.int64)
            own = np.full((len(said), labels), -float(weight) / (labels - 1) / len(members))
            own[np.arange(len(said)), said] = float(weight) / len(members)
            trees.append(tree)
            values.append(own)
    return FitForest(_forest(trees, values), trees, False)


def _forest(trees: Sequence[Any], values: Sequence[Numbers]) -> Forest:
    """Trees of scikit-learn as arrays; `values` [nodes, labels] of each are those of its leaves."""
    features, thresholds, children, leaves, roots = [], [], [], [], []
    nodes, held = 0, 0
    for one, own in zip(trees, values, strict=True):
        tree = one.tree_
        is_leaf = tree.children_left < 0
        number = int(is_leaf.sum())
        places = np.cumsum(is_leaf) - 1 + held
        features.append(np.where(is_leaf, -1 - places, tree.feature))
        thresholds.append(np.where(is_leaf, 0.0, tree.threshold))
        both = np.stack([tree.children_left, tree.children_right], axis=1) + nodes
        children.append(np.where(is_leaf[:, None], 0, both))
        leaves.append(own[is_leaf])
        roots.append(nodes)
        nodes, held = nodes + len(is_leaf), held + number
    return Forest(
        np.concatenate(features).astype(np.int32),
        np.concatenate(thresholds).astype(np.float64),
        np.ascontiguousarray(np.concatenate(children), np.int32),
        np.ascontiguousarray(np.concatenate(leaves), np.float32),
        np.array(roots, np.int32),
    )
