"""Log-probabilities of tokens under a causal language model.

Batches are those of `models.causal`. The output layer, too, is given blocks of one shape, and only
of tokens that are asked for: the logits of a whole batch would fill the memory where a vocabulary
is large.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.models.causal import CausalModel
from curate.models.files import ModelFiles
from curate.models.loading import Dtype

LogProbs = npt.NDArray[np.float32]

BLOCK: Final = {"cpu": 128, "cuda": 512}
"""Tokens whose logits are in memory at once: of a vocabulary of 150,000, 77 MB in float32."""


class Asked(NamedTuple):
    """A text as tokens, and the stretches [start, end) of it that are asked for.

    A start is at least 1: nothing stands before the first token, so that it has no probability.
    """

    ids: Sequence[int]
    stretches: Sequence[tuple[int, int]]


class Scorer(CausalModel):
    """A language model that is ready to score; made by `scorer`."""

    def log_probs(self, asked: Sequence[Asked]) -> list[list[LogProbs]]:
        """The logarithms of the probabilities of tokens, each given all before it.

        A list for each text, of an array for each of its stretches. What follows the last stretch
        is not looked at. Raises `InputError` where the model gives no finite numbers.
        """
        found: list[list[LogProbs]] = [[] for _ in asked]
        due = [row for row, each in enumerate(asked) if each.stretches]
        cut = [Asked(asked[row].ids[: _end(asked[row])], asked[row].stretches) for row in due]

        def make(places: Sequence[int], tokens: int, rows: int) -> list[list[LogProbs]]:
            return self._batch([cut[place] for place in places], tokens, rows)

        for place, each in self.in_batches([len(each.ids) for each in cut], make):
            found[due[place]] = each
        return found

    def _batch(self, asked: Sequence[Asked], tokens: int, size: int) -> list[list[LogProbs]]:
        import torch

        ids = np.zeros((size, tokens), np.int64)
        for row, each in enumerate(asked):
            ids[row, : len(each.ids)] = each.ids
        rows, places = _places(asked)
        with torch.inference_mode():
            states = self.states(torch.from_numpy(ids).to(self.device))
            before = states[torch.from_numpy(rows), torch.from_numpy(places - 1)]
            values = self._of_tokens(before, torch.from_numpy(ids[rows, places]))
        self.check_finite(values)
        return _cut(values, asked)

    def _of_tokens(self, states: Any, wanted: Any) -> LogProbs:
        """The log-probability of each wanted token, by the state before it, in blocks."""
        import torch

        found, most = [], BLOCK[self.device]
        for start in range(0, len(states), most):
            block, ids = states[start : start + most], wanted[start : start + most]
            filled = block.new_zeros((most, block.shape[-1]))
            filled[: len(block)] = block
            logs = torch.log_softmax(self.logits(filled), -1)[: len(block)]
            found.append(logs.gather(1, ids.to(logs.device)[:, None])[:, 0].cpu().numpy())
        return np.concatenate(found) if found else np.zeros(0, np.float32)


@lru_cache(maxsize=2)
def scorer(files: ModelFiles, dtype: Dtype) -> Scorer:
    """A model ready to score; the last two stay loaded."""
    return Scorer(files, dtype)


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
