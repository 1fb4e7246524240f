"""Ensembles: what is promised of members that learn from balanced subsets."""

from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner

from curate.classifier.crossing import Settings
from curate.classifier.ensembles import MEMBERS, OF_TREES, fit_ensemble
from curate.classifier.features import sparse
from curate.classifier.file import decoded, encoded
from curate.classifier.fitting import matrix_of
from curate.classifier.model import (
    Classifier,
    Embedded,
    Ensemble,
    EnsembleName,
    Forest,
    Linear,
    Words,
)
from curate.classifier.scoring import probabilities
from curate.classifier.training import train
from curate.cli import curate
from curate.errors import InputError
from tests.classifier.small import details, labelled
from tests.models.static import WORDS, make_static

pytestmark = pytest.mark.skipif(
    find_spec("imblearn") is None, reason="the extra balance is not installed"
)

NAMES: tuple[EnsembleName, ...] = get_args(EnsembleName)


def skewed(number: int = 240, seed: int = 0) -> tuple[list[str], list[str]]:
    """Kind texts, and a tenth as many rude ones."""
    pairs = list(zip(*labelled(number, seed), strict=True))
    kept = [pair for place, pair in enumerate(pairs) if pair[1] == "kind" or place % 20 == 1]
    return [text for text, _ in kept], [label for _, label in kept]


def settings(name: EnsembleName, **changed: Any) -> Settings:
    members = {"BalancedBagging": 3, "EasyEnsemble": 3, "BalancedRandomForest": 20}[name]
    told = {"folds": 3, "bits": 12, "ngrams": 1, **changed}
    return Settings("tone", ensemble=Ensemble(kind=name, members=members), **told)


@pytest.mark.parametrize("name", NAMES)
def test_a_rare_label_is_found_and_files_are_equal_whatever_the_order(name: EnsembleName) -> None:
    texts, labels = skewed()
    made = train(texts, labels, settings(name))
    again = train(texts[::-1], labels[::-1], settings(name))
    assert encoded(made.classifier) == encoded(again.classifier)
    other = train(texts, labels, settings(name, seed=1))
    assert encoded(made.classifier) != encoded(other.classifier)
    rare = next(one for one in made.figures.labels if one.label == "rude")
    assert rare.recall is not None
    assert rare.recall.share >= 0.8
    new, truth = labelled(40, seed=9)
    scores = probabilities(made.classifier, pa.array(new))
    said = [made.classifier.details.labels[at] for at in scores.argmax(axis=1)]
    assert sum(one == right for one, right in zip(said, truth, strict=True)) >= 34


@pytest.mark.parametrize("name", NAMES)
def test_compiled_code_and_python_say_the_same(name: EnsembleName) -> None:
    made = train(*skewed(), settings(name)).classifier
    array = pa.array([*labelled(20, seed=4)[0], "", "xyzzy", "thanks", "Idiot! idiot?"])
    compiled, plain = (probabilities(made, array, way) for way in (True, False))
    assert np.array_equal(compiled, plain, equal_nan=True)
    alone = [probabilities(made, array.slice(row, 1), True)[0] for row in range(len(array))]
    assert np.array_equal(compiled, np.stack(alone), equal_nan=True)


def test_a_forest_says_the_probabilities_that_imbalanced_learn_says() -> None:
    """But for the tree that knows nothing, which keeps labels from being impossible."""
    from imblearn.ensemble import BalancedRandomForestClassifier
    from scipy.sparse import csr_matrix

    texts, labels = skewed()
    truth = np.array([label == "rude" for label in labels], np.int64)
    found = sparse(texts, False, 12, 2)
    matrix = csr_matrix(matrix_of(found))
    theirs = BalancedRandomForestClassifier(n_estimators=8, random_state=5).fit(matrix, truth)
    ours = fit_ensemble(matrix, truth, None, Ensemble(kind="BalancedRandomForest", members=8), 5)
    told = details(
        labels=("kind", "rude"),
        temperature=1.0,
        c=None,
        features=Words(bits=12, ngrams=1),
        ensemble=Ensemble(kind="BalancedRandomForest", members=8),
    )
    new = labelled(30, seed=6)[0]
    scores = probabilities(Classifier(told, found.slots, ours.body), pa.array(new))
    given = sparse(new, False, 12, 1)
    places = np.searchsorted(found.slots, given.slots).clip(max=len(found.slots) - 1)
    known = found.slots[places] == given.slots
    columns = np.where(known, places, 0)[given.columns]
    kept = np.where(known[given.columns], given.values, 0.0)
    seen = csr_matrix((kept, columns, given.ends), shape=(len(new), len(found.slots)))
    seen = seen.multiply(1 / np.sqrt(seen.multiply(seen).sum(axis=1))).tocsr()
    expected = (theirs.predict_proba(seen) * 8 + 0.5) / 9
    assert np.allclose(scores, expected, atol=1e-6)


def test_boosted_stumps_say_the_sums_that_imbalanced_learn_has() -> None:
    from imblearn.ensemble import EasyEnsembleClassifier
    from scipy.sparse import csr_matrix

    texts, labels = skewed()
    truth = np.array([label == "rude" for label in labels], np.int64)
    matrix = csr_matrix(matrix_of(sparse(texts, False, 12, 2)))
    theirs = EasyEnsembleClassifier(n_estimators=3, random_state=5).fit(matrix, truth)
    ours = fit_ensemble(matrix, truth, None, Ensemble(kind="EasyEnsemble", members=3), 5)
    sums = [
        each[-1].decision_function(matrix) * each[-1].estimator_weights_.sum()
        for each in theirs.estimators_
    ]
    logits = ours.logits(matrix)
    assert np.allclose(logits[:, 1] - logits[:, 0], np.mean(sums, axis=0), atol=1e-5)


