"""Counting the tokens that training on a record would learn from."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, Final, Self

import pyarrow as pa
from pydantic import (
    Field,
    PrivateAttr,
    ValidationInfo,
    field_serializer,
    model_validator,
)

from curate.conversations import record_of
from curate.errors import MissingExtraError, NotFoundError
from curate.models.chat import BUILT_IN, choose_template, template_hash
from curate.models.files import ModelFiles
from curate.models.likelihood import built_in, template_text
from curate.models.loading import load_tokenizer
from curate.models.local import has_template
from curate.models.rendering import Renderer
from curate.models.tokenizer_files import find_tokenizer
from curate.models.tokens import tokenize
from curate.operator import SignalOperator

TEXTS_AT_ONCE: Final = 500
"""How many records are tokenised together: every token of them is held in memory."""

_NAMELESS: Final = {"id": bytes(16), "copy": 0}


class TrainedTokens(SignalOperator):
    """Count the tokens of a record as training sees it, and those of them that the loss is of.

    Conversations are written by the chat template and cut as `curate train` does; of preference
    pairs the wanted answer counts. A record that the template refuses has no value.
    """

    name: ClassVar[str] = "trained_tokens"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = ("tokenizers", "transformers")
    places: ClassVar[frozenset[str]] = frozenset()

    tokenizer: str
    """A folder with a tokenizer, relative to the recipe, or the id of one in the local cache of the
    Hub; nothing is fetched."""
    max_length: int | None = Field(default=None, ge=2)
    """The `max_length` of the training: what comes behind so many tokens is cut."""
    template: str | None = None
    """How a conversation is written: `chatml`, `plain` or a file with a Jinja template, relative to
    the recipe; by default the tokenizer's own chat template."""

    _found: ModelFiles = PrivateAttr()
    _template: str | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _tokenizer_is_there(self, info: ValidationInfo) -> Self:
        if find_spec("transformers") is None:
            raise MissingExtraError("step trained_tokens", "transformers", "train")
        base = (info.context or {}).get("base", Path())
        self._found = find_tokenizer(self.tokenizer, base)
        self._template = template_text(self.template, base)
        if self._template is None and not has_template(self._found):
            raise NotFoundError(
                f"tokenizer {self.tokenizer!r}",
                "it has no chat template, so it is not known how a conversation is written",
                f"Use that of an instruction-tuned model, or say template: FILE or {built_in()}",
            )
        return self

    @field_serializer("tokenizer", when_used="json")
    def _name_without_path(self, name: str) -> str:
        """A path is no part of what is counted: the tokenizer's files are."""
        return name if self._found.revision else f"sha256:{self._found.hash[:16]}"

    @field_serializer("template", when_used="json")
    def _template_without_path(self, name: str | None) -> str | None:
        if name is None or name in BUILT_IN:
            return name
        return f"sha256:{template_hash(self._template or '')[:16]}"

    def files(self) -> Sequence[bytes]:
        """Hashes of the tokenizer's files and of the template."""
        renderer = self._renderer()
        return [self._found.hash.encode(), template_hash(renderer.template).encode()]

    def fields(self) -> Sequence[str]:
        """Whole conversations, and documents."""
        return ("conversation", "text")

    def signals(self) -> Mapping[str, str]:
        """All tokens of a record, and the trained ones."""
        return {
            "trained_tokens": "tokens that the loss is of, after the template and the cut",
            "all_tokens": "tokens that the model is fed, after the template and the cut",
        }

    def measure(self, texts: pa.StringArray) -> Mapping[str, pa.Array]:
        """Return the counts of each text; null where the template refuses it."""
        renderer = self._renderer()
        trained: list[int | None] = []
        everything: list[int | None] = []
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            rows = [_row(text) for text in texts.slice(start, TEXTS_AT_ONCE).to_pylist()]
            for one in tokenize(rows, renderer, self.max_length):
                refused = one.excluded is not None and not one.input_ids
                trained.append(None if refused else one.trained)
                everything.append(None if refused else len(one.input_ids))
        return {
            "trained_tokens": pa.array(trained, pa.int64()),
            "all_tokens": pa.array(everything, pa.int64()),
        }

    def _renderer(self) -> Renderer:
        named = self.template if self.template in BUILT_IN else None
        return _loaded(self._found, named, None if named else self._template)

    def _digest_of(self, settings: Mapping[str, Any]) -> str:
        """Without names: the same files in another folder give the same counts."""
        kept = {k: v for k, v in settings.items() if k not in ("tokenizer", "template")}
        return super()._digest_of(kept)


def _row(text: str) -> dict[str, Any]:
    """A record as `tokenize` takes it: a conversation, or a document of that text."""
    record = record_of(text) or {"messages": None, "text": text, "tools": None, "kind": "text"}
    return {**_NAMELESS, "text": None, **record}


@lru_cache(maxsize=2)
def _loaded(found: ModelFiles, named: str | None, template: str | None) -> Renderer:
    tokenizer = load_tokenizer(found)
    return Renderer(tokenizer, template or choose_template(tokenizer, named, "template: "))
