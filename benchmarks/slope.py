"""What a record costs: the CPU time of whole processes at two sizes, start-up left out."""

from collections.abc import Callable, Sequence
from math import inf
from typing import NamedTuple

from store_process import Run

Sizes = tuple[int, int]
Measure = Callable[[int], Run]
"""Does the work for so many records in a process of its own."""


class Cost(NamedTuple):
    """What a way of doing it costs."""

    records: int
    """Of the larger size."""
    micro: float
    """Microseconds of CPU for a record: the slope between both sizes."""
    whole: float
    """CPU seconds of the whole process at the larger size."""
    peaks: tuple[float, float]
    """Peak memory in MiB at each size."""
    kept: int
    """Of the larger size."""
    noise: float
    """Microseconds: by so much the slope differs if the second least of the rounds counts at one
    size; infinite with a single round, which cannot tell."""


def at_least(theirs: Cost, ours: Cost) -> float:
    """How many times more CPU time a record takes them, noise being counted against us."""
    return max(0.0, theirs.micro - theirs.noise) / max(ours.micro + ours.noise, 1e-9)


def is_told(cost: Cost) -> bool:
    """Whether the slope stands out from noise: start-up can vary by more than the work takes."""
    return cost.micro > 3 * cost.noise


def costs(ways: Sequence[tuple[Measure, Sizes]], rounds: int) -> list[Cost]:
    """Measure ways in turn, in rounds, at two sizes each; the least of the rounds counts.

    Whatever else the machine does can only add to the CPU time of a process.
    """
    runs: list[dict[int, list[Run]]] = [{size: [] for size in sizes} for _, sizes in ways]
    for _ in range(rounds):
        for (measure, sizes), found in zip(ways, runs, strict=True):
            for size in sizes:
                found[size].append(measure(size))
    return [_cost(found, sizes) for found, (_, sizes) in zip(runs, ways, strict=True)]


def micro(cost: Cost) -> str:
    """What a record costs, to print."""
    return f"{cost.micro:,.1f} us" if cost.micro < 100 else f"{cost.micro:,.0f} us"


def whole(cost: Cost) -> str:
    """What the whole process cost and kept, to print."""
    return f"{cost.whole:.1f} s, {cost.kept:,} of {cost.records:,}"


def _cost(runs: dict[int, list[Run]], sizes: Sizes) -> Cost:
    few, many = sizes
    ordered = {size: sorted(run.cpu for run in runs[size]) for size in sizes}
    less, more = (ordered[size][0] for size in sizes)
    seconds = [each[1] - each[0] if len(each) > 1 else inf for each in ordered.values()]
    peaks = [max(run.mebibytes for run in runs[size]) for size in sizes]
    kept = runs[many][0].said.get("kept", 0)
    each = 1e6 / (many - few)
    return Cost(many, (more - less) * each, more, (peaks[0], peaks[1]), kept, max(seconds) * each)
