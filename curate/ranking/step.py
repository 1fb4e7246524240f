"""A selection that chooses some records of each slice: the settings of its method."""

from typing import Annotated, Final, Self, cast

import numpy as np
from pydantic import Field, model_validator

from curate.ranking.baselines import BASELINES, Baseline
from curate.ranking.choice import Choice, Ranked
from curate.ranking.method import RANKED, Chooser, Method
from curate.selection import SelectionOperator
from curate.semantic.clusters import Quota

_ONLY_FOR: Final = {
    **{"threshold": "deita", "neighbours": "facility-location", "bandwidth": "dpp"},
    **{"clusters": "clusters", "quota": "clusters"},
}
"""Settings of one method."""


class ChoiceStep(SelectionOperator):
    """What is chosen, how much of it, and by which method."""

    by: str | None = None
    """What ranks records: an SQL expression such as `quality * complexity`. `chosen_NAME` and
    `rejected_NAME` are of either side of a pair: `chosen_reward - rejected_reward`. Only `best` and
    `deita` need it; `dpp` takes it for quality, `clusters` for the order in a cluster, and with
    others it tells the mean score of what is chosen."""
    top: Annotated[int, Field(ge=1)] | Annotated[float, Field(gt=0, lt=1)]
    """How much is kept of each slice: a share of its records below 1, or a number in `unit`."""
    method: Method | Baseline = "best"
    """`best` takes the first of the ranking. The others go by the vectors of a step `embedding`:
    `deita` takes the first that are not like one taken before (Liu et al. 2023, arXiv 2312.15685,
    section 2.3); `k-centre` the one farthest from all that are taken, again and again (Sener and
    Savarese 2018, arXiv 1708.00489, algorithm 1), from the one nearest to the mean on;
    `facility-location` those that represent all best, greedily (Wei et al. 2015); `dpp` those
    of high quality that differ (Chen et al. 2018, arXiv 1709.05135, algorithm 1); `clusters` the
    best of each cluster, or those nearest to its centroid. `random`, `longest` and
    `length-matched` are baselines of a method, of as many tokens."""
    baseline_of: Method = "best"
    """Of which method the baseline is."""
    threshold: float = Field(default=0.9, gt=0, le=1)
    """For `deita`: the cosine from which two records are alike; 0.9 as in its paper."""
    neighbours: int | None = Field(default=None, ge=1)
    """For `facility-location`: a record is represented only by so many that are most similar to it.
    By default all pairs count, which takes long from some 20,000 records on."""
    bandwidth: float | None = Field(default=None, ge=0.05)
    """For `dpp`: similarity is exp(-d^2 / 2 bandwidth^2) of the distance d of two directions. By
    default it is (1 + cosine) / 2, of which vectors of n dimensions allow n + 1 records."""
    clusters: int | None = Field(default=None, ge=1)
    """For `clusters`, which needs it: how many spherical k-means makes."""
    quota: Quota = "proportional"
    """For `clusters`: each gives records in proportion to its size, or `equal` numbers as long as
    it has any."""
    highest: bool = True
    """Whether higher scores are better."""

    @model_validator(mode="after")
    def _method_fits(self) -> Self:
        if self.by is None and self.chosen_by in RANKED:
            raise ValueError(f"the method {self.chosen_by!r} ranks records: say `by` what")
        if self.baseline_of != "best" and self.method not in BASELINES:
            raise ValueError(f"`baseline_of` is for the methods {', '.join(BASELINES)}")
        if self.chosen_by == "dpp" and not self.highest:
            raise ValueError("for `dpp` a higher `by` is always better: write its inverse")
        if self.chosen_by == "clusters" and self.clusters is None:
            raise ValueError("the method clusters needs `clusters`, the number of them")
        for name, method in _ONLY_FOR.items():
            default = type(self).model_fields[name].default
            if getattr(self, name) != default and self.chosen_by != method:
                raise ValueError(f"`{name}` is for the method {method}")
        return self

    @property
    def chosen_by(self) -> Method:
        """The method that chooses, or whose baseline is taken."""
        return self.baseline_of if self.method in BASELINES else cast("Method", self.method)

    @property
    def compares_vectors(self) -> bool:
        """Whether vectors are compared, or told of."""
        return self.chosen_by != "best"

    def choose(self, part: Ranked, seed: int) -> Choice:
        """Choose of a slice as much as `top` says."""
        counted = isinstance(self.top, int)
        sizes = part.amounts if counted else np.ones(len(part.amounts))
        budget = float(self.top) if counted else float(max(1, round(self.top * len(part.order))))
        chooser = Chooser(
            self.chosen_by,
            self.method if self.method in BASELINES else None,
            self.threshold,
            self.neighbours,
            self.bandwidth,
            self.clusters or 1,
            self.quota,
            seed,
        )
        return chooser.choose(part, sizes, budget)
