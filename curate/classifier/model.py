"""A classifier: its labels, features, weights or trees, and how it was trained."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from curate.signals.registry import NAME

MOST_LABELS: Final = 1000
BITS: Final = 20
"""Of a bucket's number: a million buckets, so that few features share one."""
LEAST_BITS, MOST_BITS = 8, 24

EnsembleName = Literal["BalancedBagging", "EasyEnsemble", "BalancedRandomForest"]

Weights = npt.NDArray[np.float32]


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Words(_Form):
    """Features made of words (`curate.classifier.words`)."""

    kind: Literal["words"] = "words"
    bits: int = Field(default=BITS, ge=LEAST_BITS, le=MOST_BITS)
    """Of a bucket's number."""
    ngrams: int = Field(default=2, ge=1, le=2)
    """1 for words, 2 for pairs of them too."""


class Embedded(_Form):
    """Features that an embedding model makes: a direction of length 1."""

    kind: Literal["embedding"] = "embedding"
    model: str
    """The folder or id of the model, as the user named it."""
    hash: str
    """SHA-256 over its files."""
    max_tokens: int = Field(ge=1)
    """What follows so many tokens is not looked at."""


class Ensemble(_Form):
    """Members that learn from balanced subsets, each of its own, and decide together."""

    kind: EnsembleName
    """By the name that imbalanced-learn has for it."""
    members: int = Field(ge=1)
    """How many: linear models, boosted stumps or trees."""


class Details(_Form):
    """What a file says of a classifier, beside its weights."""

    name: str
    """What its signals are called by."""
    labels: tuple[str, ...]
    """In alphabetical order, as the columns of the weights."""
    features: Words | Embedded = Field(discriminator="kind")
    temperature: float = Field(gt=0, allow_inf_nan=False)
    """What logits are divided by, which calibrates them (Guo et al. 2017, arXiv 1706.04599,
    section 4.2)."""
    c: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """The inverse strength of the L2 penalty that it was trained with; None of trees."""
    ensemble: Ensemble | None = None
    """How its members learned; None where it is a single model."""
    seed: int
    folds: int
    examples: int
    data: str = Field(pattern="^[0-9a-f]{32}$")
    """A hash over texts and labels that it learned from."""
    figures: dict[str, Any]
    """Those of the cross-validation."""

    @field_validator("name")
    @classmethod
    def _can_be_named(cls, name: str) -> str:
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name for a signal, which has a to z, 0 to 9 and _")
        return name

    @model_validator(mode="after")
    def _labels_differ(self) -> "Details":
        if not 2 <= len(self.labels) <= MOST_LABELS:
            raise ValueError(f"{len(self.labels)} labels; 2 to {MOST_LABELS:,} go")
        if list(self.labels) != sorted(set(self.labels)):
            raise ValueError("the labels are not sorted, or one is there twice")
        signal_names(self.name, self.labels)
        return self


class Linear(NamedTuple):
    """A sum over features: logits are weights times values, and intercepts."""

    weights: Weights
    """[features, labels]."""
    intercepts: npt.NDArray[np.float64]
    """[labels]."""


class Forest(NamedTuple):
    """Trees that each lead a text to a leaf, whose values are added up.

    A node sends texts whose feature has at most the threshold to its first child. Children stand
    behind their parents, so that every way ends.
    """

    features: npt.NDArray[np.int32]
    """[nodes]: which feature is looked at, by its row; of a leaf -1 - the row of its values."""
    thresholds: npt.NDArray[np.float64]
    """[nodes]."""
    children: npt.NDArray[np.int32]
    """[nodes, 2]."""
    values: npt.NDArray[np.float32]
    """[leaves, labels]."""
    roots: npt.NDArray[np.int32]
    """[trees]: their first nodes, ascending."""


@dataclass(frozen=True, eq=False)
class Classifier:
    """A classifier ready to be applied."""

    details: Details
    slots: npt.NDArray[np.uint32]
    """The bucket of each feature, ascending; the dimensions of an embedding."""
    body: Linear | Forest

    @cached_property
    def rows(self) -> npt.NDArray[np.int32]:
        """The row of each bucket among the features, -1 of one that is none."""
        features = self.details.features
        assert isinstance(features, Words)
        rows = np.full(1 << features.bits, -1, np.int32)
        rows[self.slots] = np.arange(len(self.slots), dtype=np.int32)
        return rows


def signal_names(name: str, labels: Sequence[str]) -> Mapping[str, str]:
    """The signal of each label's probability: NAME_LABEL, in lower case with `_` for all else.

    Raises ValueError where two labels have the same, or one has none.

    >>> signal_names("topic", ["Non-toxic", "2"])
    {'Non-toxic': 'topic_non_toxic', '2': 'topic_2'}
    """
    found: dict[str, str] = {}
    for label in labels:
        bare = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")
        if not bare:
            raise ValueError(f"the label {label!r} has no letter from a to z and no digit")
        found[label] = f"{name}_{bare}"
    twice = [label for label in labels if list(found.values()).count(found[label]) > 1]
    if twice:
        raise ValueError(f"the labels {twice[0]!r} and {twice[1]!r} give the same signal")
    return found
