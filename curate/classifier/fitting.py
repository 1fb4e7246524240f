"""Multinomial logistic regression with an L2 penalty, by scikit-learn."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any, Final, NamedTuple

import numpy as np

from curate.classifier.calibration import Numbers, Places
from curate.classifier.features import Sparse
from curate.classifier.model import Linear
from curate.errors import MissingExtraError
from curate.models.embedding import UNIT, Vectors

TOLERANCE: Final = 1e-3
MOST_ROUNDS: Final = 500


class Fit(NamedTuple):
    """A linear model before calibration."""

    body: Linear

    @classmethod
    def of(cls, weights: Numbers, intercepts: Numbers) -> "Fit":
        """Of weights [features, labels] and intercepts [labels]."""
        return cls(Linear(np.ascontiguousarray(weights, np.float32), intercepts))

    def logits(self, matrix: Any) -> Numbers:
        """The logits [texts, labels]."""
        found = matrix @ self.body.weights.astype(np.float64) + self.body.intercepts
        return np.asarray(found, np.float64)


def require() -> None:
    """Raise MissingExtraError where scikit-learn is not installed."""
    if find_spec("sklearn") is None:
        raise MissingExtraError("classifier train", "scikit-learn", "classifier")


def matrix_of(found: Sparse) -> Any:
    """Features as scipy has sparse matrices."""
    from scipy.sparse import csr_array

    shape = (len(found.ends) - 1, len(found.slots))
    return csr_array((found.values, found.columns, found.ends.astype(np.int32)), shape=shape)


def matrix_of_vectors(vectors: Vectors) -> Numbers:
    """Embeddings as numbers, [texts, dimensions]."""
    return vectors.astype(np.float64) / UNIT


def logistic(c: float) -> Any:
    """The model that is fitted, which scikit-learn or imbalanced-learn may copy."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=c, tol=TOLERANCE, max_iter=MOST_ROUNDS)


def fit(matrix: Any, truth: Places, c: float) -> Fit:
    """Train on a matrix [texts, features]; `truth` has every label's place."""
    with quiet():
        return linear_of(logistic(c).fit(matrix, truth))


@contextmanager
def quiet() -> Iterator[None]:
    """Fit without warnings that more rounds would fit closer, or that texts are few for labels.

    What is left to gain then is far below what other folds would give; balanced subsets are small.
    """
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", "The number of unique classes")
        yield


def linear_of(model: Any) -> Fit:
    """A fitted logistic regression."""
    weights, intercepts = model.coef_, model.intercept_
    if len(weights) == 1:
        # Two labels have one row of weights: half of it speaks for each.
        weights = np.concatenate([-weights / 2, weights / 2])
        intercepts = np.concatenate([-intercepts / 2, intercepts / 2])
    return Fit.of(weights.T, np.asarray(intercepts, np.float64))
