"""How much of each slice a balanced dataset has."""

from collections.abc import Callable, Mapping
from statistics import fmean, median
from typing import Final, Literal

from curate.mixing.targets import InfeasibleError

Level = Literal["smallest", "median", "mean", "largest"]

_OF_SIZES: Final[Mapping[str, Callable[[list[float]], float]]] = {
    "smallest": min,
    "median": median,
    "mean": fmean,
    "largest": max,
}


def level_of(available: Mapping[str, float], level: Level | float) -> float:
    """The amount that a level means, of the slices that have any. Raises InfeasibleError."""
    if not isinstance(level, str):
        return level
    sizes = [size for size in available.values() if size > 0]
    if not sizes:
        raise InfeasibleError(["the slices have no amount in this unit"], "count in another `unit`")
    return float(_OF_SIZES[level](sizes))


def to_level(available: Mapping[str, float], level: float, repeats: int) -> dict[str, float]:
    """Slices that are larger than a level go down to it, smaller ones up, as repeats allow.

    >>> to_level({"a": 10, "b": 2}, 5, 2)
    {'a': 5, 'b': 4}
    """
    return {name: min(level, size * repeats) for name, size in available.items()}


def at_most(available: Mapping[str, float], share: float) -> dict[str, float]:
    """The most of each slice such that none has more than a share of the whole.

    Slices above are cut to one size c = share x (rest + k c), of k slices that are cut. Raises
    InfeasibleError where there are too few slices for any whole.

    >>> at_most({"a": 90, "b": 10, "c": 10}, 0.5)
    {'a': 20.0, 'b': 10, 'c': 10}
    """
    sizes = sorted((size for size in available.values() if size > 0), reverse=True)
    if len(sizes) * share < 1:
        found = f"{len(sizes)} slices of at most {share:.4g} make no whole"
        raise InfeasibleError([found], f"a `max_share` of {1 / max(1, len(sizes)):.4g} or more")
    rest = float(sum(sizes))
    for cut, size in enumerate(sizes):
        if size <= share * rest / (1 - cut * share) * (1 + 1e-12):
            limit = share * rest / (1 - cut * share)
            return {name: min(own, limit) for name, own in available.items()}
        rest -= size
    return dict.fromkeys(available, sizes[-1] if sizes else 0.0)
