"""Training a classifier: cross-validated, calibrated, and told what it is worth."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from curate.classifier.calibration import (
    Places,
    calibrated,
    calibration_error,
    softmax,
    temperature_of,
)
from curate.classifier.crossing import Best, Settings, Tried, Way, best_of, fit_by, ways_of
from curate.classifier.ensembles import require_ensembles
from curate.classifier.figures import Figures, figures
from curate.classifier.fitting import require
from curate.classifier.folds import folds_of
from curate.classifier.label_errors import LabelError, label_errors
from curate.classifier.model import Classifier, Details, Linear, Words
from curate.classifier.telling import Telling, telling
from curate.errors import RefusedError
from curate.hashing import digest
from curate.progress import Progress, Silent


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
    """Empty for embeddings and trees."""
    conflicting: int
    """Texts that are there with several labels."""


def train(
    texts: Sequence[str],
    labels: Sequence[str],
    settings: Settings,
    progress: Progress | None = None,
) -> Trained:
    """Train on labelled texts, in any order: equal ones and an equal seed give an equal classifier.

    Raises MissingExtraError without scikit-learn, or imbalanced-learn for ensembles; RefusedError
    for one label alone, or fewer texts of one than folds.
    """
    require()
    if settings.ensemble is not None:
        require_ensembles()
    pairs = sorted(zip(texts, labels, strict=True), key=_place)
    texts, labels = tuple(text for text, _ in pairs), [label for _, label in pairs]
    names = sorted(set(labels))
    if len(names) < 2:
        found = f"only the label {names[0]!r} is there" if names else "there is no text"
        raise RefusedError("the labels", found, "Give texts of two labels at least")
    places = {label: at for at, label in enumerate(names)}
    truth = np.array([places[label] for label in labels], np.int64)
    folds = folds_of(texts, labels, settings.folds, settings.seed)
    features, ways = ways_of(texts, settings)
    best, tried = best_of(ways, truth, folds, settings, progress or Silent())
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
        ensemble=settings.ensemble,
        seed=settings.seed,
        folds=settings.folds,
        examples=len(texts),
        data=digest(*(part.encode() for pair in pairs for part in pair)).hex(),
        figures=_plain(told),
    )
    made = _classifier(details, best, truth, settings)
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


def _classifier(details: Details, best: Best, truth: Places, settings: Settings) -> Classifier:
    made = fit_by(best.way.matrix, truth, best.c, settings)
    found = best.way.found
    known = best.way.matrix.shape[1]
    slots = np.arange(known, dtype=np.uint32) if found is None else found.slots
    return Classifier(details, slots, made.body)


def _telling(made: Classifier, way: Way, texts: Sequence[str]) -> Mapping[str, tuple[Telling, ...]]:
    if way.found is None or not isinstance(made.body, Linear):
        return {}
    features = made.details.features
    assert isinstance(features, Words)
    labels, pairs = made.details.labels, features.ngrams == 2
    return telling(way.found, made.body.weights, texts, labels, pairs, features.bits)


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
