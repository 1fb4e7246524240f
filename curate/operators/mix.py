"""Mixing slices in given shares."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from curate.mixing.step import SliceStep
from curate.mixing.targets import Asked, targets

Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
Amount = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Mix(SliceStep):
    """Make the shares of sources, labels or other slices what they shall be, and tell both.

    A slice without a weight goes. Shares that cannot be had stop the build, which names what is
    missing; as many records as the shares allow are kept where no `total` is given.
    """

    name: ClassVar[str] = "mix"
    version: ClassVar[int] = 2

    weights: dict[str, Weight] | None = None
    """The weight of each slice, such as {code: 3, chat: 1}; by default each has its size, to the
    power 1 / `temperature`."""
    temperature: float = Field(default=1.0, ge=1, le=1000)
    """1 leaves the shares as they are, much more makes them equal (Raffel et al. 2019, arXiv
    1910.10683, section 3.5.2)."""
    total: Amount | None = None
    """How much the whole mix has, in its unit; by default as much as the shares allow."""
    floors: dict[str, Share] = Field(default_factory=dict)
    """The least share of a slice."""
    ceilings: dict[str, Share] = Field(default_factory=dict)
    """The largest share of a slice."""
    caps: dict[str, Amount] = Field(default_factory=dict)
    """The most of a slice, in the unit; what is cut goes to the others."""

    @model_validator(mode="after")
    def _settings_go_together(self) -> Self:
        if self.weights is not None and self.temperature != 1:
            raise ValueError("`temperature` makes weights of sizes, and `weights` gives them")
        if self.weights is not None and not any(self.weights.values()):
            raise ValueError("weights: at least one must be above 0")
        return self

    def targets(self, available: Mapping[str, float]) -> Mapping[str, float]:
        """The amount of each slice. Raises InfeasibleError."""
        asked = Asked(
            weights=self.weights,
            temperature=self.temperature,
            total=self.total,
            repeats=self.repeats,
            floors=self.floors,
            ceilings=self.ceilings,
            caps=self.caps,
        )
        return targets(available, asked)
