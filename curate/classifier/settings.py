"""What steps that apply a classifier are told, whether they measure or drop."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationInfo, model_validator

from curate.classifier.file import decoded, read_bytes
from curate.classifier.model import Classifier, Embedded
from curate.classifier.scoring import DECIMALS, Scores, embedding_of
from curate.classifier.scoring import probabilities as probabilities_of
from curate.errors import InputError
from curate.models.embedding_files import EmbeddingFiles


class ClassifierSettings(BaseModel):
    """The settings of a step over a classifier, whose file is read and checked."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    model: str
    """The file that `curate classifier train` wrote, relative to the recipe."""

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

    def classifier(self) -> Classifier:
        """The classifier of the file."""
        return _of(self._content)

    def files(self) -> Sequence[bytes]:
        """The bytes of the file."""
        return (self._content,)

    def probabilities(self, texts: pa.StringArray) -> Scores:
        """The probability of each label, rounded; a row of NaN where no word is known."""
        found = probabilities_of(self.classifier(), texts, embedding=self._embedding)
        return np.asarray(np.round(found, DECIMALS), np.float64)

    def without_path(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Settings for a fingerprint: the same file at another place gives the same values."""
        return {key: value for key, value in settings.items() if key != "model"}


@lru_cache(maxsize=4)
def _of(content: bytes) -> Classifier:
    return decoded(content, "classifier")
