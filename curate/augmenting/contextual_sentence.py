"""One more sentence: nlpaug's `ContextualWordEmbsForSentenceAug`."""

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import ClassVar, Self

import numpy as np
from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from curate.augmenting.augmenter import Augmenter, Unit
from curate.augmenting.continuation import Logits, continuation
from curate.models.files import ModelFiles
from curate.models.local import find_local


class ContextualWordEmbsForSentenceAug(Augmenter):
    """Adds a sentence that a causal language model goes on with.

    nlpaug takes XLNet and GPT-2 by name, and looks at the expectation behind the first token; this
    takes any causal language model, and the last. A sentence that is not finished within 30 tokens
    is not added.
    """

    name: ClassVar[str] = "ContextualWordEmbsForSentenceAug"
    version: ClassVar[int] = 1
    extra: ClassVar[str] = "train"
    modules: ClassVar[tuple[str, ...]] = ("transformers", "torch")
    needs: ClassVar[str] = "a causal language model"
    depends: ClassVar[tuple[str, ...]] = ("tokenizers", "torch", "transformers")
    unit: ClassVar[Unit] = "passage"

    model_path: str = Field(default="gpt2", exclude=True)
    """The causal language model: a folder, relative to the recipe, or an id in the local cache of
    the Hub."""
    temperature: float = Field(default=1.0, gt=0)
    """What expectations are divided by: above 1 what is less expected is drawn more often."""
    top_k: int | None = Field(default=50, ge=1)
    """Only so many of the most expected tokens are drawn; null for all."""
    top_p: float | None = Field(default=0.9, gt=0, le=1)
    """Only the most expected tokens that are drawn so often together; null for all."""

    _files: ModelFiles = PrivateAttr()

    @model_validator(mode="after")
    def _model_is_there(self, info: ValidationInfo) -> Self:
        self._files = find_local(self.model_path, (info.context or {}).get("base", Path()))
        return self

    def files(self) -> Sequence[bytes]:
        """The hash of the model."""
        return [self._files.hash.encode()]

    def reword(self, texts: Sequence[str], seeds: Sequence[int]) -> list[str]:
        """Add a sentence to each text."""
        return [self._longer(text, seed) for text, seed in zip(texts, seeds, strict=True)]

    def _longer(self, text: str, seed: int) -> str:
        draws = Random(seed)  # noqa: S311 (nothing is kept secret by it)
        model = continuation(self._files)
        added = model.sentence(text, lambda logits: self._drawn(logits, draws.random()))
        return text if added is None else f"{text} {added}"

    def _drawn(self, logits: Logits, share: float) -> int:
        """A token, by its place among the most expected, from `share` of [0, 1)."""
        order = np.argsort(-logits, kind="stable")[: self.top_k]
        weights = np.exp((logits[order] - logits[order[0]]) / self.temperature)
        chances = np.cumsum(weights / weights.sum())
        if self.top_p is not None:
            enough = int(np.searchsorted(chances, self.top_p)) + 1
            chances = chances[:enough] / chances[min(enough, len(chances)) - 1]
        place = int(np.searchsorted(chances, share, side="right"))
        return int(order[min(place, len(chances) - 1)])
