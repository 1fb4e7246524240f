"""The plan: row-wise steps fused between selections and expansions."""

from collections.abc import Sequence
from typing import NamedTuple

from curate.build.memo import MOST_STEPS
from curate.build.opening import chain_of
from curate.expansion import ExpansionOperator
from curate.operator import SignalOperator
from curate.recipe import Step
from curate.selection import SelectionOperator


class Segment(NamedTuple):
    """Row-wise steps that run in one pass, the selections after them, and an expansion."""

    steps: tuple[Step, ...]
    selections: tuple[Step, ...]
    expansion: tuple[Step, ...]
    """The step that makes records of those that are left, if one does."""
    chain: tuple[str, ...]
    """The fingerprints of the row-wise steps (`opening.chain_of`)."""


def plan(steps: Sequence[Step], fuse: bool = True) -> list[Segment]:
    """Cut the steps into segments; a slow step, or without `fuse` any row-wise one, is its own.

    A selection that gives scores ends one: the steps behind it may want them. So does an expansion.
    """
    segments: list[Segment] = []
    rows: list[Step] = []
    chain: list[str] = []
    selections: list[Step] = []

    def close(*expansion: Step) -> None:
        if rows or selections or expansion:
            segments.append(Segment(tuple(rows), tuple(selections), expansion, tuple(chain)))
            rows.clear()
            chain.clear()
            selections.clear()

    for step, fingerprint in zip(steps, chain_of(steps), strict=True):
        if isinstance(step.operator, SelectionOperator):
            selections.append(step)
            if step.operator.gives():
                close()
        elif isinstance(step.operator, ExpansionOperator):
            close(step)
        else:
            most = MOST_STEPS if fuse and not any(map(is_slow, (step, *rows[-1:]))) else 1
            if selections or len(rows) >= most:
                close()
            rows.append(step)
            chain.append(fingerprint)
    close()
    return segments


def is_slow(step: Step) -> bool:
    """Whether a step runs by itself, in small parts."""
    return isinstance(step.operator, SignalOperator) and step.operator.slow
