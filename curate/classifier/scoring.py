"""What a classifier says of texts: the probability of each label."""

from math import exp, sqrt
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.classifier.features import KERNEL, buffers, kernel
from curate.classifier.model import Classifier, Embedded, Words
from curate.classifier.words import MOST_COUNTED, features_of, kinds, lowered, scale
from curate.errors import RefusedError
from curate.models.embedding import UNIT, embed, require
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
        found = np.array(rows, np.float64).reshape(len(texts), len(classifier.intercepts))
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
    found = np.zeros((len(texts), len(classifier.intercepts)))
    kernel().score(
        *(data, offsets, kinds(), lowered(), features.ngrams == 2),
        *(np.uint64((1 << features.bits) - 1), classifier.rows, classifier.weights),
        *(classifier.intercepts, classifier.details.temperature, scale(), found),
    )
    return found


def _plain(classifier: Classifier, features: Words, text: str) -> list[float]:
    """The same of one text in Python, number for number."""
    counts: dict[int, int] = {}
    for value, _ in features_of(text, features.ngrams == 2):
        row = int(classifier.rows[value & ((1 << features.bits) - 1)])
        if row >= 0:
            counts[row] = counts.get(row, 0) + 1
    if not counts:
        return [float("nan")] * len(classifier.intercepts)
    sums = [0.0] * len(classifier.intercepts)
    square = 0.0
    for known, times in counts.items():
        weighed = float(scale()[min(times, MOST_COUNTED)])
        square += weighed * weighed
        for label, weight in enumerate(classifier.weights[known].tolist()):
            sums[label] += weighed * weight
    length = sqrt(square)
    pairs = zip(sums, classifier.intercepts.tolist(), strict=True)
    logits = [(a / length + b) / classifier.details.temperature for a, b in pairs]
    most = max(logits)
    powers = [exp(logit - most) for logit in logits]
    total = 0.0
    for power in powers:  # in order: `sum` adds more exactly than compiled code
        total += power
    return [power / total for power in powers]


def _of_vectors(
    classifier: Classifier, features: Embedded, texts: pa.StringArray, model: EmbeddingFiles | None
) -> Scores:
    vectors = embed(model or embedding_of(features, Path()), texts.to_pylist(), features.max_tokens)
    if not len(vectors):
        return np.zeros((0, len(classifier.intercepts)))
    # Whole numbers and one text at a time: the order of a sum depends on nothing else.
    weights = classifier.weights.astype(np.float64)
    sums = np.stack([(row.astype(np.float64)[:, None] * weights).sum(0) for row in vectors])
    logits = (sums / UNIT + classifier.intercepts) / classifier.details.temperature
    powers = np.exp(logits - logits.max(1, keepdims=True))
    found = powers / powers.sum(1, keepdims=True)
    found[~vectors.any(axis=1)] = np.nan
    return np.asarray(found, np.float64)
