"""Training a classifier: cross-validated, calibrated, and told what it is worth."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from curate.classifier.calibration import (
    Numbers,
    Places,
    calibrated,
    calibration_error,
    log_loss,
    softmax,
    temperature_of,
)
from curate.classifier.features import Sparse, sparse
from curate.classifier.figures import Figures, figures
from curate.classifier.fitting import fit, logits_of, matrix_of, matrix_of_vectors, require
from curate.classifier.folds import Folds, folds_of
from curate.classifier.label_errors import LabelError, label_errors
from curate.classifier.model import BITS, Classifier, Details, Embedded, Words
from curate.classifier.telling import Telling, telling
from curate.errors import RefusedError
from curate.hashing import digest
from curate.models.embedding import embed
from curate.models.embedding_files import find_embedding
from curate.progress import Progress, Silent

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


class Tried(NamedTuple):
    """A way of training, and how well its answers on the other folds were."""

    ngrams: int | None
    c: float
    log_loss: float
    """Over all folds, before calibration by the others."""


class Trained(NamedTuple):
    """A classifier and what is known of it."""

    classifier: Classifier
    figures: Figures
    """Of texts by models that did not learn from them, nor from equal ones."""
    uncalibrated: float
    """The calibration error before calibration."""
    tried: tuple[Tried, ...]
    errors: tuple[LabelError, ...]
    texts: tuple[str, ...]
    """In the order that `errors` counts by."""
    telling: Mapping[str, tuple[Telling, ...]]
    """Empty for embeddings."""
    conflicting: int
    """Texts that are there with several labels."""


class _Way(NamedTuple):
    """Features of all texts."""

    ngrams: int | None
    matrix: Any
    found: Sparse | None


class _Best(NamedTuple):
    way: _Way
    c: float
    logits: Numbers


def train(
    texts: Sequence[str],
    labels: Sequence[str],
    settings: Settings,
    progress: Progress | None = None,
) -> Trained:
    """Train on labelled texts, in any order: equal ones and an equal seed give an equal classifier.

    Raises MissingExtraError without scikit-learn; RefusedError for one label alone, or fewer texts
    of one than folds.
    """
    require()
    pairs = sorted(zip(texts, labels, strict=True), key=_place)
    texts, labels = tuple(text for text, _ in pairs), [label for _, label in pairs]
    names = sorted(set(labels))
    if len(names) < 2:
        found = f"only the label {names[0]!r} is there" if names else "there is no text"
        raise RefusedError("the labels", found, "Give texts of two labels at least")
    places = {label: at for at, label in enumerate(names)}
    truth = np.array([places[label] for label in labels], np.int64)
    folds = folds_of(texts, labels, settings.folds, settings.seed)
    features, ways = _ways(texts, settings)
    best, tried = _best(ways, truth, folds, settings, progress or Silent())
    held_out = calibrated(best.logits, truth, folds)
    told = figures(held_out, truth, names)
    if isinstance(features, Words):
        features = Words(bits=settings.bits, ngrams=best.way.ngrams or 1)
    details = Details(
        name=settings.name,
        labels=tuple(names),
        features=features,
        temperature=temperature_of(best.logits, truth),
        c=best.c,
        seed=settings.seed,
        folds=settings.folds,
        examples=len(texts),
        data=digest(*(part.encode() for pair in pairs for part in pair)).hex(),
        figures=_plain(told),
    )
    made = _classifier(details, best, truth)
    telling_ones = _telling(made, best.way, texts)
    return Trained(
        classifier=made,
        figures=told,
        uncalibrated=calibration_error(softmax(best.logits), truth),
        tried=tried,
        errors=tuple(label_errors(held_out, truth, names)),
        texts=texts,
        telling=telling_ones,
        conflicting=len(set(pairs)) - len(set(texts)),
    )


def _place(pair: tuple[str, str]) -> tuple[bytes, str]:
    return digest(pair[0].encode()), pair[1]


def _ways(texts: Sequence[str], settings: Settings) -> tuple[Words | Embedded, list[_Way]]:
    if settings.embedding is not None:
        model = find_embedding(settings.embedding, Path())
        vectors = embed(model, texts, settings.max_tokens)
        features = Embedded(
            model=settings.embedding, hash=model.files.hash, max_tokens=settings.max_tokens
        )
        return features, [_Way(None, matrix_of_vectors(vectors), None)]
    ways = []
    for ngrams in (1, 2) if settings.ngrams is None else (settings.ngrams,):
        found = sparse(texts, ngrams == 2, settings.bits, LEAST_TEXTS)
        if not len(found.slots):
            right = "Give more texts; a word must be in two of them"
            raise RefusedError("the texts", "no two of them share a word", right)
        ways.append(_Way(ngrams, matrix_of(found), found))
    return Words(bits=settings.bits), ways


def _best(
    ways: Sequence[_Way], truth: Places, folds: Folds, settings: Settings, progress: Progress
) -> tuple[_Best, tuple[Tried, ...]]:
    """The way with the least log loss on the folds left out, and all that were tried."""
    strengths = STRENGTHS if settings.c is None else (settings.c,)
    progress.stage("cross-validation", len(ways) * len(strengths) * settings.folds)
    tried: list[Tried] = []
    best: _Best | None = None
    for way in ways:
        for c in strengths:
            logits = np.zeros((len(truth), int(truth.max()) + 1))
            for fold in range(settings.folds):
                own = np.flatnonzero(folds == fold)
                rest = np.flatnonzero(folds != fold)
                logits[own] = logits_of(fit(way.matrix[rest], truth[rest], c), way.matrix[own])
                progress.advance(1)
            loss = log_loss(softmax(logits / temperature_of(logits, truth)), truth)
            if best is None or loss < min(one.log_loss for one in tried):
                best = _Best(way, c, logits)
            tried.append(Tried(way.ngrams, c, loss))
    assert best is not None
    return best, tuple(tried)


def _classifier(details: Details, best: _Best, truth: Places) -> Classifier:
    made = fit(best.way.matrix, truth, best.c)
    found = best.way.found
    slots = np.arange(len(made.weights), dtype=np.uint32) if found is None else found.slots
    return Classifier(details, slots, made.weights, made.intercepts)


def _telling(
    made: Classifier, way: _Way, texts: Sequence[str]
) -> Mapping[str, tuple[Telling, ...]]:
    if way.found is None:
        return {}
    features = made.details.features
    assert isinstance(features, Words)
    labels, pairs = made.details.labels, features.ngrams == 2
    return telling(way.found, made.weights, texts, labels, pairs, features.bits)


def _plain(told: Figures) -> dict[str, Any]:
    """The figures that the file keeps: all but the curve, rounded."""
    return {
        "accuracy": round(told.accuracy.share, 4),
        "macro_f1": round(told.macro_f1, 4),
        "log_loss": round(told.log_loss, 4),
        "calibration_error": round(told.calibration_error, 4),
        "labels": {
            one.label: {
                "texts": one.texts,
                "precision": None if one.precision is None else round(one.precision.share, 4),
                "recall": None if one.recall is None else round(one.recall.share, 4),
                "f1": round(one.f1, 4),
            }
            for one in told.labels
        },
    }
