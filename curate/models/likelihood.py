"""What signals of causal language models have in common: the model, its template, and the cut."""

from collections import Counter
from collections.abc import Mapping, Sequence
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
    model_validator,
)

from curate.conversations import WHOLE, record_of
from curate.errors import MissingExtraError, NotFoundError
from curate.models.chat import BUILT_IN, choose_template, template_hash
from curate.models.files import ModelFiles, user_path
from curate.models.loading import Dtype, load_tokenizer
from curate.models.local import find_local, has_template
from curate.models.losses import Scorer, scorer
from curate.models.rendering import Renderer
from curate.operator import SignalOperator

RECORDS_AT_ONCE: Final = {"cpu": 256, "cuda": 1024}
"""Records between two reports of progress, and at most lost when a build is killed."""

DECIMALS: Final = 4
"""Of losses and what is made of them: the noise of float32 is about a hundredth of the last."""

_SHOWN: Final = 12


class LikelihoodSignal(SignalOperator):
    """The base of signals that a causal language model computes of whole conversations."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    depends: ClassVar[tuple[str, ...]] = ("peft", "tokenizers", "torch", "transformers")
    slow: ClassVar[bool] = True

    model: str
    """A causal language model or adapter: a folder, relative to the recipe, or the id of one in the
    local cache of the Hub; nothing is fetched."""
    max_tokens: int = Field(default=2048, ge=2)
    """What comes behind so many tokens is not looked at; nor what is beyond the model's own
    limit."""
    template: str | None = None
    """How a conversation is written: `chatml`, `plain` or a file with a Jinja template, relative to
    the recipe; by default the model's own chat template."""
    dtype: Dtype = "float32"
    """What the model computes with; `auto` is how its weights are stored. With `bfloat16` the last
    digits of a value are the device's."""

    _found: ModelFiles = PrivateAttr()
    _template: str | None = PrivateAttr(default=None)
    _seen: Counter[str] = PrivateAttr(default_factory=Counter)
    _told: list[str] = PrivateAttr(default_factory=list)

    @model_validator(mode="after")
    def _model_is_there(self, info: ValidationInfo) -> Self:
        for package in ("transformers", "torch"):
            if find_spec(package) is None:
                raise MissingExtraError(self.where, package, "train")
        base = (info.context or {}).get("base", Path())
        self._found = find_local(self.model, base)
        self._template = template_text(self.template, base)
        needed = any(field in WHOLE for field in self.fields())
        if needed and self._template is None and not has_template(self._found):
            raise NotFoundError(
                f"model {self.model!r}",
                "it has no chat template, so it is not known how a conversation is written",
                f"Use an instruction-tuned model, or say template: FILE or {built_in()}",
            )
        return self

    @property
    def where(self) -> str:
        """What needs the model, for messages."""
        return f"step {self.name}"

    @field_serializer("model", when_used="json")
    def _name_without_path(self, name: str) -> str:
        """A path is no part of what is computed: the model's files are."""
        return shown(name, self._found)

    @field_serializer("template", when_used="json")
    def _template_without_path(self, name: str | None) -> str | None:
        if name is None or name in BUILT_IN:
            return name
        return f"sha256:{template_hash(self._template or '')[:16]}"

    def files(self) -> Sequence[bytes]:
        """Hashes of the model's files, and of the template where the settings name one."""
        own = [] if self._template is None else [template_hash(self._template).encode()]
        return [*hashes(self._found), *own]

    def at_once(self) -> int:
        """So many that texts of one length fill batches."""
        return RECORDS_AT_ONCE[self.scorer().device]

    def scorer(self) -> Scorer:
        """The model, loaded when it is first needed."""
        return scorer(self._found, self.dtype)

    def renderer(self) -> Renderer:
        """The tokenizer with the template, which plain texts do not need."""
        tokenizer = load_tokenizer(self._found)
        if self._template is None and not has_template(self._found):
            return Renderer(tokenizer, "")
        setting = self.template if self.template in BUILT_IN else None
        if self._template is not None and setting is None:
            return Renderer(tokenizer, self._template)
        return Renderer(tokenizer, choose_template(tokenizer, setting, "template: "))

    def limit(self) -> int:
        """The tokens of a text that are looked at."""
        return min(self.max_tokens, self.scorer().limit or self.max_tokens)

    def records(self, texts: pa.StringArray) -> list[dict[str, Any] | None]:
        """The records that texts of whole records were made of; None for plain texts."""
        return [record_of(text) for text in texts.to_pylist()]

    def count(self, counts: Mapping[str, int], renderer: Renderer, *more: str) -> None:
        """Note what was done, for `notes`; `more` is what to tell of the way."""
        self._seen.update(counts)
        how = self.template or ("the model's own" if renderer.template else "none")
        digest = f" (sha256 {template_hash(renderer.template)[:_SHOWN]})"
        self._told[:] = [
            f"{described(self.model, self._found)} as {self.scorer().dtype} on "
            f"{self.scorer().device}; chat template: {how}{digest if renderer.template else ''}; "
            f"texts cut at {self.limit():,} tokens",
            *more,
        ]

    def notes(self) -> Sequence[str]:
        """The model, device, type and template, and what has no value; nothing without texts."""
        counted = [f"{count:,} {what}" for what, count in sorted(self._seen.items()) if count]
        return (*self._told, *([", ".join(counted)] if counted else []))

    def _digest_of(self, settings: Mapping[str, Any]) -> str:
        """Without names of models: the same one in another folder gives the same values."""
        names = ("model", "template")
        return super()._digest_of({k: v for k, v in settings.items() if k not in names})


def shown(name: str, model: ModelFiles) -> str:
    """The name of a model without the path where it lies."""
    return name if model.revision else f"sha256:{model.hash[:16]}"


def described(name: str, model: ModelFiles) -> str:
    """A model in a few words, without its path."""
    known = name if model.revision else model.folder.name
    return f"model {known} (files {model.hash[:_SHOWN]})"


def hashes(model: ModelFiles) -> list[bytes]:
    """What makes a model: its files, and of an adapter those of its base."""
    return [model.hash.encode(), *(hashes(model.base) if model.base else [])]


def built_in() -> str:
    """The templates that need no file, as a recipe names them."""
    return " or ".join(f"template: {name}" for name in BUILT_IN)


def template_text(setting: str | None, base: Path) -> str | None:
    """The template that a setting names; None for the model's own. Raises `NotFoundError`."""
    if setting is None or setting in BUILT_IN:
        return None if setting is None else BUILT_IN[setting]
    path = base / user_path(setting)
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotFoundError(
            f"template: {setting}",
            f"{path.absolute()} cannot be read ({type(error).__name__})",
            f"Name a file with a Jinja template, or one of: {', '.join(BUILT_IN)}",
        ) from error
