"""imbalanced-learn's samplers: which there are, and which rows they choose."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from importlib.util import find_spec
from typing import Any, Final, Literal, NamedTuple

import numpy as np

from curate.errors import MissingExtraError
from curate.mixing.choosing import Numbers
from curate.resampling.synthetic import Points, points_of

Sampler = Literal[
    "RandomUnderSampler",
    "RandomOverSampler",
    "NearMiss",
    "ClusterCentroids",
    "InstanceHardnessThreshold",
    "TomekLinks",
    "EditedNearestNeighbours",
    "RepeatedEditedNearestNeighbours",
    "AllKNN",
    "OneSidedSelection",
    "NeighbourhoodCleaningRule",
    "CondensedNearestNeighbour",
]

OverSampler = Literal["SMOTE", "BorderlineSMOTE", "SVMSMOTE", "KMeansSMOTE", "ADASYN"]

RANDOM: Final = ("RandomUnderSampler", "RandomOverSampler")
"""Those that look at no features."""

NOT_OPTIONS: Final = {"estimator", "n_jobs", "random_state", "sampling_strategy", "voting"}
"""Parameters of samplers that `options` may not give: settings of their own, or objects."""

Strategy = str | Mapping[str, int] | Sequence[str]
Options = Mapping[str, bool | int | float | str]


class UnfitError(Exception):
    """A sampler cannot be run on these slices: what it said."""


class Sampling(NamedTuple):
    """A sampler with its settings."""

    name: Sampler | OverSampler
    strategy: Strategy
    options: Options

    def check(self) -> None:
        """Raise ValueError for an option that the sampler does not have, or may not be given."""
        known = sorted(set(_class_of(self.name)().get_params()) - NOT_OPTIONS)
        for name in self.options:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"it has: {', '.join(known)}"
                raise ValueError(f"{self.name} has no option {name!r} to be set; {hint}")

    def times(self, features: Any, slices: Sequence[str], seed: int) -> Numbers:
        """How often each row shall stand: 0 where the sampler leaves it out.

        `features` has a row for each slice name, as an array or a sparse matrix; of samplers that
        look at none it may be anything as long. Runs on one thread, so that sums of floating-point
        numbers do not depend on the number of cores. Raises UnfitError.
        """
        names, classes = _coded(slices)
        with _one_thread():
            chosen = _chosen(self._made(names, seed), features, classes, self.name)
        return np.bincount(chosen, minlength=len(slices)).astype(np.int64)

    def points(self, features: Any, slices: Sequence[str], seed: int) -> Points:
        """What it makes between rows; classes are places in the sorted names of the slices."""
        names, classes = _coded(slices)
        with _one_thread():
            return points_of(self._made(names, seed), features, classes)

    def _made(self, names: Sequence[str], seed: int) -> Any:
        strategy = self._strategy({name: code for code, name in enumerate(names)})
        sampler = _class_of(self.name)()
        given: dict[str, Any] = {"sampling_strategy": strategy, **self.options}
        if "random_state" in sampler.get_params():
            given["random_state"] = seed % 2**32
        return sampler.set_params(**given)

    def _strategy(self, codes: Mapping[str, int]) -> Any:
        """As imbalanced-learn takes it, with the codes of slices for their names."""
        if isinstance(self.strategy, str):
            return self.strategy
        for name in self.strategy:
            if name not in codes:
                near = get_close_matches(name, codes, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                raise UnfitError(f"`strategy` names {name!r}, which is no slice{hint}")
        if isinstance(self.strategy, Mapping):
            return {codes[name]: size for name, size in self.strategy.items()}
        return [codes[name] for name in self.strategy]


def require(where: str) -> None:
    """Raise MissingExtraError where imbalanced-learn is not installed."""
    if find_spec("imblearn") is None:
        raise MissingExtraError(where, "imbalanced-learn", "balance")


def _class_of(name: str) -> Any:
    from imblearn import over_sampling, under_sampling

    return getattr(over_sampling if hasattr(over_sampling, name) else under_sampling, name)


def _coded(slices: Sequence[str]) -> tuple[list[str], Numbers]:
    """The names of slices, sorted, and the place of each: some samplers take numbers alone."""
    names, classes = np.unique(np.asarray(slices, str), return_inverse=True)
    if len(names) < 2:
        raise UnfitError("it needs two slices or more")
    return [str(name) for name in names], np.asarray(classes, np.int64)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Sums of floats do not depend on cores; what cannot be run raises UnfitError."""
    from threadpoolctl import threadpool_limits

    try:
        with threadpool_limits(1):
            yield
    except (ValueError, RuntimeError) as error:
        raise UnfitError(_first_sentence(error)) from error


def _chosen(sampler: Any, features: Any, classes: Numbers, name: str) -> Numbers:
    """The rows that a sampler returns, some of them more than once."""
    if name != "ClusterCentroids":
        sampler.fit_resample(features, classes)
        return np.asarray(sampler.sample_indices_, np.int64)
    made, of = sampler.set_params(voting="soft").fit_resample(features, classes)
    rows = []
    for one in np.unique(classes):
        own = np.flatnonzero(classes == one)
        if one in sampler.sampling_strategy_:
            own = own[_nearest_unused(features[own], made[np.flatnonzero(of == one)])]
        rows.append(own)
    return np.concatenate(rows)


def _nearest_unused(features: Any, points: Any) -> Numbers:
    """For each point, in turn, the nearest row that no point before has taken.

    imbalanced-learn's own hard voting gives one row to several centroids, and so fewer than were
    asked for.
    """
    from sklearn.metrics.pairwise import euclidean_distances

    free = np.ones(features.shape[0], np.bool_)
    found = []
    for place in range(points.shape[0]):
        far = np.where(free, euclidean_distances(points[[place]], features)[0], np.inf)
        found.append(int(far.argmin()))
        free[found[-1]] = False
    return np.array(found, np.int64)


def _first_sentence(error: Exception) -> str:
    return str(error).split("\n", 1)[0].rstrip(".")
