"""Summaries in other words: nlpaug's `AbstSummAug`."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final, Self

from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from curate.augmenting.augmenter import Augmenter, Unit
from curate.augmenting.sentences import sentences
from curate.models.files import ModelFiles
from curate.models.local import find_local
from curate.models.sequence import sequence_model

_BEAMS: Final = 3
_NOT_REPEATED: Final = 3
"""nlpaug's search: so many beams, and no run of so many tokens twice."""
_TOLD: Final = "summarize: "
"""What T5 is told in front of a text (Raffel et al. 2020, appendix D)."""


class AbstSummAug(Augmenter):
    """Summarises passages in other words.

    Of a summary only whole sentences are taken; where there is none, and where it is no shorter
    than the passage or a model cannot read that as a whole, the passage stays. Nothing is drawn: a
    passage has one answer, whatever its seed.
    """

    name: ClassVar[str] = "AbstSummAug"
    version: ClassVar[int] = 1
    extra: ClassVar[str] = "train"
    modules: ClassVar[tuple[str, ...]] = ("transformers", "torch")
    needs: ClassVar[str] = "a summarisation model, such as T5 or BART"
    depends: ClassVar[tuple[str, ...]] = ("sentencepiece", "tokenizers", "torch", "transformers")
    unit: ClassVar[Unit] = "passage"

    model_path: str = Field(default="t5-base", exclude=True)
    """The model: a folder, relative to the recipe, or an id in the local cache of the Hub."""
    min_length: int = Field(default=20, ge=0)
    """The fewest tokens of a summary."""
    max_length: int = Field(default=50, ge=2)
    """The most tokens of a summary."""

    _files: ModelFiles = PrivateAttr()

    @model_validator(mode="after")
    def _model_is_there(self, info: ValidationInfo) -> Self:
        if self.min_length > self.max_length:
            raise ValueError(f"min_length {self.min_length} is above max_length {self.max_length}")
        self._files = find_local(self.model_path, (info.context or {}).get("base", Path()))
        return self

    def files(self) -> Sequence[bytes]:
        """The hash of the model."""
        return [self._files.hash.encode()]

    def reword(self, texts: Sequence[str], seeds: Sequence[int]) -> list[str]:  # noqa: ARG002 - as its parent has it
        """Summarise each text."""
        model = sequence_model(self._files)
        told = _TOLD if "t5" in model.kind else ""
        distinct = list(dict.fromkeys(texts))
        made = model.written(
            [told + text for text in distinct],
            self.max_length,
            min_length=self.min_length,
            num_beams=_BEAMS,
            no_repeat_ngram_size=_NOT_REPEATED,
        )
        found = dict(zip(distinct, made, strict=True))
        return [_shorter(text, found[text]) for text in texts]


def _shorter(text: str, summary: str | None) -> str:
    """The whole sentences of a summary, or the text."""
    places = sentences(summary or "")
    ended = [end for _, end in places if summary and not summary[end - 1].isalnum()]
    whole = (summary or "")[: ended[-1]].strip() if ended else ""
    return whole if whole and len(whole) < len(text) else text
