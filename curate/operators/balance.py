"""Balancing slices: none larger, or all as large, as is asked for."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from curate.mixing.levels import Level, at_most, level_of, to_level
from curate.mixing.step import SliceStep


class Balance(SliceStep):
    """Cut down slices that are too large, and with `repeats` fill up those that are too small.

    Which of its records a slice keeps is a matter of a hash of id and seed.
    """

    name: ClassVar[str] = "balance"
    version: ClassVar[int] = 2

    to: Level | Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    """How large every slice shall be: as the `smallest` (the default), `median`, `mean` or
    `largest` one, or an amount in the unit. Without `repeats`, slices are only cut down."""
    max_share: Annotated[float, Field(gt=0, le=1)] | None = None
    """The largest share of the whole that a slice may have, instead of `to`."""

    @model_validator(mode="after")
    def _one_way_is_given(self) -> Self:
        if self.to is not None and self.max_share is not None:
            raise ValueError("give one of `to` (a size for all slices) and `max_share`")
        if self.max_share is not None and self.repeats > 1:
            raise ValueError("`repeats` fill slices up `to` a size; `max_share` only cuts down")
        return self

    def targets(self, available: Mapping[str, float]) -> Mapping[str, float]:
        """The amount of each slice. Raises InfeasibleError."""
        if self.max_share is not None:
            return at_most(available, self.max_share)
        level = level_of(available, "smallest" if self.to is None else self.to)
        return to_level(available, level, self.repeats)
