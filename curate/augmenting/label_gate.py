"""The gate of labels: what a classifier says of a rewording must be its parent's label."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Self

import numpy as np
import orjson
import pyarrow as pa
from pydantic import (
    BaseModel,
    ConfigDict,
    PrivateAttr,
    ValidationInfo,
    field_serializer,
    field_validator,
    model_validator,
)

from curate.augmenting.gates import Failed, Pairs, as_json
from curate.classifier.file import decoded, read_bytes
from curate.classifier.model import Classifier, Embedded
from curate.classifier.scoring import embedding_of, probabilities
from curate.errors import InputError
from curate.fields import field_texts
from curate.models.embedding_files import EmbeddingFiles
from curate.setting_types import check_texts

_LABEL = "labels."


class LabelGate(BaseModel):
    """A classifier of `curate classifier train` reads the rewording."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    model: str
    """The file that `curate classifier train` wrote, relative to the recipe."""
    label: str = ""
    """The label that must be kept, such as `labels.topic`; where a record has none, and without
    this setting, it is what the classifier says of the record itself."""
    field: str = ""
    """The field that the classifier reads; by default the texts that are reworded."""

    _content: bytes = PrivateAttr()
    _classifier: Classifier = PrivateAttr()
    _embedding: EmbeddingFiles | None = PrivateAttr(default=None)

    @field_validator("label")
    @classmethod
    def _is_a_label(cls, name: str) -> str:
        if name and not (name.startswith(_LABEL) and len(name) > len(_LABEL)):
            raise ValueError(f"{name!r} is no label; write `labels.NAME`")
        return name

    @field_validator("field")
    @classmethod
    def _is_a_field(cls, name: str) -> str:
        if name:
            check_texts([name], "classified")
        return name

    @model_validator(mode="after")
    def _model_is_there(self, info: ValidationInfo) -> Self:
        base = (info.context or {}).get("base", Path())
        self._content = read_bytes(base / self.model)
        try:
            self._classifier = decoded(self._content, "classifier")
        except InputError as error:
            raise ValueError(f"the file is no classifier: {error.found}. {error.right}") from error
        features = self._classifier.details.features
        if isinstance(features, Embedded):
            self._embedding = embedding_of(features, base)
        return self

    @field_serializer("model", when_used="json")
    def _name_without_path(self, _name: str) -> str:
        return f"sha256:{sha256(self._content).hexdigest()[:16]}"

    def files(self) -> Sequence[bytes]:
        """The bytes of the file."""
        return (self._content,)

    @property
    def is_slow(self) -> bool:
        """Whether it embeds texts."""
        return self._embedding is not None

    def failures(self, pairs: Pairs) -> Iterator[Failed]:
        """Those with another label, and those in which the classifier knows no word."""
        named = self.label.removeprefix(_LABEL)
        own = [_label(text, named) for text in pairs.parents.column("labels").to_pylist()]
        before = [None] * len(own) if all(own) else self._labels(pairs.parents, pairs.before)
        after = self._labels(pairs.children, pairs.after)
        for row, (label, said, now) in enumerate(zip(own, before, after, strict=True)):
            wanted = label if label is not None else said
            if now is None or now != wanted:
                yield Failed(row, "label", self.field or None, as_json(now), as_json(wanted))

    def _labels(self, batch: pa.RecordBatch, texts: pa.StringArray) -> list[str | None]:
        """The likeliest label of each record; None where no word is known."""
        read = field_texts(batch, self.field).fill_null("") if self.field else texts
        found = probabilities(self._classifier, read, embedding=self._embedding)
        known = ~np.isnan(found).any(axis=1)
        likeliest = np.where(known, np.nan_to_num(found).argmax(axis=1), -1)
        labels = self._classifier.details.labels
        return [labels[place] if place >= 0 else None for place in likeliest.tolist()]


def _label(labels: str | None, name: str) -> str | None:
    """A label of a record, as classifiers name it: texts as they are, others as JSON."""
    value = orjson.loads(labels or "{}").get(name) if name else None
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()
