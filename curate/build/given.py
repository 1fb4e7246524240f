"""Scores that selections give: stored as those of signals are, by what made them in this build.

A recipe cannot know what makes such a score, since it depends on all records of a build. So a step
that wants one is bound to it anew when the selection has run.
"""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from curate.build.cache import Cache
from curate.build.measuring import SIGNALS_FILE
from curate.build.memo import write_memo
from curate.recipe import Step
from curate.scores import ARROW_TYPES
from curate.selection import SelectionOperator
from curate.store.signals import COLUMNS
from curate.store.views import SIGNALS

Made = Mapping[str, str]
"""What made scores in this build, by the fingerprint that the recipe knows."""


def keep_given(cache: Cache, step: Step) -> dict[str, str]:
    """Keep the scores that a selection gave, until they are stored; return what made them."""
    operator = step.operator
    assert isinstance(operator, SelectionOperator)
    given = operator.given() if operator.gives() else None
    if given is None:
        return {}
    tables = [SIGNALS.empty_table()]
    for wanted in operator.gives():
        values = given.values[wanted.name]
        columns = {
            "hash": values["hash"],
            "signal": pa.repeat(wanted.name, len(values)),
            "fingerprint": pa.repeat(given.fingerprint, len(values)),
            COLUMNS[wanted.type]: values["value"].cast(ARROW_TYPES[wanted.type]),
        }
        none = {field.name: pa.nulls(len(values), field.type) for field in SIGNALS}
        tables.append(pa.table(none | columns).cast(SIGNALS))
    rows = pa.concat_tables(tables)
    write_memo(cache.group("steps"), [given.fingerprint], {SIGNALS_FILE: rows})
    return {operator.fingerprint(): given.fingerprint}


def with_made(steps: Sequence[Step], made: Made) -> tuple[Step, ...]:
    """The steps, which know what made the scores that they want."""
    return tuple(_with_made(step, made) for step in steps)


def _with_made(step: Step, made: Made) -> Step:
    scores = step.operator.scores
    if not any(score.fingerprint in made for score in scores):
        return step
    now = [one._replace(fingerprint=made.get(one.fingerprint, one.fingerprint)) for one in scores]
    return Step(step.name, step.operator.with_scores(now))
