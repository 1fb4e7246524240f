"""Scores: what signal steps of a recipe gave, for the steps after them.

An operator says which scores it wants (`Operator.wants`). The recipe finds the step that gives each
(`curate.recipe.scores`), whose fingerprint becomes a part of the operator's own, and the batch that
the operator is given has a column more for each score (`Score.column`).
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, NamedTuple, Self

import pyarrow as pa

ScoreType = Literal["number", "label", "vector"]

ARROW_TYPES: Final[Mapping[ScoreType, pa.DataType]] = {
    **{"number": pa.float64(), "label": pa.string(), "vector": pa.binary()}
}
"""What the values of a score are; numbers are stored as doubles, vectors as bytes."""


class Wanted(NamedTuple):
    """A score that an operator asks for."""

    name: str
    """The signal."""
    field: str
    """The field it is wanted for."""
    type: ScoreType = "number"

    @property
    def column(self) -> str:
        """The name of the column that a batch has of it."""
        return f"score:{self.field}:{self.name}"


class Score(NamedTuple):
    """A score, and the step that gives it."""

    wanted: Wanted
    step: str
    """The signal step."""
    field: str
    """The field that the step measures: the wanted one, or a whole conversation or pair."""
    fingerprint: str
    """What makes the values (`SignalOperator.signal_fingerprint`)."""

    @property
    def name(self) -> str:
        """The signal."""
        return self.wanted.name

    @property
    def key(self) -> str:
        """What makes the values of a record: signal, field and fingerprint."""
        return f"{self.name}@{self.field}+{self.fingerprint}"

    def as_json(self) -> dict[str, Any]:
        """As a manifest keeps it."""
        named = {"name": self.name, "wanted_for": self.wanted.field, "type": self.wanted.type}
        return named | {"step": self.step, "field": self.field, "fingerprint": self.fingerprint}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        """What `as_json` gave."""
        wanted = Wanted(kept["name"], kept["wanted_for"], kept["type"])
        return cls(wanted, kept["step"], kept["field"], kept["fingerprint"])


def score_of(batch: pa.RecordBatch, wanted: Wanted) -> pa.Array:
    """The values of a score, one a record, null where a record has none.

    Raises ValueError where the batch has no such column: no signal step before gave it.
    """
    if wanted.column not in batch.schema.names:
        raise ValueError(
            f"no signal step before this one gives {wanted.name!r} of {wanted.field}: "
            "a recipe puts one there"
        )
    return batch.column(wanted.column)


def with_columns(
    batch: pa.RecordBatch, values: Iterable[tuple[Wanted, pa.Array]]
) -> pa.RecordBatch:
    """A batch with the columns of scores."""
    for wanted, column in values:
        batch = batch.append_column(wanted.column, column.cast(ARROW_TYPES[wanted.type]))
    return batch


def without_values(batch: pa.RecordBatch, scores: Iterable[Score]) -> pa.RecordBatch:
    """A batch whose records have no value of any score."""
    return with_columns(
        batch,
        [(one.wanted, pa.nulls(len(batch), ARROW_TYPES[one.wanted.type])) for one in scores],
    )
