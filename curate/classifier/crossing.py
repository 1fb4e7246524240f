"""Which way of training is the best one, by texts that were not learned from."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from curate.classifier.calibration import Numbers, Places, log_loss, softmax, temperature_of
from curate.classifier.ensembles import OF_TREES, FitForest, fit_ensemble
from curate.classifier.features import Sparse, sparse
from curate.classifier.fitting import Fit, matrix_of, matrix_of_vectors
from curate.classifier.folds import Folds
from curate.classifier.model import BITS, Embedded, Ensemble, Words
from curate.errors import RefusedError
from curate.models.embedding import embed
from curate.models.embedding_files import find_embedding
from curate.progress import Progress

STRENGTHS: Final = (1.0, 3.0, 10.0, 30.0)
"""Inverse strengths of the penalty that are tried: on tweets and answers the best was near 10."""

LEAST_TEXTS: Final = 2
"""Texts that must have a feature: with all of them the answers were no better, the file larger."""


class Settings(NamedTuple):
    """How a classifier is trained."""

    name: str
    folds: int = 5
    seed: int = 0
    c: float | None = None
    """The inverse strength of the penalty; None tries `STRENGTHS`."""
    ngrams: int | None = None
    """1 for words, 2 for pairs too; None tries both."""
    bits: int = BITS
    embedding: str | None = None
    """A model to embed texts with, in the place of words."""
    max_tokens: int = 512
    ensemble: Ensemble | None = None
    """Members that learn from balanced subsets; None for a single model."""


class Tried(NamedTuple):
    """A way of training, and how well its answers on the other folds were."""

    ngrams: int | None
    c: float | None
    log_loss: float
    """Over all folds, before calibration by the others."""


class Way(NamedTuple):
    """Features of all texts."""

    ngrams: int | None
    matrix: Any
    found: Sparse | None


class Best(NamedTuple):
    """The best way, with the logits of all texts by models that did not learn from them."""

    way: Way
    c: float | None
    logits: Numbers


def ways_of(texts: Sequence[str], settings: Settings) -> tuple[Words | Embedded, list[Way]]:
    """The features that are tried. Raises RefusedError where texts share no word."""
    if settings.embedding is not None:
        model = find_embedding(settings.embedding, Path())
        vectors = embed(model, texts, settings.max_tokens)
        features = Embedded(
            model=settings.embedding, hash=model.files.hash, max_tokens=settings.max_tokens
        )
        return features, [Way(None, matrix_of_vectors(vectors), None)]
    ways = []
    for ngrams in (1, 2) if settings.ngrams is None else (settings.ngrams,):
        found = sparse(texts, ngrams == 2, settings.bits, LEAST_TEXTS)
        if not len(found.slots):
            right = "Give more texts; a word must be in two of them"
            raise RefusedError("the texts", "no two of them share a word", right)
        ways.append(Way(ngrams, matrix_of(found), found))
    return Words(bits=settings.bits), ways


def best_of(
    ways: Sequence[Way], truth: Places, folds: Folds, settings: Settings, progress: Progress
) -> tuple[Best, tuple[Tried, ...]]:
    """The way with the least log loss on the folds left out, and all that were tried."""
    strengths = _strengths(settings)
    progress.stage("cross-validation", len(ways) * len(strengths) * settings.folds)
    tried: list[Tried] = []
    best: Best | None = None
    for way in ways:
        for c in strengths:
            logits = np.zeros((len(truth), int(truth.max()) + 1))
            for fold in range(settings.folds):
                own = np.flatnonzero(folds == fold)
                rest = np.flatnonzero(folds != fold)
                logits[own] = fit_by(way.matrix[rest], truth[rest], c, settings).logits(
                    way.matrix[own]
                )
                progress.advance(1)
            loss = log_loss(softmax(logits / temperature_of(logits, truth)), truth)
            if best is None or loss < min(one.log_loss for one in tried):
                best = Best(way, c, logits)
            tried.append(Tried(way.ngrams, c, loss))
    assert best is not None
    return best, tuple(tried)


def _strengths(settings: Settings) -> Sequence[float | None]:
    if settings.ensemble is not None and settings.ensemble.kind in OF_TREES:
        return (None,)
    return STRENGTHS if settings.c is None else (settings.c,)


def fit_by(matrix: Any, truth: Places, c: float | None, settings: Settings) -> Fit | FitForest:
    """Train as the settings say."""
    return fit_ensemble(matrix, truth, c, settings.ensemble, settings.seed)
