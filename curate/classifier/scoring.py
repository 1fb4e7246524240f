"""What a classifier says of texts: the probability of each label."""

from collections.abc import Mapping
from math import exp, log, sqrt
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.classifier.calibration import softmax
from curate.classifier.features import KERNEL, buffers, kernel, kernel_of_trees
from curate.classifier.forest import followed, followed_all, logits
from curate.classifier.model import Classifier, Embedded, Forest, Linear, Words
from curate.classifier.words import MOST_COUNTED, features_of, kinds, lowered, scale
from curate.errors import RefusedError
from curate.models.embedding import UNIT, Vectors, embed, require
from curate.models.embedding_files import EmbeddingFiles, find_embedding
from curate.scan.compiling import is_loaded

KERNEL_BYTES: Final = 300_000
"""From so many bytes on compiled code, which takes a second to load, is quicker than Python."""
WARM_BYTES: Final = 2_000
"""The same where it is loaded."""

DECIMALS: Final = 4
"""To which probabilities are rounded: what another processor changes in a sum is far below."""

Scores = npt.NDArray[np.float64]


def probabilities(
    classifier: Classifier,
    texts: pa.StringArray,
    compiled: bool | None = None,
    embedding: EmbeddingFiles | None = None,
) -> Scores:
    """The probability of each label [texts, labels]; a row of NaN where no feature is known.

    `compiled` says which way to go; by default the size decides. `embedding` is the model
    of a classifier that needs one (`embedding_of`), by default looked up by its name.
    """
    features = classifier.details.features
    if isinstance(features, Embedded):
        found = _of_vectors(classifier, features, texts, embedding)
    elif _is_worth_it(texts) if compiled is None else compiled:
        found = _compiled(classifier, features, texts)
    else:
        rows = [_plain(classifier, features, text) for text in texts.to_pylist()]
        found = np.array(rows, np.float64).reshape(len(texts), len(classifier.details.labels))
    found[np.isnan(found[:, 0])] = np.nan
    return found


def embedding_of(features: Embedded, base: Path) -> EmbeddingFiles:
    """The embedding model of a classifier. Raises RefusedError where its files are others."""
    found = find_embedding(features.model, base)
    if found.files.hash != features.hash:
        raise RefusedError(
            f"embedding model {features.model!r}",
            f"it is {found.files.hash[:12]}, and the classifier learned from {features.hash[:12]}",
            "Restore the model that it was trained with, or train it again",
        )
    require(found, f"embedding model {features.model!r}")
    return found


def _is_worth_it(texts: pa.StringArray) -> bool:
    size = pc.sum(pc.binary_length(texts)).as_py() or 0
    return bool(size >= (WARM_BYTES if is_loaded(KERNEL) else KERNEL_BYTES))


def _compiled(classifier: Classifier, features: Words, texts: pa.StringArray) -> Scores:
    data, offsets = buffers(texts)
    details, body = classifier.details, classifier.body
    found = np.zeros((len(texts), len(details.labels)))
    look = (data, offsets, kinds(), lowered(), features.ngrams == 2)
    mask = np.uint64((1 << features.bits) - 1)
    if isinstance(body, Linear):
        kernel().score(*(*look, mask, classifier.rows, *body, details.temperature, scale(), found))
    else:
        kernel_of_trees().score(
            *(*look, mask, classifier.rows, len(classifier.slots), *body),
            *(_of_shares(classifier), details.temperature, scale(), found),
        )
    return found


def _of_shares(classifier: Classifier) -> bool:
    ensemble = classifier.details.ensemble
    return ensemble is not None and ensemble.kind == "BalancedRandomForest"


def _plain(classifier: Classifier, features: Words, text: str) -> list[float]:
    """The same of one text in Python, number for number."""
    counts: dict[int, int] = {}
    for value, _ in features_of(text, features.ngrams == 2):
        row = int(classifier.rows[value & ((1 << features.bits) - 1)])
        if row >= 0:
            counts[row] = counts.get(row, 0) + 1
    if not counts:
        return [float("nan")] * len(classifier.details.labels)
    values = {row: float(scale()[min(times, MOST_COUNTED)]) for row, times in counts.items()}
    square = 0.0
    for weighed in values.values():
        square += weighed * weighed
    found = _logits(classifier, values, sqrt(square))
    logits = [logit / classifier.details.temperature for logit in found]
    most = max(logits)
    powers = [exp(logit - most) for logit in logits]
    total = 0.0
    for power in powers:  # in order: `sum` adds more exactly than compiled code
        total += power
    return [power / total for power in powers]


def _logits(classifier: Classifier, values: Mapping[int, float], length: float) -> list[float]:
    """The logits of a text that has features, not yet of length 1."""
    body = classifier.body
    if isinstance(body, Linear):
        sums = [0.0] * len(body.intercepts)
        for row, value in values.items():
            for label, weight in enumerate(body.weights[row].tolist()):
                sums[label] += value * weight
        return [a / length + b for a, b in zip(sums, body.intercepts.tolist(), strict=True)]
    rounded = {row: float(np.float32(value / length)) for row, value in values.items()}
    found = followed(body, rounded)
    if not _of_shares(classifier):
        return found
    return [log((one + 1.0 / len(found)) / (len(body.roots) + 1)) for one in found]


def _of_vectors(
    classifier: Classifier, features: Embedded, texts: pa.StringArray, model: EmbeddingFiles | None
) -> Scores:
    vectors = embed(model or embedding_of(features, Path()), texts.to_pylist(), features.max_tokens)
    if not len(vectors):
        return np.zeros((0, len(classifier.details.labels)))
    found = softmax(_logits_of_vectors(classifier, vectors) / classifier.details.temperature)
    found[~vectors.any(axis=1)] = np.nan
    return found


def _logits_of_vectors(classifier: Classifier, vectors: Vectors) -> Scores:
    body = classifier.body
    if isinstance(body, Forest):
        sums = followed_all(body, (vectors.astype(np.float64) / UNIT).astype(np.float32))
        return logits(body, sums, _of_shares(classifier))
    # Whole numbers and one text at a time: the order of a sum depends on nothing else.
    weights = body.weights.astype(np.float64)
    sums = np.stack([(row.astype(np.float64)[:, None] * weights).sum(0) for row in vectors])
    return np.asarray(sums / UNIT + body.intercepts, np.float64)


def of_nothing(classifier: Classifier) -> Scores:
    """The probabilities [labels] that a classifier gives a text of which it knows no feature."""
    body = classifier.body
    if isinstance(body, Linear):
        found = body.intercepts
    else:
        sums = followed_all(body, np.zeros((1, len(classifier.slots)), np.float32))
        found = logits(body, sums, _of_shares(classifier))[0]
    shares = softmax(found[None] / classifier.details.temperature)
    return np.asarray(shares[0], np.float64)
