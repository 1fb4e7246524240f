"""Where a recipe scrubs, it does so first: nothing is written before it is scrubbed."""

from collections.abc import Sequence

from curate.operator import EditOperator, ScrubOperator
from curate.recipe.recipe import Step


def scrubs_first(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps in the order in which they run.

    The edits up to the last one that scrubs come first, in their order, as they are what runs while
    records are read; then all others. Without a step that scrubs the order is that of the recipe.
    """
    last = max((place for place, step in enumerate(steps) if _scrubs(step)), default=-1)
    head, tail = steps[: last + 1], steps[last + 1 :]
    edits = [step for step in head if isinstance(step.operator, EditOperator)]
    others = [step for step in head if not isinstance(step.operator, EditOperator)]
    return (*edits, *others, *tail)


def overtaken(steps: Sequence[Step]) -> str | None:
    """What to tell where steps run in another order than they are listed; None where they do not.

    >>> overtaken([]) is None
    True
    """
    ordered = scrubs_first(steps)
    if ordered == tuple(steps):
        return None
    last = max(place for place, step in enumerate(steps) if _scrubs(step))
    late = [step.name for step in steps[:last] if not isinstance(step.operator, EditOperator)]
    first = ", ".join(step.name for step in ordered[: ordered.index(steps[last]) + 1])
    return (
        f"step {steps[last].name}: {first} run before {', '.join(late)}, which the recipe lists "
        "earlier: nothing is written before it is scrubbed"
    )


def _scrubs(step: Step) -> bool:
    return isinstance(step.operator, ScrubOperator)
