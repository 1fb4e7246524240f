"""Training: what is promised of folds, calibration, figures and the file."""

from importlib.util import find_spec
from pathlib import Path
from random import Random

import numpy as np
import pyarrow as pa
import pytest

from curate.classifier.calibration import (
    calibrated,
    calibration_error,
    softmax,
    temperature_of,
)
from curate.classifier.crossing import Settings
from curate.classifier.figures import figures
from curate.classifier.file import encoded
from curate.classifier.folds import folds_of
from curate.classifier.label_errors import label_errors
from curate.classifier.scoring import probabilities
from curate.classifier.training import train
from curate.errors import RefusedError
from tests.classifier.small import labelled
from tests.models.static import WORDS, make_static

needs_sklearn = pytest.mark.skipif(
    find_spec("sklearn") is None, reason="the extra classifier is not installed"
)


def test_equal_texts_stay_in_one_fold_and_labels_are_spread() -> None:
    texts, labels = labelled(100)
    folds = folds_of([*texts, *texts[:30]], [*labels, *labels[:30]], 5, seed=0)
    assert folds[:30].tolist() == folds[100:].tolist()
    for label in ("kind", "rude"):
        every = zip(folds, [*labels, *labels[:30]], strict=True)
        own = np.bincount([fold for fold, one in every if one == label])
        assert max(own) - min(own) <= 2


def test_folds_depend_on_the_seed_and_not_on_the_order() -> None:
    texts, labels = labelled(60)
    one = dict(zip(texts, folds_of(texts, labels, 3, 0), strict=True))
    back = dict(zip(texts[::-1], folds_of(texts[::-1], labels[::-1], 3, 0), strict=True))
    assert one == back
    assert one != dict(zip(texts, folds_of(texts, labels, 3, 1), strict=True))


def test_fewer_texts_than_folds_are_refused_with_what_would_do() -> None:
    texts, labels = labelled(20)
    with pytest.raises(RefusedError, match=r"'odd'.* 2 different texts.*--folds 2"):
        folds_of([*texts, "a", "b", "b"], [*labels, "odd", "odd", "odd"], 5, 0)


def test_calibration_undoes_what_was_too_sure() -> None:
    random = np.random.default_rng(0)
    honest = random.normal(size=(4000, 3))
    chances = softmax(honest).cumsum(1)
    truth = (random.random(4000)[:, None] > chances).sum(1)
    assert temperature_of(honest * 4, truth) == pytest.approx(4, rel=0.1)
    folds = np.arange(4000) % 5
    after = calibration_error(calibrated(honest * 4, truth, folds), truth)
    assert after < 0.03 < 0.15 < calibration_error(softmax(honest * 4), truth)


def test_figures_are_those_of_a_table_by_hand() -> None:
    found = figures(
        np.array([[0.9, 0.1], [0.6, 0.4], [0.3, 0.7], [0.8, 0.2]]), np.array([0, 0, 1, 1]), "ab"
    )
    first = found.labels[0]
    assert found.confusion == ((2, 0), (1, 1))
    assert (first.texts, first.found, first.f1, first.auc) == (2, 3, 0.8, 0.75)
    assert first.precision is not None
    assert first.precision[::3] == (2 / 3, 3)
    (point,) = (one for one in found.curve if (one.label, one.limit) == ("a", 0.8))
    assert point.precision is not None
    assert point.recall is not None
    assert (point.texts, point.precision.share, point.recall.share) == (2, 0.5, 0.5)
    assert point.precision.low < 0.5 < point.precision.high


def test_label_errors_are_those_of_the_paper() -> None:
    """By hand: thresholds of 0.58 and 0.6; of `a` two texts are sure and one counts as `b`, and
    of its four texts so 4/3, one, is listed: the third, not the second. Of `b` none is wrong."""
    sure = np.array([[0.9, 0.1], [0.42, 0.58], [0.2, 0.8], [0.8, 0.2], [0.45, 0.55], [0.35, 0.65]])
    (error,) = label_errors(sure, np.array([0, 0, 0, 0, 1, 1]), ["a", "b"])
    assert (error.text, error.given, error.likely) == (2, "a", "b")
    assert error.margin == pytest.approx(-0.6)


@needs_sklearn
def test_the_same_labels_in_any_order_give_the_same_file() -> None:
    texts, labels = labelled(120)
    order = list(range(120))
    Random(1).shuffle(order)
    settings = Settings("tone", bits=12)
    one = train(texts, labels, settings)
    other = train([texts[at] for at in order], [labels[at] for at in order], settings)
    assert encoded(one.classifier) == encoded(other.classifier)
    assert one.figures == other.figures
    third = train(texts, labels, settings._replace(seed=1))
    assert encoded(third.classifier) != encoded(one.classifier)


@needs_sklearn
def test_it_learns_what_tells_the_labels_apart() -> None:
    made = train(*labelled(200), Settings("tone", bits=16))
    assert made.figures.macro_f1 > 0.95
    told = {label: {one.words for one in found[:4]} for label, found in made.telling.items()}
    assert told["kind"] <= {"thanks", "please", "glad", "welcome", "helpful", "lovely"}
    assert told["rude"] <= {"stupid", "shut", "idiot", "hate", "awful", "useless"}
    texts, labels = labelled(50, seed=9)
    scores = probabilities(made.classifier, pa.array(texts))
    found = [made.classifier.details.labels[at] for at in scores.argmax(axis=1)]
    assert sum(one == other for one, other in zip(found, labels, strict=True)) >= 48


@needs_sklearn
def test_wrong_labels_are_found_and_few_right_ones() -> None:
    texts, labels = labelled(300)
    wrong = {texts[at] for at in range(5, 300, 30)}
    turned = {"kind": "rude", "rude": "kind"}
    labels = [
        turned[label] if text in wrong else label for text, label in zip(texts, labels, strict=True)
    ]
    made = train(texts, labels, Settings("tone", bits=16))
    found = {made.texts[one.text] for one in made.errors}
    assert len(found & wrong) >= 4
    assert len(found - wrong) <= 2


@needs_sklearn
def test_labels_without_meaning_are_not_praised() -> None:
    """Cross-validation on texts not learned from: chance stays chance."""
    texts, _ = labelled(300)
    random = Random(3)
    made = train(texts, [random.choice("ab") for _ in texts], Settings("tone", bits=16))
    assert made.figures.accuracy.low < 0.5 + 0.06


@needs_sklearn
@pytest.mark.skipif(find_spec("model2vec") is None, reason="the extra embedding is not installed")
def test_embeddings_can_be_learned_from_and_another_model_is_refused(tmp_path: Path) -> None:
    make_static(tmp_path / "model")
    texts = [f"{WORDS[n % 2]} {WORDS[n + 2]}" for n in range(40)]
    settings = Settings("tone", embedding=str(tmp_path / "model"))
    made = train(texts, ["a" if n % 2 else "b" for n in range(40)], settings)
    whole = probabilities(made.classifier, pa.array(texts))
    alone = [probabilities(made.classifier, pa.array([text]))[0] for text in texts]
    assert np.array_equal(whole, np.stack(alone), equal_nan=True)
    (tmp_path / "model" / "config.json").write_text('{"model_type": "model2vec", "other": 1}')
    with pytest.raises(RefusedError, match="learned from"):
        probabilities(made.classifier, pa.array(texts))
