"""How much of each slice a mix shall have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

_SLACK: Final = 1e-9
"""Relative error of sums of doubles that is no shortage."""


class InfeasibleError(Exception):
    """What is asked for cannot be had; the lines say what is missing, slice by slice."""

    def __init__(self, lines: Sequence[str], right: str) -> None:
        """`right` says what would do."""
        super().__init__("; ".join(lines))
        self.lines, self.right = tuple(lines), right


@dataclass(frozen=True)
class Asked:
    """What is asked of the slices of a mix."""

    weights: Mapping[str, float] | None = None
    """The weight of each; without weights, each has its size to the power 1 / `temperature`."""
    temperature: float = 1.0
    """1 leaves slices as large as they are, much more makes them equal (Raffel et al. 2019, arXiv
    1910.10683, section 3.5.2)."""
    total: float | None = None
    """The sum over all slices; None for as much as can be had."""
    repeats: int = 1
    """How often a record may stand at most."""
    floors: Mapping[str, float] = field(default_factory=dict)
    """The least share of a slice."""
    ceilings: Mapping[str, float] = field(default_factory=dict)
    """The largest share of a slice."""
    caps: Mapping[str, float] = field(default_factory=dict)
    """The most of a slice, in units."""

    def named(self) -> list[str]:
        """The slices that it names."""
        parts = (self.weights or {}, self.floors, self.ceilings, self.caps)
        return list(dict.fromkeys(name for part in parts for name in part))


def targets(available: Mapping[str, float], asked: Asked) -> dict[str, float]:
    """How much of each slice there shall be, in the unit of `available`.

    Shares are those of the weights, within floors and ceilings; what a cap takes from a slice goes
    to the others by their weights. Raises InfeasibleError where a slice is missing or too small.
    """
    _check_names(available, asked)
    names = list(available)
    sizes = np.array([available[name] for name in names], np.float64)
    _check_amounts(names, sizes, asked)
    shares = _bounded(_weights(names, sizes, asked), names, asked)
    most = sizes * asked.repeats
    caps = np.array([asked.caps.get(name, np.inf) for name in names], np.float64)
    if asked.total is None:
        found = _capped(shares, caps, _largest(shares, most, caps))
    else:
        found = _of_total(shares, caps, asked.total, names)
        _check_sizes(names, found, most, sizes, asked)
    return dict(zip(names, np.minimum(found, most).tolist(), strict=True))


def _check_names(available: Mapping[str, float], asked: Asked) -> None:
    missing = [name for name in asked.named() if name not in available]
    if missing:
        lines = [f"there is no slice {name!r}{_guess(name, available)}" for name in missing]
        raise InfeasibleError(lines, f"slices are: {', '.join(sorted(available))}")


def _check_amounts(names: Sequence[str], sizes: Numbers, asked: Asked) -> None:
    """A slice of which there is nothing can have no share."""
    if not sizes.sum() > 0 or not np.isfinite(sizes).all():
        raise InfeasibleError(["the slices have no amount in this unit"], "count in another `unit`")
    wanted = (asked.weights or {}, asked.floors)
    for name, size in zip(names, sizes, strict=True):
        if size <= 0 and any(each.get(name, 0) > 0 for each in wanted):
            found = f"the slice {name!r} has nothing in this unit"
            raise InfeasibleError([found], "leave it out, or count in another `unit`")


def _guess(name: str, known: Mapping[str, float]) -> str:
    near = get_close_matches(name, known, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _weights(names: Sequence[str], sizes: Numbers, asked: Asked) -> Numbers:
    if asked.weights is None:
        return np.asarray((sizes / sizes.max()) ** (1 / asked.temperature), np.float64)
    given = np.array([asked.weights.get(name, 0.0) for name in names], np.float64)
    # Of huge or tiny weights the sum would be no number, or nothing.
    return np.asarray(given / given.max(), np.float64)


def _bounded(weights: Numbers, names: Sequence[str], asked: Asked) -> Numbers:
    """Shares in proportion to weights, but within floors and ceilings; their sum is 1."""
    low = np.array([asked.floors.get(name, 0.0) for name in names], np.float64)
    high = np.array([asked.ceilings.get(name, 1.0) for name in names], np.float64)
    high = np.where(weights > 0, high, low)
    if low.sum() > 1 + _SLACK or high.sum() < 1 - _SLACK or (low > high + _SLACK).any():
        found = f"floors add up to {low.sum():.4g} and ceilings to {high.sum():.4g} of the mix"
        raise InfeasibleError([found], "no floor above its ceiling, at most 1 and at least 1")
    return _levelled(weights, low, high, 1.0)


def _levelled(weights: Numbers, low: Numbers, high: Numbers, total: float) -> Numbers:
    """`clip(level x weight, low, high)` with the level at which it adds up to a total.

    The sum grows with the level, along a line between two of the levels at which a slice leaves or
    meets a bound.
    """
    safe = np.where(weights > 0, weights, 1.0)
    turns = np.unique(np.concatenate([low / safe, high / safe])[np.tile(weights > 0, 2)])
    turns = turns[np.isfinite(turns)]

    def at(level: float) -> Numbers:
        return np.clip(level * weights, low, high)

    reached = [turn for turn in turns if at(turn).sum() <= total]
    start = float(reached[-1]) if reached else 0.0
    growing = (weights > 0) & (start * weights >= low - _SLACK) & (start * weights < high)
    slope = float(weights[growing].sum())
    rest = total - float(at(start).sum())
    return at(start + rest / slope) if slope > 0 else at(start)


def _largest(shares: Numbers, most: Numbers, caps: Numbers) -> float:
    """The largest level at which no slice needs more than there is; a capped one may not."""
    binding = (shares > 0) & (most < caps)
    return float((most[binding] / shares[binding]).min()) if binding.any() else float(np.inf)


def _capped(shares: Numbers, caps: Numbers, level: float) -> Numbers:
    filled = np.where(shares > 0, np.inf, 0.0) if np.isinf(level) else shares * level
    return np.minimum(filled, caps)


def _of_total(shares: Numbers, caps: Numbers, total: float, names: Sequence[str]) -> Numbers:
    high = np.where(shares > 0, caps, 0.0)
    if high.sum() < total * (1 - _SLACK):
        listed = ", ".join(f"{name} {cap:,.0f}" for name, cap in zip(names, high, strict=True))
        found = f"caps leave {high.sum():,.0f} of {total:,.0f} ({listed})"
        raise InfeasibleError([found], "raise a cap, or ask for less")
    return _levelled(shares, np.zeros(len(shares)), high, total)


def _check_sizes(
    names: Sequence[str], found: Numbers, most: Numbers, sizes: Numbers, asked: Asked
) -> None:
    lines = []
    for name, target, there, size in zip(names, found, most, sizes, strict=True):
        if target > there * (1 + _SLACK):
            lines.append(
                f"{name}: {target:,.0f} are asked for; there are {size:,.0f}, at most "
                f"{asked.repeats} time{'s' * (asked.repeats != 1)}: {target - there:,.0f} missing"
            )
    if lines:
        fits = max(0.0, _largest(found / found.sum(), most, np.full(len(found), np.inf)))
        right = f"these shares can be had of {fits:,.0f} in all (leave `total` out for that)"
        raise InfeasibleError(lines, f"{right}, or with more `repeats`")
