"""The perplexity of answers and texts under a language model."""

from collections.abc import Mapping, Sequence
from math import exp, fsum
from typing import Any, ClassVar, Final

import numpy as np
import pyarrow as pa
from pydantic import Field, field_validator

from curate.models.answers import answers_of
from curate.models.likelihood import DECIMALS, LikelihoodSignal
from curate.models.losses import Asked, LogProbs
from curate.setting_types import Names, check_texts

FIELDS: Final = ("conversation", "text", "prompt", "response")

_MOST: Final = 700.0
"""Beyond this loss the exponential is no number in 64 bits."""


class Perplexity(LikelihoodSignal):
    """Measure how surprising answers, given their history, or plain texts are to a language model.

    Of a conversation every assistant turn that is trained is scored, given all before it as the
    chat template writes it, with its end-of-turn token. Of any other text all tokens are, given the
    beginning-of-sequence token where the tokenizer has one, else all but the first. Perplexity is
    the exponential of the mean cross-entropy of tokens (in nats; Jelinek et al. 1977, "Perplexity,
    a measure of the difficulty of speech recognition tasks", JASA 62, S63), which is rounded to 4
    decimals. A text of which no token is scored has no value.
    """

    name: ClassVar[str] = "perplexity"
    version: ClassVar[int] = 1

    measured: Names = Field(default=("conversation", "text"), alias="fields")
    """The fields that are scored: `conversation`, or `text`, `prompt` and `response` as plain
    texts, without a template."""

    @field_validator("measured")
    @classmethod
    def _fields_exist(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        check_texts(names, "scored", FIELDS)
        return names

    def fields(self) -> Sequence[str]:
        """The fields of the settings."""
        return self.measured

    def signals(self) -> Mapping[str, str]:
        """Perplexities, and the number of tokens that they are of."""
        return {
            "perplexity": "exp of the mean cross-entropy of all scored tokens, in nats",
            "perplexity_turn_mean": "mean of the perplexities of the answers of a conversation",
            "perplexity_turn_min": "the lowest of them",
            "perplexity_turn_max": "the highest of them",
            "answer_tokens": "tokens that were scored",
        }

    def measure(self, texts: pa.StringArray) -> Mapping[str, pa.Array]:
        """Return the perplexities of each text (float64) and its scored tokens (int64)."""
        if not len(texts):
            return _columns([], self.signals())
        renderer, limit = self.renderer(), self.limit()
        records = self.records(texts)
        talks = [record for record in records if record is not None]
        answered = iter(answers_of(talks, renderer, limit))
        plain = iter(_plain(texts, records, renderer.tokenizer, limit))
        refused, asked = 0, []
        for record in records:
            answers = next(plain) if record is None else next(answered)
            refused += answers is None
            asked.append(Asked(*answers) if answers else Asked([], []))
        found = self.scorer().log_probs(asked)
        rows = [
            _values(parts, record is not None) for parts, record in zip(found, records, strict=True)
        ]
        nothing = sum(not row["answer_tokens"] for row in rows) - refused
        counts = {
            "texts scored": len(rows) - nothing - refused,
            "without a token to score": nothing,
            "that the chat template refuses": refused,
        }
        self.count(counts, renderer)
        return _columns(rows, self.signals())


def _plain(
    texts: pa.StringArray, records: Sequence[object | None], tokenizer: Any, most: int
) -> list[Asked]:
    """The texts that are no conversations, with all that can be scored of them."""
    listed = [text for text, known in zip(texts.to_pylist(), records, strict=True) if known is None]
    if not listed:
        return []
    begin = [] if tokenizer.bos_token_id is None else [tokenizer.bos_token_id]
    encoded = tokenizer(listed, add_special_tokens=False, verbose=False)["input_ids"]
    cut = [[*begin, *ids][:most] for ids in encoded]
    return [Asked(ids, [(1, len(ids))] if len(ids) > 1 else []) for ids in cut]


def _values(parts: Sequence[LogProbs], has_turns: bool) -> dict[str, float | None]:
    """The signals of one text, from the log-probabilities of each of its stretches."""
    row: dict[str, float | None] = {"answer_tokens": sum(map(len, parts))}
    if not parts:
        return row
    row["perplexity"] = _perplexity(np.concatenate(parts))
    if has_turns:
        turns = [_perplexity(part) for part in parts]
        row["perplexity_turn_mean"] = _rounded(fsum(turns) / len(turns))
        row["perplexity_turn_min"], row["perplexity_turn_max"] = min(turns), max(turns)
    return row


def _perplexity(logs: LogProbs) -> float:
    loss = -float(logs.mean(dtype=np.float64))
    return _rounded(exp(min(round(loss, DECIMALS), _MOST)))


def _rounded(value: float) -> float:
    """To 8 digits, which are the same whatever library computes the exponential."""
    return float(f"{value:.8g}")


def _columns(
    rows: Sequence[Mapping[str, float | None]], names: Mapping[str, str]
) -> dict[str, pa.Array]:
    types = {"answer_tokens": pa.int64()}
    return {
        name: pa.array([row.get(name) for row in rows], types.get(name, pa.float64()))
        for name in names
    }
