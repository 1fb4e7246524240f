"""Log-probabilities of tokens under a causal language model.

What a text's values are does not depend on the texts beside it: all batches of one padded length
have one shape (`models.batches`), filled up where texts are few, and texts are padded behind, where
no token of theirs looks. The output layer, too, is given blocks of one shape, and only of tokens
that are asked for: the logits of a whole batch would fill the memory where a vocabulary is large.

Another device, release, or number of threads may still change the last digits of a value, and so
may running out of CUDA memory, after which batches are halved; with bfloat16 more than with
float32. So values are rounded by those who use them, and stored once.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.errors import InputError, RefusedError
from curate.models.batches import by_length, even_rows
from curate.models.files import ModelFiles
from curate.models.loading import Dtype, load_model

LogProbs = npt.NDArray[np.float32]

TOKENS_AT_ONCE: Final = {"cpu": 512, "cuda": 4096}
"""Tokens of a batch: more do not make a processor faster, and cost more to fill up."""

BLOCK: Final = {"cpu": 128, "cuda": 512}
"""Tokens whose logits are in memory at once: of a vocabulary of 150,000, 77 MB in float32."""

_PROBED: Final = 8
_ENDLESS: Final = 1 << 40
_CLOSE: Final = {"float32": 1e-3, "bfloat16": 0.25}
"""How much logits of one token may differ by the shape of the batch alone."""


class Asked(NamedTuple):
    """A text as tokens, and the stretches [start, end) of it that are asked for.

    A start is at least 1: nothing stands before the first token, so that it has no probability.
    """

    ids: Sequence[int]
    stretches: Sequence[tuple[int, int]]


class Scorer:
    """A language model that is ready to score; made by `scorer`."""

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
        self._block = BLOCK[self.device]
        self._head: Any = self._model.get_output_embeddings()
        self._factor, self._cap = _after_head(config)
        self._check()

    def log_probs(self, asked: Sequence[Asked]) -> list[list[LogProbs]]:
        """The logarithms of the probabilities of tokens, each given all before it.

        A list for each text, of an array for each of its stretches. What follows the last stretch
        is not looked at. Raises `InputError` where the model gives no finite numbers.
        """
        found: list[list[LogProbs]] = [[] for _ in asked]
        due = [row for row, each in enumerate(asked) if each.stretches]
        cut = [Asked(asked[row].ids[: _end(asked[row])], asked[row].stretches) for row in due]
        for tokens, places in by_length([len(each.ids) for each in cut], self.limit or _ENDLESS):
            start = 0
            while start < len(places):
                some = places[start : start + even_rows(self.tokens_at_once // tokens)]
                made = self._tried([cut[place] for place in some], tokens)
                if made is None:
                    continue
                for place, each in zip(some, made, strict=True):
                    found[due[place]] = each
                start += len(some)
        return found

    def _tried(self, asked: Sequence[Asked], tokens: int) -> list[list[LogProbs]] | None:
        """The values of a batch; None where CUDA had no room for it: then smaller ones follow."""
        import torch

        size = even_rows(self.tokens_at_once // tokens)
        try:
            return self._batch(asked, tokens, size)
        except torch.OutOfMemoryError as error:
            if size == 1:
                raise InputError(
                    self.where,
                    f"the device has no room for a text of {tokens} tokens",
                    "Set a lower max_tokens, dtype: bfloat16, or use a smaller model",
                ) from error
            self.tokens_at_once = tokens * (size // 2)
        torch.cuda.empty_cache()
        return None

    def _batch(self, asked: Sequence[Asked], tokens: int, size: int) -> list[list[LogProbs]]:
        import torch

        ids = np.zeros((size, tokens), np.int64)
        for row, each in enumerate(asked):
            ids[row, : len(each.ids)] = each.ids
        rows, places = _places(asked)
        with torch.inference_mode():
            states = self._states(torch.from_numpy(ids).to(self.device))
            before = states[torch.from_numpy(rows), torch.from_numpy(places - 1)]
            values = self._of_tokens(before, torch.from_numpy(ids[rows, places]))
        if not np.isfinite(values).all():
            raise InputError(
                self.where,
                f"gives no finite numbers as {self.dtype}",
                "Use another dtype, or fetch the model again",
            )
        return _cut(values, asked)

    def _of_tokens(self, states: Any, wanted: Any) -> LogProbs:
        """The log-probability of each wanted token, by the state before it, in blocks."""
        import torch

        found = []
        for start in range(0, len(states), self._block):
            block, ids = states[start : start + self._block], wanted[start : start + self._block]
            filled = block.new_zeros((self._block, block.shape[-1]))
            filled[: len(block)] = block
            logs = torch.log_softmax(self._logits(filled), -1)[: len(block)]
            found.append(logs.gather(1, ids.to(logs.device)[:, None])[:, 0].cpu().numpy())
        return np.concatenate(found) if found else np.zeros(0, np.float32)

    def _logits(self, states: Any) -> Any:
        logits = self._head(states).float() * self._factor
        return logits if self._cap is None else (logits / self._cap).tanh() * self._cap

    def _states(self, ids: Any) -> Any:
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
            ours = self._logits(self._states(ids)[0])
        scale = max(1.0, float(own.abs().max()))
        if own.shape != ours.shape or float((own - ours).abs().max()) > _CLOSE[self.dtype] * scale:
            raise self._foreign("its logits are not those of its output layer")

    def _foreign(self, found: str) -> RefusedError:
        right = "Use a causal language model of another architecture"
        return RefusedError(self.where, f"{found}, so that curate could not score with it", right)


@lru_cache(maxsize=2)
def scorer(files: ModelFiles, dtype: Dtype) -> Scorer:
    """A model ready to score; the last two stay loaded."""
    return Scorer(files, dtype)


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


def _end(asked: Asked) -> int:
    return max(end for _, end in asked.stretches)


def _places(asked: Sequence[Asked]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The row and place of every token that is asked for."""
    counts = [sum(end - start for start, end in each.stretches) for each in asked]
    rows = np.repeat(np.arange(len(asked)), counts)
    ranges = [np.arange(*stretch) for each in asked for stretch in each.stretches]
    return rows, np.concatenate([np.zeros(0, np.int64), *ranges])


def _cut(values: LogProbs, asked: Sequence[Asked]) -> list[list[LogProbs]]:
    """The values of each stretch of each text."""
    lengths = [end - start for each in asked for start, end in each.stretches]
    parts = iter(np.split(values, np.cumsum(lengths)[:-1]))
    return [[next(parts) for _ in each.stretches] for each in asked]
