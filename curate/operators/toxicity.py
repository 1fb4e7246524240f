"""The toxicity of texts, by Detoxify's models or another classifier that lies on the disk."""

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, Final, Self

import numpy as np
import pyarrow as pa
from pydantic import (
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_serializer,
    field_validator,
    model_validator,
)

from curate.errors import MissingExtraError
from curate.models.toxicity import Device, ToxicityScorer, sigmoid, softmax, toxicity_scorer
from curate.models.toxicity_files import ToxicityFiles, find_toxicity
from curate.models.toxicity_labels import Activation, Outputs, outputs_of
from curate.operator import SignalOperator
from curate.setting_types import Names, check_texts

RECORDS_AT_ONCE: Final = 1024
"""Records between two reports of progress, and at most lost when a build is killed."""

DECIMALS: Final = 5
"""Of probabilities: the noise of float32 is less than a tenth of the last."""


class Toxicity(SignalOperator):
    """Store how toxic texts are to a classifier: the probability of each of its labels.

    The models are Detoxify's (Hanu and Unitary team 2020), trained on the three Jigsaw challenges,
    or any other of transformers that classifies texts. Values are rounded to 5 decimals.
    """

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    name: ClassVar[str] = "toxicity"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = ("tokenizers", "torch", "transformers")
    slow: ClassVar[bool] = True
    places: ClassVar[frozenset[str]] = frozenset({"fields"})

    model: str
    """`original`, `unbiased` or `multilingual` (Detoxify's, where torch.hub has fetched it), a file
    with a checkpoint of Detoxify, a folder with a classifier of transformers, or the id of one in
    the local cache of the Hub; nothing is fetched."""
    measured: Names = Field(default=("prompt", "response"), alias="fields")
    """The fields to score, each by itself."""
    base: str | None = None
    """Of a checkpoint, the model it was trained from: a folder with configuration and tokenizer, or
    an id in the local cache of the Hub; by default the one that it names."""
    max_tokens: int | None = Field(default=None, ge=8)
    """What comes behind so many tokens is not looked at; by default the model's own limit."""
    classes: Names = ()
    """What the model's outputs are, in its order, where its own labels do not tell."""
    activation: Activation | None = None
    """How outputs become probabilities: `sigmoid` (several labels can hold) or `softmax` (one
    does); by default what the model says."""
    device: Device = Field(default="auto", exclude=True)
    """`cpu` or `cuda`; by default CUDA where torch finds it. It is no part of what is measured."""

    _found: ToxicityFiles = PrivateAttr()
    _seen: Counter[str] = PrivateAttr(default_factory=Counter)
    _told: list[str] = PrivateAttr(default_factory=list)

    @field_validator("measured")
    @classmethod
    def _fields_exist(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        check_texts(names, "scored")
        return names

    @model_validator(mode="after")
    def _model_is_there(self, info: ValidationInfo) -> Self:
        for package in ("transformers", "torch"):
            if find_spec(package) is None:
                raise MissingExtraError(f"step {self.name}", package, "toxicity")
        self._found = find_toxicity(self.model, self.base, (info.context or {}).get("base", Path()))
        return self

    @field_serializer("model", when_used="json")
    def _name_without_path(self, name: str) -> str:
        """A path is no part of what is measured: the model's files are."""
        if self._found.checkpoint is not None:
            return f"sha256:{self._found.digest[:16]}"
        files = self._found.files
        return name if files.revision else f"sha256:{files.hash[:16]}"

    @field_serializer("base", when_used="json")
    def _base_without_path(self, name: str | None) -> str | None:
        files = self._found.files
        return name if name is None or files.revision else f"sha256:{files.hash[:16]}"

    def files(self) -> Sequence[bytes]:
        """Hashes of the checkpoint, and of the folder of its base; or of the model's folder."""
        return [self._found.digest.encode(), self._found.files.hash.encode()]

    def fields(self) -> Sequence[str]:
        """The fields of the settings."""
        return self.measured

    def signals(self) -> Mapping[str, str]:
        """The probability of each label."""
        named = self.outputs()
        pairs = zip(named.signals, named.labels, strict=True)
        return {signal: f"probability of the label {label}" for signal, label in pairs}

    def at_once(self) -> int:
        """So many that texts of one length fill batches."""
        return RECORDS_AT_ONCE

    def outputs(self) -> Outputs:
        """What the model gives."""
        return outputs_of(self._found, self.classes, self.activation)

    def scorer(self) -> ToxicityScorer:
        """The model, loaded when it is first needed."""
        return toxicity_scorer(self._found, self.device)

    def measure(self, texts: pa.StringArray) -> Mapping[str, pa.Array]:
        """Return the probability of each label (float64); null where a text has no token."""
        named = self.outputs()
        if not len(texts):
            return {signal: pa.array([], pa.float64()) for signal in named.signals}
        scorer = self.scorer()
        logits, cut = scorer.score(texts.to_pylist(), self.max_tokens)
        made = (sigmoid if named.activation == "sigmoid" else softmax)(logits).round(DECIMALS)
        limit = min(self.max_tokens or scorer.limit, scorer.limit)
        empty = np.isnan(logits).all(axis=1)
        counts = {"texts scored": len(texts) - int(empty.sum()), "of them longer, and cut": cut}
        self._seen.update({**counts, "without a token to score": int(empty.sum())})
        self._told[:] = [
            f"{self._found.described()} as float32 on {scorer.device}; {named.activation}; "
            f"texts cut at {limit:,} tokens"
        ]
        return {
            signal: pa.array(np.ascontiguousarray(made[:, place]), pa.float64(), mask=empty)
            for place, signal in enumerate(named.signals)
        }

    def notes(self) -> Sequence[str]:
        """The model, device and cut, and how many texts were cut; nothing without texts."""
        counted = [f"{count:,} {what}" for what, count in self._seen.items() if count]
        return (*self._told, *([", ".join(counted)] if counted else []))

    def _digest_of(self, settings: Mapping[str, Any]) -> str:
        """Without names of models: the same one in another folder gives the same values."""
        names = ("model", "base")
        return super()._digest_of({k: v for k, v in settings.items() if k not in names})