def test_bagging_is_the_mean_of_models_of_balanced_subsets() -> None:
    texts, labels = skewed()
    truth = np.array([label == "rude" for label in labels], np.int64)
    matrix = matrix_of(sparse(texts, False, 12, 2))
    ours = fit_ensemble(matrix, truth, 10.0, Ensemble(kind="BalancedBagging", members=3), 5)
    assert isinstance(ours.body, Linear)
    single = fit_ensemble(matrix, truth, 10.0, None, 5)
    # With a tenth of the texts, the rare label's intercept of a single model is far below.
    assert isinstance(single.body, Linear)
    assert single.body.intercepts[1] < ours.body.intercepts[1]


@pytest.mark.skipif(find_spec("model2vec") is None, reason="the extra embedding is not installed")
@pytest.mark.parametrize("name", sorted(OF_TREES))
def test_trees_can_look_at_embeddings(name: EnsembleName, tmp_path: Path) -> None:
    make_static(tmp_path / "model")
    texts = [f"{WORDS[n % 2]} {WORDS[n + 2]}" for n in range(40)]
    labels = ["a" if n % 2 else "b" for n in range(40)]
    asked = settings(name, embedding=str(tmp_path / "model"), ngrams=None)
    made = train(texts, labels, asked).classifier
    assert isinstance(made.details.features, Embedded)
    scores = probabilities(made, pa.array(texts))
    alone = [probabilities(made, pa.array([text]))[0] for text in texts]
    assert np.array_equal(scores, np.stack(alone), equal_nan=True)
    assert [made.details.labels[at] for at in scores.argmax(axis=1)] == labels


def forest() -> Classifier:
    """One tree of three nodes over two features."""
    told = details(
        labels=("kind", "rude"),
        c=None,
        features=Words(bits=8, ngrams=1),
        ensemble=Ensemble(kind="BalancedRandomForest", members=1),
    )
    body = Forest(
        features=np.array([1, -1, -2], np.int32),
        thresholds=np.array([0.5, 0, 0]),
        children=np.array([[1, 2], [0, 0], [0, 0]], np.int32),
        values=np.eye(2, dtype=np.float32),
        roots=np.array([0], np.int32),
    )
    return Classifier(told, np.array([3, 7], np.uint32), body)


def damaged(place: str, at: Any, value: Any) -> bytes:
    made = forest()
    assert isinstance(made.body, Forest)
    arrays = {name: array.copy() for name, array in made.body._asdict().items()}
    arrays[place][at] = value
    return encoded(replace(made, body=Forest(**arrays)))


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a way that does not end": (lambda: damaged("children", (0, 0), 0), "behind its parent"),
    "a way out of the nodes": (lambda: damaged("children", (0, 1), 9), "behind its parent"),
    "a feature that is not there": (lambda: damaged("features", 0, 2), "not there"),
    "values that are not there": (lambda: damaged("features", 2, -9), "not there"),
    "a threshold that is none": (lambda: damaged("thresholds", 0, np.nan), "finite"),
    "a value that is none": (lambda: damaged("values", 0, np.inf), "finite"),
    "a root that is not there": (lambda: damaged("roots", 0, 3), "trees"),
    "no members": (
        lambda: encoded(forest()).replace(b'\\"members\\":1', b'\\"members\\":0'),
        "members",
    ),
}


@pytest.mark.parametrize("damage", HOSTILE)
def test_a_forest_that_cannot_be_followed_is_refused(damage: str) -> None:
    content, words = HOSTILE[damage]
    with pytest.raises(InputError) as caught:
        decoded(content(), "a.classifier")
    assert words in str(caught.value)


def test_a_forest_that_is_written_is_read() -> None:
    made = forest()
    read = decoded(encoded(made), "it")
    assert read.details == made.details
    one: Any
    other: Any
    for one, other in zip(read.body, made.body, strict=True):
        assert np.array_equal(one, other)


def run(*arguments: str) -> Any:
    return CliRunner().invoke(curate, ["classifier", *arguments])


def test_the_command_trains_shows_and_refuses(tmp_path: Path) -> None:
    texts, labels = skewed(80)
    rows = [f'{{"text": "{t}", "label": "{w}"}}' for t, w in zip(texts, labels, strict=True)]
    given, out = tmp_path / "given.jsonl", tmp_path / "tone.classifier"
    given.write_text("\n".join(rows))
    asked = ("train", str(given), "--out", str(out), "--folds", "2", "--bits", "12")
    assert MEMBERS["EasyEnsemble"] == 10
    done = run(*asked, "--ensemble", "EasyEnsemble", "--members", "2", "--ngrams", "1")
    assert done.exit_code == 0, done.output
    assert "EasyEnsemble of 2" in done.output
    assert "EasyEnsemble" in run("show", str(out)).output
    assert run("eval", str(out), str(given)).exit_code == 0
    wrong = run(*asked, "--members", "2")
    assert wrong.exit_code != 0
    assert "--ensemble" in str(wrong.exception)
    wrong = run(*asked, "--ensemble", "EasyEnsemble", "--c", "3")
    assert wrong.exit_code != 0
    assert "no penalty" in str(wrong.exception)
