"""One more sentence: nlpaug's `ContextualWordEmbsForSentenceAug`."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Final, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from curate.augmenting.augmenter import Augmenter, Unit
from curate.models.files import ModelFiles
from curate.models.loading import load_model, load_tokenizer
from curate.models.local import find_local

_MOST_TOKENS: Final = 30
"""As nlpaug has it: on average enough for a sentence."""
_ENDS: Final = frozenset(".!?。！？\n")
_CHARACTERS_A_TOKEN: Final = 8
_DIGITS: Final = 4
"""Of logits: so that their last digits, which depend on the machine, decide nothing."""


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
        import torch

        model, tokenizer = _loaded(self._files)
        limit = getattr(model.config, "max_position_embeddings", None) or 1024
        room = max(1, int(limit) - _MOST_TOKENS)
        # Behind a text that ends with a space tokenizers cannot begin a word.
        ids = tokenizer(text[-room * _CHARACTERS_A_TOKEN :], verbose=False)["input_ids"][-room:]
        draws, made, past = Random(seed), list[int](), None  # noqa: S311
        given = torch.tensor([ids])
        with torch.inference_mode():
            for _ in range(min(_MOST_TOKENS, int(limit) - len(ids))):
                said = model(input_ids=given, past_key_values=past, use_cache=True)
                logits = np.round(said.logits[0, -1].double().numpy(), _DIGITS)
                token = self._drawn(logits, draws.random())
                if token in tokenizer.all_special_ids:
                    break
                made.append(token)
                sentence = tokenizer.decode(made, skip_special_tokens=True)
                if not _ENDS.isdisjoint(sentence.strip()):
                    return f"{text} {_first(sentence)}"
                given, past = torch.tensor([[token]]), said.past_key_values
        return text

    def _drawn(self, logits: "npt.NDArray[np.float64]", share: float) -> int:
        """A token, by its place among the most expected, from `share` of [0, 1)."""
        order = np.argsort(-logits, kind="stable")[: self.top_k]
        weights = np.exp((logits[order] - logits[order[0]]) / self.temperature)
        chances = np.cumsum(weights / weights.sum())
        if self.top_p is not None:
            enough = int(np.searchsorted(chances, self.top_p)) + 1
            chances = chances[:enough] / chances[min(enough, len(chances)) - 1]
        place = int(np.searchsorted(chances, share, side="right"))
        return int(order[min(place, len(chances) - 1)])


def _first(sentence: str) -> str:
    """A text up to the first end of a sentence."""
    sentence = sentence.strip()
    end = next(place for place, sign in enumerate(sentence) if sign in _ENDS)
    return sentence[: end + 1].strip()


@lru_cache(maxsize=1)
def _loaded(files: ModelFiles) -> tuple[Any, Any]:
    return load_model(files, "float32").eval(), load_tokenizer(files)
