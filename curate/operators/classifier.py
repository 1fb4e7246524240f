"""Scoring texts with a classifier of one's own."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pyarrow as pa
from pydantic import (
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_serializer,
    field_validator,
    model_validator,
)

from curate.classifier.file import decoded, read_bytes
from curate.classifier.model import Classifier as Model
from curate.classifier.model import Embedded, signal_names
from curate.classifier.scoring import DECIMALS, Scores, embedding_of
from curate.classifier.scoring import probabilities as probabilities_of
from curate.errors import InputError
from curate.models.embedding_files import EmbeddingFiles
from curate.operator import SignalOperator
from curate.setting_types import Names, check_texts
from curate.signals.registry import NAME


class Classifier(SignalOperator):
    """Store what a classifier of your own says of texts: the probability of each label.

    A text in which no word is known has no values. `curate classifier train` makes classifiers.
    """

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    name: ClassVar[str] = "classifier"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = (
        *("model2vec", "numpy", "pyarrow", "sentence-transformers", "tokenizers"),
    )
    places: ClassVar[frozenset[str]] = frozenset({"fields"})

    model: str
    """The file that `curate classifier train` wrote, relative to the recipe."""
    measured: Names = Field(default=("response",), alias="fields")
    """The fields to score."""
    signal: str = ""
    """What its signals are called by, instead of the name that the classifier was given."""

    _content: bytes = PrivateAttr()
    _embedding: EmbeddingFiles | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _model_is_there(self, info: ValidationInfo) -> Self:
        base = (info.context or {}).get("base", Path())
        self._content = read_bytes(base / self.model)
        try:
            features = self.classifier().details.features
        except InputError as error:
            raise ValueError(f"the file is no classifier: {error.found}. {error.right}") from error
        if isinstance(features, Embedded):
            self._embedding = embedding_of(features, base)
        return self

    @field_serializer("model", when_used="json")
    def _name_without_path(self, _name: str) -> str:
        """A path is no part of what is computed: the file is."""
        return f"sha256:{sha256(self._content).hexdigest()[:16]}"

    def classifier(self) -> Model:
        """The classifier of the file."""
        return _of(self._content)

    def files(self) -> Sequence[bytes]:
        """The bytes of the file."""
        return (self._content,)

    def probabilities(self, texts: pa.StringArray) -> Scores:
        """The probability of each label, rounded; a row of NaN where no word is known."""
        found = probabilities_of(self.classifier(), texts, embedding=self._embedding)
        return np.asarray(np.round(found, DECIMALS), np.float64)

    @field_validator("measured")
    @classmethod
    def _fields_exist(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        check_texts(names, "scored")
        return names

    @field_validator("signal")
    @classmethod
    def _can_be_named(cls, signal: str) -> str:
        if signal and not NAME.fullmatch(signal):
            raise ValueError(f"{signal!r} is no name for a signal, which has a to z, 0 to 9 and _")
        return signal

    def fields(self) -> Sequence[str]:
        """The fields of the settings."""
        return self.measured

    def signals(self) -> Mapping[str, str]:
        """The likeliest label, and the probability of each."""
        each = {one: f"probability that the label is {label}" for label, one in self._named()}
        return {self._prefix(): "the likeliest label"} | each

    def labels(self) -> frozenset[str]:
        """The likeliest label."""
        return frozenset({self._prefix()})

    def measure(self, texts: pa.StringArray) -> Mapping[str, pa.Array]:
        """Return label and probabilities; null where no word of a text is known."""
        scores = self.probabilities(texts)
        unknown = np.isnan(scores[:, 0])
        likeliest = np.where(unknown, 0, scores.argmax(axis=1)).astype(np.int64)
        labels = pa.array(self.classifier().details.labels, pa.string())
        values = {
            signal: pa.array(np.ascontiguousarray(scores[:, at]), pa.float64(), mask=unknown)
            for at, (_, signal) in enumerate(self._named())
        }
        return {self._prefix(): labels.take(pa.array(likeliest, mask=unknown))} | values

    def _prefix(self) -> str:
        return self.signal or self.classifier().details.name

    def _named(self) -> Sequence[tuple[str, str]]:
        """Each label and its signal, in the order of the scores."""
        return list(signal_names(self._prefix(), self.classifier().details.labels).items())

    def _digest_of(self, settings: Mapping[str, Any]) -> str:
        """Without the path: the same file at another place gives the same values."""
        return super()._digest_of({k: v for k, v in settings.items() if k != "model"})


@lru_cache(maxsize=4)
def _of(content: bytes) -> Model:
    return decoded(content, "classifier")
