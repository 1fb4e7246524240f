"""Counting the tokens of texts as a model's tokenizer does."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
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

from curate.errors import InputError, MissingExtraError
from curate.fields import FIELDS, is_field
from curate.models.files import ModelFiles
from curate.models.loading import load_tokenizer
from curate.models.tokenizer_files import find_tokenizer
from curate.operator import SignalOperator
from curate.setting_types import Names

TEXTS_AT_ONCE: Final = 500
"""How many texts are tokenised together: every token of them is held in memory."""


class Tokens(SignalOperator):
    """Count the tokens of texts with a model's tokenizer, special tokens left out."""

    name: ClassVar[str] = "tokens"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = ("tokenizers", "transformers")
    places: ClassVar[frozenset[str]] = frozenset({"fields"})

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    tokenizer: str
    """A folder with a tokenizer, relative to the recipe, or the id of one in the local cache of the
    Hub; nothing is fetched."""
    measured: Names = Field(default=("prompt", "response", "rejected", "text"), alias="fields")
    """The fields whose tokens are counted."""

    _found: ModelFiles = PrivateAttr()

    @field_validator("measured")
    @classmethod
    def _fields_exist(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [name for name in names if name == "all" or not is_field(name)]
        if wrong or not names:
            found = f"{wrong[0]!r} is no field that can be measured" if wrong else "no field"
            raise ValueError(f"{found}; fields: {', '.join(FIELDS[:-1])}")
        return names

    @model_validator(mode="after")
    def _tokenizer_is_there(self, info: ValidationInfo) -> Self:
        if find_spec("transformers") is None:
            raise MissingExtraError("step tokens", "transformers", "train")
        self._found = find_tokenizer(self.tokenizer, (info.context or {}).get("base", Path()))
        return self

    @field_serializer("tokenizer", when_used="json")
    def _name_without_path(self, name: str) -> str:
        """A path is no part of what is measured: the tokenizer's files are."""
        return name if self._found.revision else f"sha256:{self._found.hash[:16]}"

    def files(self) -> Sequence[bytes]:
        """A hash over the tokenizer's files."""
        return (self._found.hash.encode(),)

    def fields(self) -> Sequence[str]:
        """The fields of the settings."""
        return self.measured

    def signals(self) -> Mapping[str, str]:
        """The one signal that it gives."""
        return {"tokens": "tokens of the text, without those that a tokenizer adds to it"}

    def measure(self, texts: pa.StringArray) -> Mapping[str, pa.Array]:
        """Return the number of tokens of each text."""
        tokenizer = _loaded(self._found)
        counts: list[int] = []
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            some = texts.slice(start, TEXTS_AT_ONCE).to_pylist()
            encoded = tokenizer.encode_batch_fast(some, add_special_tokens=False)
            counts += [len(each) for each in encoded]
        return {"tokens": pa.array(counts, pa.int64())}

    def _digest_of(self, settings: Mapping[str, Any]) -> str:
        """Without the tokenizer's name: the same one in another folder gives the same counts."""
        return super()._digest_of({k: v for k, v in settings.items() if k != "tokenizer"})


@lru_cache(maxsize=2)
def _loaded(found: ModelFiles) -> Any:
    """The tokenizer itself, which neither cuts nor pads."""
    tokenizer = load_tokenizer(found)
    if not getattr(tokenizer, "is_fast", False):
        raise InputError(
            f"tokenizer {found.name!r}",
            "there is no fast version of it (tokenizer.json)",
            "Use a model with a fast tokenizer",
        )
    backend = tokenizer.backend_tokenizer
    backend.no_truncation()
    backend.no_padding()
    return backend
