"""The plan: row-wise steps fused between selections."""

from collections.abc import Sequence
from typing import NamedTuple

from curate.operator import SelectionOperator
from curate.recipe import Step


class Segment(NamedTuple):
    """Row-wise steps that run in one pass, and the selections right after them."""

    steps: tuple[Step, ...]
    selections: tuple[Step, ...]
    all_before: tuple[Step, ...]
    """Every step up to the facts of this segment: what its result depends on."""


def plan(steps: Sequence[Step], fuse: bool = True) -> list[Segment]:
    """Cut the steps into segments; without `fuse` every row-wise step is its own."""
    segments: list[Segment] = []
    rows: list[Step] = []
    selections: list[Step] = []

    def close() -> None:
        if rows or selections:
            done = sum(len(s.steps) + len(s.selections) for s in segments)
            end = done + len(rows) + len(selections)
            segments.append(Segment(tuple(rows), tuple(selections), tuple(steps[:end])))
            rows.clear()
            selections.clear()

    for step in steps:
        if isinstance(step.operator, SelectionOperator):
            selections.append(step)
        else:
            if selections or (rows and not fuse):
                close()
            rows.append(step)
    close()
    return segments
