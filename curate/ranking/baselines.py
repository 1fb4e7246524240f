"""Which records of a slice are picked: the best, or as much of others for comparison."""

from collections.abc import Mapping
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Baseline = Literal["random", "longest", "length-matched"]
BASELINES: Final[tuple[Baseline, ...]] = ("random", "longest", "length-matched")

LENGTH_BINS: Final = 20
"""Into how many parts, equal in records, lengths are cut for `length-matched`."""

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


def first_ones(order: Places, amounts: Numbers, budget: float) -> Flags:
    """Take records in an order until they add up to a budget, as near as records allow."""
    sums = np.concatenate([[0.0], np.cumsum(amounts[order])])
    place = int(np.searchsorted(sums, budget * (1 - 1e-12)))
    if place and (place == len(sums) or budget - sums[place - 1] < sums[place] - budget):
        place -= 1
    taken = np.zeros(len(amounts), np.bool_)
    taken[order[:place]] = True
    return taken


def baseline(kind: Baseline, picked: Flags, lengths: Numbers, drawn: Places) -> Flags:
    """As much as was picked, chosen without the score.

    `drawn` lists the records that may be chosen, in random order. `random` takes the first of them;
    `longest` the longest; `length-matched` the first of each part of the lengths, as much as was
    picked of it.
    """
    budget = float(lengths[picked].sum())
    if kind == "random":
        return first_ones(drawn, lengths, budget)
    if kind == "longest":
        return first_ones(drawn[np.argsort(-lengths[drawn], kind="stable")], lengths, budget)
    taken = np.zeros(len(picked), np.bool_)
    parts = _parts(lengths)
    for part in range(LENGTH_BINS):
        own = parts == part
        wanted = float(lengths[picked & own].sum())
        taken |= first_ones(drawn[own[drawn]], lengths, wanted)
    return taken


def _parts(lengths: Numbers) -> Places:
    """The part of each length; equal lengths are in one."""
    if not len(lengths):
        return np.zeros(0, np.int64)
    edges = np.quantile(lengths, np.linspace(0, 1, LENGTH_BINS + 1)[1:-1])
    return np.asarray(np.searchsorted(edges, lengths, side="left"), np.int64)


def correlation(one: Numbers, other: Numbers) -> float | None:
    """Spearman's rank correlation; None where either does not vary."""
    if len(one) < 2 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(np.corrcoef(_ranks(one), _ranks(other))[0, 1])


def _ranks(values: Numbers) -> Numbers:
    """The rank of each value, the mean of their ranks for equal ones."""
    low, high = (
        pc.rank(pa.array(values), tiebreaker=tie).to_numpy().astype(np.float64)
        for tie in ("min", "max")
    )
    return np.asarray((low + high) / 2, np.float64)


def compared(
    choices: Mapping[str, Flags], scores: Numbers | None, lengths: Numbers, drawn: Places
) -> tuple[dict[str, Flags], dict[str, dict[str, float]]]:
    """What was chosen beside its baselines, and of each records, amount, mean length and score.

    `choices` begins with what was chosen; `overlap` is the part of it that another has too.
    """
    picked = next(iter(choices.values()))
    every = dict(choices)
    for kind in BASELINES:
        every[kind] = baseline(kind, picked, lengths, drawn)
    whole = max(1, int(picked.sum()))
    told: dict[str, dict[str, float]] = {}
    for name, flags in every.items():
        told[name] = {
            "records": int(flags.sum()),
            "amount": float(lengths[flags].sum()),
            "length": float(np.mean(lengths[flags])) if flags.any() else 0.0,
            "overlap": int((flags & picked).sum()) / whole,
        }
        if scores is not None:
            told[name]["score"] = float(np.mean(scores[flags])) if flags.any() else 0.0
    return every, told
