"""A version as it would be asked if one more `drop` stood at the end of its recipe."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from curate.operators.drop import Drop
from curate.recipe.step import written_steps
from curate.scores import Score, ScoreType, Wanted
from curate.store import Version
from curate.store.scored import ScoredSignal, scored_signals

TRIAL: Final = "trial"
"""What the step is called; the version has no step of this name."""


def with_trial(version: Version, drop: str) -> tuple[Version, str]:
    """A view of a version that has the step `drop: ...` more, and the name of its rule.

    Its scores are those that the store knows of the members, whether a build gave them or `curate
    score`. Raises RecipeProblemsError for a wrong step, and where a score is not known.
    """
    (made,) = written_steps([f"drop: {drop}"], Path(), stored_scores(version, one_each=True))
    operator = made.operator
    assert isinstance(operator, Drop)
    steps = version.recipe["steps"]
    name = _free_name({step["name"] for step in steps})
    settings = operator.model_dump(mode="json", by_alias=True)
    step = {"operator": operator.name, "name": name, "settings": settings}
    recipe = {**version.recipe, "steps": [*steps, step]}
    rules = {**version.manifest.get("rules", {}), name: [dict(operator.definitions()[0])]}
    view = replace(version, recipe=recipe, manifest={**version.manifest, "rules": rules})
    return view, f"{name}.{operator.rule}"


def stored_scores(version: Version, one_each: bool = False) -> Sequence[Score]:
    """The scores that the store knows of the members; several of one name, if it has several.

    With `one_each` of several ways in which one was made it is that which most members have.
    """
    known = scored_signals(version)
    if one_each:
        ordered = sorted(known, key=lambda one: (one.records, one.fingerprint))
        known = list({(one.field, one.signal): one for one in ordered}.values())
    return [
        Score(
            Wanted(one.signal, one.field, _type_of(one)),
            f"stored {one.fingerprint[:8]}",
            one.field,
            one.fingerprint,
        )
        for one in known
    ]


def _type_of(one: ScoredSignal) -> ScoreType:
    if one.vectors:
        return "vector"
    return "label" if one.labels else "number"


def _free_name(taken: set[str]) -> str:
    name, number = TRIAL, 1
    while name in taken:
        number += 1
        name = f"{TRIAL}-{number}"
    return name
