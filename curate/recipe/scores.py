"""Which step gives each score that a later step wants: a signal step, or a selection."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Final, NamedTuple, Protocol

from curate.conversations import WHOLE
from curate.expansion import ExpansionOperator
from curate.operator import EditOperator, SignalOperator
from curate.recipe.recipe import Step
from curate.rulepacks.rule import RECORD_FIELD
from curate.scores import Score, ScoreType, Wanted
from curate.selection import SelectionOperator
from curate.signals import SIGNALS

_BEFORE: Final = "put a signal step before this one"


class Report(Protocol):
    """Takes a problem of a step: its name, what was found, what would be right."""

    def __call__(self, step: str, found: str, right: str) -> None:
        """Take it."""


class _Given(NamedTuple):
    """A score that a step gives, and where the step stands."""

    score: Score
    place: int


def with_scores(
    steps: Sequence[Step], report: Report, stored: Sequence[Score] = ()
) -> tuple[Step, ...]:
    """The steps, in the order in which they run, with the scores that they want.

    A score is one of a step before, of the same field, or of a whole conversation or pair; no step
    between may change texts. `stored` are scores that are there before the first step.
    What is wrong is reported.
    """
    scored: list[Step] = []
    for name, operator in steps:
        if operator.wants():
            found = list(_found(Step(name, operator), scored, report, stored))
            operator = operator.with_scores(found)
        scored.append(Step(name, operator))
    return tuple(scored)


def stored_scores_for(
    wanted: Iterable[Wanted], stored: Sequence[Score], where: str, report: Report
) -> list[Score]:
    """The scores that answer what is wanted, of those that a store knows; faults are reported.

    `where` is what wants them.
    """

    def told(step: str, found: str, right: str) -> None:
        report(step, found, right.replace(_BEFORE, "`curate score` measures one"))

    there = [_Given(score, -1) for score in stored]
    return list(_answers(where, wanted, there, (), told))


def _found(
    step: Step, before: Sequence[Step], report: Report, stored: Sequence[Score]
) -> Iterator[Score]:
    there = [*(_Given(score, -1) for score in stored), *_given(before)]
    return _answers(step.name, step.operator.wants(), there, before, report)


def _answers(
    where: str,
    wants: Iterable[Wanted],
    there: Sequence[_Given],
    before: Sequence[Step],
    report: Report,
) -> Iterator[Score]:
    answered: dict[str, Score] = {}
    for wanted in dict.fromkeys(wants):
        given = [one for one in there if one.score.name == wanted.name]
        exact = [one for one in given if one.score.field == wanted.field]
        fitting = exact or [one for one in given if _fits(one.score, wanted)]
        if len({one.score._replace(step="") for one in fitting}) == 1:
            # Steps that are alike give the same values.
            fitting = fitting[-1:]
        if len(fitting) != 1:
            report(where, *_not_one(wanted, given, fitting, there))
            continue
        score, at = fitting[0]
        changing = next((one for one in before[at + 1 :] if _changes_texts(one)), None)
        if changing is not None:
            found = f"wants {wanted.name!r}, but step {changing.name} changes texts in between"
            report(where, found, f"put step {score.step} behind {changing.name}")
        elif score.wanted.type != wanted.type:
            found = f"wants {wanted.name!r} as a {wanted.type}"
            right = f"step {score.step} gives a {score.wanted.type}: declare it as one"
            report(where, found, right)
        elif _differs(answered.get(wanted.name), score, wanted):
            found = f"wants one {wanted.name!r} for conversations and documents"
            other = answered[wanted.name].step
            report(where, found, f"steps {other} and {score.step} make it otherwise")
        else:
            answered[wanted.name] = score
            yield score._replace(wanted=wanted)


def _differs(other: Score | None, score: Score, wanted: Wanted) -> bool:
    """Whether a record would be measured in one way and its neighbour in another.

    What is wanted for `conversation` and for `text` is one thing, as a record is either.
    """
    either = {"conversation", "text"}
    return (
        other is not None
        and {other.field, wanted.field} <= either
        and other.fingerprint != score.fingerprint
    )


def _given(steps: Sequence[Step]) -> Iterator[_Given]:
    for place, (name, operator) in enumerate(steps):
        if isinstance(operator, SignalOperator):
            fingerprint = operator.signal_fingerprint()
            types: dict[str, ScoreType] = dict.fromkeys(operator.labels(), "label")
            types |= dict.fromkeys(operator.vectors(), "vector")
            for signal in operator.signals():
                for field in operator.fields():
                    wanted = Wanted(signal, field, types.get(signal, "number"))
                    yield _Given(Score(wanted, name, field, fingerprint), place)
        if isinstance(operator, SelectionOperator):
            # What the values are made of is known in the build (`build.given`).
            for wanted in operator.gives():
                yield _Given(Score(wanted, name, wanted.field, operator.fingerprint()), place)


def _fits(score: Score, wanted: Wanted) -> bool:
    return score.field == wanted.field or score.field in WHOLE or wanted.field == RECORD_FIELD


def _not_one(
    wanted: Wanted, given: Sequence[_Given], fitting: Sequence[_Given], there: Sequence[_Given]
) -> tuple[str, str]:
    """What is wrong where no step gives a score, or several do."""
    if fitting:
        steps = " and ".join(dict.fromkeys(one.score.step for one in fitting))
        if len({one.score.step for one in fitting}) == 1:
            fields = " and ".join(one.score.field for one in fitting)
            return f"wants {wanted.name!r}, which step {steps} gives of {fields}", "name the field"
        found = f"wants {wanted.name!r} of {wanted.field}, which {len(fitting)} steps give"
        return found, f"leave one of them: {steps}"
    found = f"wants the score {wanted.name!r} of {wanted.field}"
    if given:
        score = given[-1].score
        right = f"step {score.step} gives it of {score.field}: name {wanted.field} in its fields"
        return found, right
    names = {one.score.name for one in there}
    near = get_close_matches(wanted.name, sorted(names | set(SIGNALS)), n=1, cutoff=0.7)
    if near:
        return found, f"did you mean {near[0]!r}?"
    right = f"it is no signal that is measured on the spot: {_BEFORE}"
    listed = f" (those before give {', '.join(sorted(names))})" if names else ""
    return found, right + listed


def _changes_texts(step: Step) -> bool:
    operator = step.operator
    if isinstance(operator, SelectionOperator):
        return type(operator).cuts is not SelectionOperator.cuts
    return isinstance(operator, EditOperator | ExpansionOperator)
