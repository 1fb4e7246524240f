"""Scoring texts with a classifier of one's own."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
from pydantic import ConfigDict, Field, field_validator

from curate.classifier.model import signal_names
from curate.classifier.settings import ClassifierSettings
from curate.operator import SignalOperator
from curate.setting_types import Names, check_texts
from curate.signals.registry import NAME


class Classifier(ClassifierSettings, SignalOperator):
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

    measured: Names = Field(default=("response",), alias="fields")
    """The fields to score."""
    signal: str = ""
    """What its signals are called by, instead of the name that the classifier was given."""

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
        return super()._digest_of(self.without_path(settings))
