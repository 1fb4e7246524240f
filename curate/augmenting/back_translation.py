"""Translation there and back: nlpaug's `BackTranslationAug`."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Self

from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from curate.augmenting.augmenter import Augmenter, Unit
from curate.models.files import ModelFiles
from curate.models.local import find_local
from curate.models.sequence import sequence_model


class BackTranslationAug(Augmenter):
    """Translates sentences into another language and back, by two models.

    Nothing is drawn: a sentence has one answer, whatever its seed. One that a model cannot read as
    a whole stays.
    """

    name: ClassVar[str] = "BackTranslationAug"
    version: ClassVar[int] = 1
    extra: ClassVar[str] = "train"
    modules: ClassVar[tuple[str, ...]] = ("transformers", "torch")
    needs: ClassVar[str] = "two translation models"
    depends: ClassVar[tuple[str, ...]] = ("sentencepiece", "tokenizers", "torch", "transformers")
    unit: ClassVar[Unit] = "sentence"

    from_model_name: str = Field(default="facebook/wmt19-en-de", exclude=True)
    """The model that translates into the other language: a folder, relative to the recipe, or an id
    in the local cache of the Hub."""
    to_model_name: str = Field(default="facebook/wmt19-de-en", exclude=True)
    """The model that translates back."""
    max_length: int = Field(default=300, ge=2)
    """The most tokens of a translation."""

    _from: ModelFiles = PrivateAttr()
    _to: ModelFiles = PrivateAttr()

    @model_validator(mode="after")
    def _models_are_there(self, info: ValidationInfo) -> Self:
        base = (info.context or {}).get("base", Path())
        self._from = find_local(self.from_model_name, base)
        self._to = find_local(self.to_model_name, base)
        return self

    def files(self) -> Sequence[bytes]:
        """The hashes of the models."""
        return [self._from.hash.encode(), self._to.hash.encode()]

    def reword(self, texts: Sequence[str], seeds: Sequence[int]) -> list[str]:  # noqa: ARG002 - as its parent has it
        """Translate each text there and back."""
        distinct = list(dict.fromkeys(texts))
        there = sequence_model(self._from).written(distinct, self.max_length)
        abroad = [text for text in there if text and text.strip()]
        back = sequence_model(self._to).written(list(dict.fromkeys(abroad)), self.max_length)
        returned = dict(zip(dict.fromkeys(abroad), back, strict=True))
        found = {own: returned.get(text or "") for own, text in zip(distinct, there, strict=True)}
        return [found[text] or text for text in texts]
