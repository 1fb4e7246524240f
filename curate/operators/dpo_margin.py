"""How far a policy already prefers the chosen answer to the rejected one: DPO's implicit reward."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pyarrow as pa
from pydantic import Field, PrivateAttr, ValidationInfo, field_serializer, model_validator

from curate.errors import RefusedError
from curate.models.answers import Pair, pair_of
from curate.models.files import ModelFiles
from curate.models.likelihood import DECIMALS, LikelihoodSignal, described, hashes, shown
from curate.models.loading import load_tokenizer
from curate.models.local import find_local
from curate.models.losses import Asked, LogProbs, Scorer, scorer


class DpoMargin(LikelihoodSignal):
    """Measure the margin of DPO's implicit reward between the chosen and the rejected answer.

    beta * [log pi(yw|x) / ref(yw|x) - log pi(yl|x) / ref(yl|x)], of log-probabilities that are
    summed over all tokens of an answer (Rafailov et al. 2023, arXiv 2305.18290, equations 5 and 7).
    Tokens and cut are those of TRL's DPOTrainer: an answer begins where the tokens of the prompt,
    and of the prompt with it, part; a pair whose prompt fills `max_tokens` has no value. Whole
    answers are scored, with tool turns and what is not trained, as DPO does.
    """

    name: ClassVar[str] = "dpo_margin"
    version: ClassVar[int] = 1
    places: ClassVar[frozenset[str]] = frozenset()

    reference: str
    """The reference model, with the same tokenizer: a folder, relative to the recipe, or the id of
    one in the local cache of the Hub."""
    beta: float = Field(default=0.1, gt=0)
    """What the margin is multiplied with: 0.1 as in the paper (appendix B) and in TRL."""

    _reference: ModelFiles = PrivateAttr()

    @model_validator(mode="after")
    def _reference_is_there(self, info: ValidationInfo) -> Self:
        self._reference = find_local(self.reference, (info.context or {}).get("base", Path()))
        return self

    @field_serializer("reference", when_used="json")
    def _reference_without_path(self, name: str) -> str:
        return shown(name, self._reference)

    def files(self) -> Sequence[bytes]:
        """Hashes of both models, and of the template where the settings name one."""
        return [*super().files(), b"reference", *hashes(self._reference)]

    def fields(self) -> Sequence[str]:
        """Preference pairs."""
        return ("preference",)

    def signals(self) -> Mapping[str, str]:
        """The margin, and the two ratios that it is made of."""
        return {
            "dpo_margin": "beta times (chosen_logratio - rejected_logratio)",
            "chosen_logratio": "log of the chosen answer's probability by that of the reference",
            "rejected_logratio": "the same of the rejected answer",
        }

    def measure(self, texts: pa.StringArray) -> Mapping[str, pa.Array]:
        """Return the margin and ratios of each pair (float64); null where there is no pair."""
        if not len(texts):
            return {name: pa.array([], pa.float64()) for name in self.signals()}
        renderer, models = self.renderer(), self._models()
        records = self.records(texts)
        pairs = [record and pair_of(record, renderer) for record in records]
        limit = min(self.limit(), models[1].limit or self.max_tokens)
        whole = {row: pair for row, pair in enumerate(pairs) if pair and _fits(pair, limit)}
        asked = [each for pair in whole.values() for each in _asked(pair, limit)]
        policy, reference = ([_sum(one) for one in each.log_probs(asked)] for each in models)
        ratios = np.array(policy, np.float64) - np.array(reference, np.float64)
        rows = {row: tuple(pair) for row, pair in zip(whole, ratios.reshape(-1, 2), strict=True)}
        counts = {"pairs scored": len(rows), "without a value": len(texts) - len(rows)}
        self.count(counts, renderer, f"reference: {described(self.reference, self._reference)}")
        return self._columns([rows.get(row) for row in range(len(texts))])

    def _models(self) -> tuple[Scorer, Scorer]:
        own, other = load_tokenizer(self._found), load_tokenizer(self._reference)
        if own.get_vocab() != other.get_vocab():
            raise RefusedError(
                f"reference {self.reference!r}",
                "its tokenizer has other tokens than that of the model",
                "Use the model that the policy was trained from",
            )
        return self.scorer(), scorer(self._reference, self.dtype)

    def _columns(self, rows: Sequence[tuple[Any, ...] | None]) -> dict[str, pa.Array]:
        values = [row and (self.beta * (row[0] - row[1]), *row) for row in rows]
        return {
            name: pa.array([each and _rounded(each[place]) for each in values], pa.float64())
            for place, name in enumerate(self.signals())
        }


def _rounded(value: float) -> float:
    return round(float(value), DECIMALS)


def _fits(pair: Pair, limit: int) -> bool:
    return 0 < len(pair.prompt) < limit and bool(pair.chosen) and bool(pair.rejected)


def _asked(pair: Pair, limit: int) -> list[Asked]:
    """Both answers behind the prompt, cut at the end."""
    found = []
    for answer in (pair.chosen, pair.rejected):
        ids = [*pair.prompt, *answer][:limit]
        found.append(Asked(ids, [(len(pair.prompt), len(ids))]))
    return found


def _sum(parts: Sequence[LogProbs]) -> float:
    return float(np.concatenate(parts).sum(dtype=np.float64))
