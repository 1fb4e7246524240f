"""Multinomial logistic regression with an L2 penalty, by scikit-learn."""

import warnings
from importlib.util import find_spec
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.classifier.calibration import Numbers, Places
from curate.classifier.features import Sparse
from curate.errors import MissingExtraError
from curate.models.embedding import UNIT, Vectors

TOLERANCE: Final = 1e-3
MOST_ROUNDS: Final = 500


class Fit(NamedTuple):
    """Weights [features, labels] and intercepts [labels], before calibration."""

    weights: npt.NDArray[np.float32]
    intercepts: Numbers


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


def fit(matrix: Any, truth: Places, c: float) -> Fit:
    """Train on a matrix [texts, features]; `truth` has every label's place."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=c, tol=TOLERANCE, max_iter=MOST_ROUNDS)
    with warnings.catch_warnings():
        # What is left to gain then is far below what other folds would give.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(matrix, truth)
    weights, intercepts = model.coef_, model.intercept_
    if len(weights) == 1:
        # Two labels have one row of weights: half of it speaks for each.
        weights = np.concatenate([-weights / 2, weights / 2])
        intercepts = np.concatenate([-intercepts / 2, intercepts / 2])
    return Fit(np.ascontiguousarray(weights.T, np.float32), np.asarray(intercepts, np.float64))


def logits_of(made: Fit, matrix: Any) -> Numbers:
    """The logits [texts, labels]."""
    return np.asarray(matrix @ made.weights.astype(np.float64) + made.intercepts, np.float64)
