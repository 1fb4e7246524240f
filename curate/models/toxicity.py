"""Probabilities of labels by a classifier of toxicity.

What a text's values are does not depend on the texts beside it: batches of one padded length have
one shape (`models.batches`), filled up where texts are few, and padding is masked. Their rows are a
power of two: threads share those evenly, where of ten rows the last ones would be computed in other
blocks than the first, and differ in the last digits. Detoxify pads all texts of a list to the
longest. Device, release and number of threads may still change the last digits of a float32, so
that values are rounded by those who use them.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.errors import InputError
from curate.models.batches import by_length, even_rows
from curate.models.limits import token_limit
from curate.models.loading import load_tokenizer
from curate.models.toxicity_files import ToxicityFiles
from curate.models.toxicity_loading import load_classifier

Device = Literal["auto", "cpu", "cuda"]

TOKENS_AT_ONCE: Final = {"cpu": 1024, "cuda": 16384}
"""Tokens of a batch: more do not make a processor faster, and cost more to fill up."""

_HIGHEST: Final = 700.0
"""Beyond it an exponential is no number in 64 bits."""

Logits = npt.NDArray[np.float64]


class Scored(NamedTuple):
    """What a classifier says of texts."""

    logits: Logits
    """[texts, outputs]; a row of NaN for a text without a token."""
    cut: int
    """How many texts were longer than the limit, so that their ends were not looked at."""


class ToxicityScorer:
    """A classifier that is ready to score; made by `toxicity_scorer`."""

    def __init__(self, files: ToxicityFiles, device: Device) -> None:
        """Raises `InputError` where it cannot be loaded, or the device is not there."""
        import torch

        there = torch.cuda.is_available()
        self.where = f"model {files.described()}"
        if device == "cuda" and not there:
            raise InputError(self.where, "torch finds no CUDA device", "Leave device out")
        self.device = ("cuda" if there else "cpu") if device == "auto" else device
        self._tokens_at_once = TOKENS_AT_ONCE[self.device]
        self._tokenizer = load_tokenizer(files.files)
        self._model: Any = load_classifier(files).to(self.device).eval()
        self.limit = token_limit(self._model, self._tokenizer)
        self._check()

    def score(self, texts: Sequence[str], most: int | None) -> Scored:
        """Return the logits of texts, of which the first `most` tokens are looked at.

        These include special tokens, and are at most the model's `limit`. Raises `InputError` where
        the model gives no finite numbers.
        """
        limit = min(most or self.limit, self.limit)
        encoded = self._tokenizer(
            list(texts), truncation=True, max_length=limit, return_attention_mask=True
        )
        lengths = [len(each) for each in encoded["input_ids"]]
        due = [row for row, length in enumerate(lengths) if length]
        found = self._in_batches(encoded, due, by_length([lengths[row] for row in due], limit))
        if not np.isfinite(found).all():
            raise InputError(self.where, "gives no finite numbers", "Fetch the model again")
        logits = np.full((len(lengths), found.shape[1]), np.nan)
        logits[due] = found
        cut = sum(bool(each.overflowing) for each in encoded.encodings or ())
        return Scored(logits, cut)

    def _in_batches(
        self, encoded: Any, due: Sequence[int], groups: Sequence[tuple[int, Sequence[int]]]
    ) -> npt.NDArray[np.float32]:
        """The logits of the texts that are due, in their order."""
        found = np.zeros((len(due), self._model.config.num_labels), np.float32)
        for tokens, places in groups:
            start = 0
            while start < len(places):
                size = even_rows(self._tokens_at_once // tokens)
                some = places[start : start + size]
                made = self._tried(encoded, [due[place] for place in some], tokens, size)
                if made is None:
                    self._tokens_at_once = tokens * (size // 2)
                    continue
                found[some] = made[: len(some)]
                start += len(some)
        return found

    def _tried(
        self, encoded: Mapping[str, Any], rows: Sequence[int], tokens: int, size: int
    ) -> npt.NDArray[np.float32] | None:
        """The logits of a batch; None where CUDA had no room for it: then smaller ones follow."""
        import torch

        try:
            return self._batch(encoded, rows, tokens, size)
        except torch.OutOfMemoryError as error:
            if size == 1:
                found = f"the device has no room for a text of {tokens} tokens"
                raise InputError(self.where, found, "Set a lower max_tokens") from error
        torch.cuda.empty_cache()
        return None

    def _batch(
        self, encoded: Mapping[str, Any], rows: Sequence[int], tokens: int, size: int
    ) -> npt.NDArray[np.float32]:
        import torch

        # Filled up with the first text: rows of padding alone would have no token to look at.
        filled = [*rows, *[rows[0]] * (size - len(rows))]
        padding = {
            "input_ids": self._tokenizer.pad_token_id,
            "token_type_ids": self._tokenizer.pad_token_type_id,
        }
        given = {}
        for name in encoded:
            block = np.full((size, tokens), padding.get(name, 0), np.int64)
            for row, source in enumerate(filled):
                own = encoded[name][source]
                at = tokens - len(own) if self._tokenizer.padding_side == "left" else 0
                block[row, at : at + len(own)] = own
            given[name] = torch.from_numpy(block).to(self.device)
        with torch.inference_mode():
            logits: npt.NDArray[np.float32] = self._model(**given).logits.float().cpu().numpy()
        return logits

    def _check(self) -> None:
        """Hold the tokenizer against the model."""
        if self._tokenizer.pad_token_id is None:
            found = "its tokenizer has no padding token, so that texts cannot be scored together"
            raise InputError(self.where, found, "Set pad_token in tokenizer_config.json")
        known = self._model.get_input_embeddings().num_embeddings
        if len(self._tokenizer) > known:
            found = f"its tokenizer has {len(self._tokenizer):,} tokens, and the model {known:,}"
            raise InputError(self.where, found, "Use the tokenizer that it was trained with")


@lru_cache(maxsize=2)
def toxicity_scorer(files: ToxicityFiles, device: Device) -> ToxicityScorer:
    """A classifier ready to score; the last two stay loaded."""
    return ToxicityScorer(files, device)


def sigmoid(logits: Logits) -> Logits:
    """The probability of each label, whatever the others.

    >>> sigmoid(np.array([[0.0, 1e9]])).tolist()
    [[0.5, 1.0]]
    """
    return np.asarray(1 / (1 + np.exp(np.minimum(-logits, _HIGHEST))))


def softmax(logits: Logits) -> Logits:
    """The probabilities of labels of which one holds.

    >>> softmax(np.array([[0.0, 0.0], [1e9, 0.0]])).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
