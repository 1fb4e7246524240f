"""The gate of meaning: a rewording must lie near to its parent in the space of an embedding."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

import numpy as np
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_serializer,
    model_validator,
)

from curate.augmenting.gates import DECIMALS, Failed, Pairs, as_json
from curate.models.embedding import Vectors, embed, loaded, require
from curate.models.embedding_files import EmbeddingFiles, find_embedding


class SimilarityGate(BaseModel):
    """The cosine of a rewording and its parent is measured; how low it may be is to be said."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    model: str
    """An embedding model of model2vec or sentence-transformers: a folder, relative to the recipe,
    or the id of one on the Hub."""
    at_least: float = Field(ge=-1, le=1)
    """The lowest cosine. What it means depends on the model: with 1, which none reaches,
    `curate augment REF --preview N` tells the cosines of samples."""
    max_tokens: int = Field(default=512, ge=8)
    """What comes behind so many tokens of a text is not looked at."""

    _found: EmbeddingFiles = PrivateAttr()

    @model_validator(mode="after")
    def _model_is_there(self, info: ValidationInfo) -> Self:
        self._found = find_embedding(self.model, (info.context or {}).get("base", Path()))
        require(self._found, "step augment: similarity")
        return self

    @field_serializer("model", when_used="json")
    def _name_without_path(self, name: str) -> str:
        files = self._found.files
        return name if files.revision else f"sha256:{files.hash[:16]}"

    def files(self) -> Sequence[bytes]:
        """A hash over the model's files."""
        return (self._found.files.hash.encode(),)

    def describe(self) -> str:
        """The model and its device."""
        return f"{self._found.described()} on {loaded(self._found, self.max_tokens).device}"

    def failures(self, pairs: Pairs) -> Iterator[Failed]:
        """Those below the limit, and those of which the model knows nothing."""
        for row, value in enumerate(self.cosines(pairs)):
            if value is None or value < self.at_least:
                yield Failed(row, "similarity", None, as_json(value), as_json(self.at_least))

    def cosines(self, pairs: Pairs) -> list[float | None]:
        """The cosine of each candidate and its parent; None where one has no direction."""
        texts = [*pairs.before.to_pylist(), *pairs.after.to_pylist()]
        vectors = embed(self._found, texts, self.max_tokens)
        return _cosines(vectors[: len(pairs.before)], vectors[len(pairs.before) :])


def _cosines(ones: Vectors, others: Vectors) -> list[float | None]:
    """Cosines of vectors in fixed point, row for row: whole numbers, so the same everywhere."""
    one, other = ones.astype(np.float64), others.astype(np.float64)
    products = np.einsum("ij,ij->i", one, other)
    lengths = np.einsum("ij,ij->i", one, one) * np.einsum("ij,ij->i", other, other)
    return [
        round(float(product) / float(np.sqrt(length)), DECIMALS) if length else None
        for product, length in zip(products, lengths, strict=True)
    ]
