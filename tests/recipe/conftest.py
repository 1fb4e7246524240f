"""Operators with settings of every shape, so that a recipe can get each of them wrong."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from curate.errors import NotFoundError
from curate.operator import REGISTRY, Edited, EditOperator, Operator
from curate.selection import SelectionOperator

before = dict(REGISTRY)


class Repair(EditOperator):
    """Settings: none."""

    name = "repair"
    version = 1

    def edit(self, texts: pa.StringArray) -> Edited:
        return Edited(texts)


class Weights(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    short: float = Field(default=1.0, gt=0)
    """The weight of short records."""


class NearDedup(SelectionOperator):
    """Settings: numbers, a choice, a nested model and a mapping."""

    name = "near_dedup"
    version = 1

    threshold: float = Field(default=0.8, ge=0, le=1)
    """The similarity from which two records are one."""
    rows: int = Field(default=16, ge=1)
    """How many."""
    unit: Literal["word", "character"] = "word"
    """What a shingle is made of."""
    exact: bool = True
    """Whether hits are verified."""
    field: str | None = None
    """What is compared."""
    fields: tuple[str, ...] = ()
    """What is compared, where there are several."""
    weights: Weights = Weights()
    """Weights."""
    shares: Mapping[str, float] = {}
    """Shares by label."""
    limit: float | Literal["none"] = "none"
    """A limit, or none."""

    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:
        return batch.select(["hash"])

    def query(self, seed: int) -> str:
        return "SELECT id, copy FROM facts WHERE false"


class Rules(EditOperator):
    """Settings: a required file beside the recipe."""

    name = "rules"
    version = 1

    pack: str
    """The pack."""

    @field_validator("pack")
    @classmethod
    def found(cls, pack: str, info: ValidationInfo) -> str:
        assert info.context is not None
        if not (Path(info.context["base"]) / pack).is_file():
            raise NotFoundError(f"rule pack {pack!r}", "no such pack", "packs are: chat, gopher")
        if not pack.endswith(".txt"):
            raise ValueError("expected a file that ends in .txt")
        return pack

    def edit(self, texts: pa.StringArray) -> Edited:
        return Edited(texts)


OPERATORS: dict[str, type[Operator]] = {made.name: made for made in (Repair, NearDedup, Rules)}
REGISTRY.clear()
REGISTRY.update(before)


@pytest.fixture(scope="session")
def operators() -> dict[str, type[Operator]]:
    return dict(OPERATORS)
