"""Models that write a text for a text, such as translation models."""

import warnings
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from curate.models.batches import ROWS, batches
from curate.models.files import ModelFiles
from curate.models.limits import token_limit
from curate.models.loading import load_tokenizer, load_whole

_RIGHT: Final = (
    "Name the folder of a sequence-to-sequence model, such as Helsinki-NLP/opus-mt-en-de"
)


class SequenceModel:
    """A model and its tokenizer, in float32 on the CPU."""

    def __init__(self, files: ModelFiles) -> None:
        """Load it from safetensors, without code of its own.

        Raises `InputError` where it is damaged, or no model of this kind.
        """
        from transformers import AutoModelForSeq2SeqLM

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of sacremoses, which only tidies punctuation
            self._tokenizer = load_tokenizer(files)
        self._model = load_whole(AutoModelForSeq2SeqLM, files, _RIGHT)
        self._limit = token_limit(self._model, self._tokenizer)

    @property
    def kind(self) -> str:
        """The type of the architecture, such as `marian`."""
        return str(self._model.config.model_type)

    def written(self, texts: Sequence[str], most: int, **how: int) -> list[str | None]:
        """What it writes for each text, at most so many tokens, without drawing.

        `how` are more settings of its generation, as transformers names them. None for a text that
        is longer than it reads, of which the end would be lost. All batches of one length have one
        shape, filled up where texts are few.
        """
        found: list[str | None] = [None] * len(texts)
        given = [self._tokenizer(text, verbose=False)["input_ids"] for text in texts]
        fits = [row for row, ids in enumerate(given) if len(ids) <= self._limit]
        for length, rows in batches([len(given[row]) for row in fits], self._limit):
            ids = [given[fits[row]] for row in rows]
            for row, text in zip(
                rows, self._batch(ids, length, {"max_length": most, **how}), strict=True
            ):
                found[fits[row]] = text
        return found

    def _batch(self, given: Sequence[list[int]], length: int, how: Mapping[str, int]) -> list[str]:
        import torch

        padding = self._tokenizer.pad_token_id or 0
        rows = [*given, *[given[0]] * (ROWS - len(given))]
        ids = torch.tensor([each + [padding] * (length - len(each)) for each in rows])
        seen = torch.tensor([[1] * len(each) + [0] * (length - len(each)) for each in rows])
        with torch.inference_mode():
            made = self._model.generate(input_ids=ids, attention_mask=seen, do_sample=False, **how)
        texts: list[str] = self._tokenizer.batch_decode(
            made[: len(given)], skip_special_tokens=True
        )
        return texts


@lru_cache(maxsize=2)
def sequence_model(files: ModelFiles) -> SequenceModel:
    """A model, loaded when it is first asked for; the last two stay loaded."""
    return SequenceModel(files)
