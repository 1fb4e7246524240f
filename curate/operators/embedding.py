"""Storing the embeddings of texts."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final, Self

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

from curate.conversations import record_of
from curate.fields import TURN_SEPARATOR, field_texts
from curate.models.embedding import embed, loaded, require
from curate.models.embedding_files import EmbeddingFiles, find_embedding
from curate.models.vectors import column_of
from curate.operator import SignalOperator
from curate.record import WORKING, batch_of
from curate.setting_types import Names, check_texts

FIELDS: Final = ("conversation", "text", "prompt", "response", "system", "rejected")

_SAID: Final = ("prompt", "response")
"""What of a conversation is embedded."""

_AT_ONCE: Final = {"static": 10_000, "sentence-transformers": 1_000}


class Embedding(SignalOperator):
    """Store the embedding of each text, for semantic_dedup, select and whatever else compares.

    Of a conversation prompt and response are embedded, as one text. A text of which the model
    knows nothing has no vector.
    """

    name: ClassVar[str] = "embedding"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = (
        *("model2vec", "numpy", "sentence-transformers", "tokenizers"),
    )
    slow: ClassVar[bool] = True

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    model: str
    """An embedding model of model2vec or sentence-transformers: a folder, relative to the recipe,
    or the id of one on the Hub."""
    measured: Names = Field(default=("conversation", "text"), alias="fields")
    """The fields that are embedded: `conversation`, or `text`, `prompt`, `response` ..."""
    max_tokens: int = Field(default=512, ge=8)
    """What comes behind so many tokens is not looked at; nor what the model itself cuts off."""

    _found: EmbeddingFiles = PrivateAttr()
    _seen: list[int] = PrivateAttr(default_factory=lambda: [0])

    @field_validator("measured")
    @classmethod
    def _fields_exist(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        check_texts(names, "embedded", FIELDS)
        return names

    @model_validator(mode="after")
    def _model_is_there(self, info: ValidationInfo) -> Self:
        self._found = find_embedding(self.model, (info.context or {}).get("base", Path()))
        require(self._found, "step embedding")
        return self

    @field_serializer("model", when_used="json")
    def _name_without_path(self, name: str) -> str:
        """A path is no part of what is computed: the model's files are."""
        files = self._found.files
        return name if files.revision else f"sha256:{files.hash[:16]}"

    def files(self) -> Sequence[bytes]:
        """A hash over the model's files."""
        return (self._found.files.hash.encode(),)

    def fields(self) -> Sequence[str]:
        """The fields of the settings."""
        return self.measured

    def at_once(self) -> int:
        """So many that a killed build loses little."""
        return _AT_ONCE[self._found.kind]

    def signals(self) -> Mapping[str, str]:
        """The one vector."""
        return {"embedding": "direction of the text's embedding, in units of 1/16,384"}

    def vectors(self) -> frozenset[str]:
        """The one vector."""
        return frozenset({"embedding"})

    def measure(self, texts: pa.StringArray) -> Mapping[str, pa.Array]:
        """Return the vectors (`models.vectors`), null where a text has no direction."""
        said = [_said(text) for text in texts.to_pylist()]
        self._seen[0] += len(said)
        return {"embedding": column_of(embed(self._found, said, self.max_tokens))}

    def notes(self) -> Sequence[str]:
        """The model and the device; nothing where nothing was embedded."""
        if not self._seen[0]:
            return ()
        device = loaded(self._found, self.max_tokens).device
        cut = f"texts cut at {self.max_tokens} tokens"
        return (f"{self._found.described()} on {device}, {cut}: {self._seen[0]:,} texts",)

    def _digest_of(self, settings: Mapping[str, Any]) -> str:
        """Without the model's name: the same one in another folder gives the same vectors."""
        return super()._digest_of({k: v for k, v in settings.items() if k != "model"})


def _said(text: str) -> str:
    """What of a text is embedded: of a whole conversation prompt and response."""
    record = record_of(text)
    if record is None:
        return text
    kept = {name: record[name] for name in ("messages", "prompt_turns", "rejected")}
    batch = batch_of([kept], WORKING)
    texts = [text for name in _SAID for text in field_texts(batch, name).to_pylist()]
    return TURN_SEPARATOR.join(text for text in texts if text is not None)
