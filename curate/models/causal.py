"""Causal language models that look at texts in batches of one shape.

What a text's values are does not depend on the texts beside it: all batches of one padded length
have one shape (`models.batches`), filled up where texts are few, and texts are padded behind, where
no token of theirs looks.

Another device, release, or number of threads may still change the last digits of a value, and so
may running out of CUDA memory, after which batches are halved; with bfloat16 more than with
float32. So values are rounded by those who use them, and stored once.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from curate.errors import InputError, RefusedError
from curate.models.batches import by_length, even_rows
from curate.models.files import ModelFiles
from curate.models.loading import Dtype, load_model

Made = TypeVar("Made")
"""What a batch gives of each text."""

TOKENS_AT_ONCE: Final = {"cpu": 512, "cuda": 4096}
"""Tokens of a batch: more do not make a processor faster, and cost more to fill up."""

_PROBED: Final = 8
_ENDLESS: Final = 1 << 40
_CLOSE: Final = {"float32": 1e-3, "bfloat16": 0.25}
"""How much logits of one token may differ by the shape of the batch alone."""


class CausalModel:
    """A language model, loaded, and held against its own logits."""

    def __init__(self, files: ModelFiles, dtype: Dtype) -> None:
        """Raises `InputError` where it cannot be loaded, `RefusedError` where not understood."""
        import torch

        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.where = f"model {files.name!r}"
        self._model: Any = load_model(files, dtype).to(self.device).eval()
        self.dtype = str(self._model.dtype).removeprefix("torch.")
        config = self._model.config.get_text_config()
        self.limit: int | None = getattr(config, "max_position_embeddings", None)
        self.tokens_at_once = TOKENS_AT_ONCE[self.device]
        self._head: Any = self._model.get_output_embeddings()
        self._factor, self._cap = _after_head(config)
        self._check()

    def in_batches(
        self,
        lengths: Sequence[int],
        make: Callable[[Sequence[int], int, int], Sequence[Made]],
    ) -> Iterator[tuple[int, Made]]:
        """The place of each text, by its length in tokens, with what is made of it.

        `make` is given places, and how many tokens and texts their batch is filled up to.
        """
        for tokens, places in by_length(lengths, self.limit or _ENDLESS):
            start = 0
            while start < len(places):
                rows = even_rows(self.tokens_at_once // tokens)
                some = places[start : start + rows]
                made = self._tried(partial(make, some, tokens, rows), tokens, rows)
                if made is None:
                    continue
                yield from zip(some, made, strict=True)
                start += len(some)

    def _tried(
        self, make: Callable[[], Sequence[Made]], tokens: int, rows: int
    ) -> Sequence[Made] | None:
        """What is made of a batch; None where CUDA had no room for it: then smaller ones follow."""
        import torch

        try:
            return make()
        except torch.OutOfMemoryError as error:
            if rows == 1:
                raise InputError(
                    self.where,
                    f"the device has no room for a text of {tokens} tokens",
                    "Set a lower max_tokens, dtype: bfloat16, or use a smaller model",
                ) from error
            self.tokens_at_once = tokens * (rows // 2)
        torch.cuda.empty_cache()
        return None

    def check_finite(self, values: npt.NDArray[np.float32]) -> None:
        """Raise `InputError` where the model gave a number that is none."""
        if not np.isfinite(values).all():
            raise InputError(
                self.where,
                f"gives no finite numbers as {self.dtype}",
                "Use another dtype, or fetch the model again",
            )

    def logits(self, states: Any) -> Any:
        """What the model makes of the states before its output layer."""
        logits = self._head(states).float() * self._factor
        return logits if self._cap is None else (logits / self._cap).tanh() * self._cap

    def states(self, ids: Any) -> Any:
        """What the output layer is given: [texts, tokens, dimensions].

        The model runs whole, so that whatever stands before that layer is applied; the layer
        itself is shown one token of each text.
        """
        kept: list[Any] = []
        with _watched(self._head, kept):
            self._model(input_ids=ids, use_cache=False)
        return kept[0]

    def _check(self) -> None:
        """Hold the logits made here against the model's own, on a few tokens."""
        import torch

        if self._head is None:
            raise self._foreign("it has no output layer")
        ids = torch.arange(_PROBED, device=self.device)[None] % self._model.config.vocab_size
        with torch.inference_mode():
            own = self._model(input_ids=ids, use_cache=False).logits[0].float()
            ours = self.logits(self.states(ids)[0])
        scale = max(1.0, float(own.abs().max()))
        if own.shape != ours.shape or float((own - ours).abs().max()) > _CLOSE[self.dtype] * scale:
            raise self._foreign("its logits are not those of its output layer")

    def _foreign(self, found: str) -> RefusedError:
        right = "Use a causal language model of another architecture"
        return RefusedError(self.where, f"{found}, so that curate could not score with it", right)


@contextmanager
def _watched(layer: Any, kept: list[Any]) -> Iterator[None]:
    """Keep what a layer is given, and give it one token of each text in its place."""

    def watch(_: Any, given: tuple[Any, ...]) -> tuple[Any, ...]:
        kept.append(given[0])
        return (given[0][:, :1], *given[1:])

    handle = layer.register_forward_pre_hook(watch)
    try:
        yield
    finally:
        handle.remove()


def _after_head(config: Any) -> tuple[float, float | None]:
    """What models do to logits: a factor (Cohere, Granite) and a cap (Gemma 2)."""
    factor = getattr(config, "logit_scale", None) or 1.0
    factor /= getattr(config, "logits_scaling", None) or 1.0
    return float(factor), getattr(config, "final_logit_softcapping", None)
