"""The steps of a recipe: an operator's name, alone or with its settings."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from curate.operator import Before, Operator
from curate.recipe.document import Document, read_document
from curate.recipe.problem import Problem, RecipeProblemsError, shown, suggestion
from curate.recipe.recipe import Step
from curate.recipe.scores import with_scores
from curate.recipe.scrubbing import scrubs_first
from curate.recipe.settings import Settings, checked
from curate.scores import Score

READ: Final = "read"
"""The step that reads the sources, in the counts of every build."""

Operators = Mapping[str, type[Operator]]


class _Written(NamedTuple):
    """A step as written: its place in the list, its name if it has one, and its operator."""

    at: int
    name: str | None
    operator: Operator


def parse_steps(
    document: Document,
    base: Path,
    operators: Operators,
    problems: list[Problem],
    stored: Sequence[Score] = (),
) -> tuple[Step, ...]:
    """Make the steps of a recipe; what is wrong is added to `problems`.

    `stored` are scores that are known without a step.
    """
    items = document.value.get("steps")
    if items is None:
        return ()
    if not isinstance(items, list):
        found = f"got {shown(items)}"
        right = "expected a list: put '- ' before each step"
        problems.append(Problem(document.line(("steps",)), ("steps",), found, right))
        return ()
    parser = _StepParser(document, base, operators, problems, stored)
    written = [parser.parse(at, item) for at, item in enumerate(items)]
    return parser.named([step for step in written if step is not None])


def written_steps(
    texts: Sequence[str], base: Path, stored: Sequence[Score] = ()
) -> tuple[Step, ...]:
    """Make steps of texts, each as one stands in a recipe: `NAME`, or `NAME: {SETTING: VALUE}`.

    `stored` are scores that are known without a step.
    Raises RecipeProblemsError with all that is wrong.
    """
    if not texts:
        return ()
    from curate.operators import load  # importing every operator takes a while

    file = "the steps given"
    lines = [f"- {' '.join(text.splitlines())}" for text in texts]
    document = read_document("\n".join(["steps:", *lines, ""]), file)
    problems = list(document.problems)
    steps = parse_steps(document, base, load(), problems, stored)
    if problems:
        # The first line is none of theirs.
        told = [one._replace(line=max(0, one.line - 1)) for one in problems]
        raise RecipeProblemsError(file, told)
    return steps


class _StepParser:
    def __init__(
        self,
        document: Document,
        base: Path,
        operators: Operators,
        problems: list[Problem],
        stored: Sequence[Score],
    ) -> None:
        self.document = document
        self.base = base
        self.operators = operators
        self.problems = problems
        self.stored = stored

    def report(self, place: tuple[str | int, ...], found: str, right: str) -> None:
        self.problems.append(Problem(self.document.line(place), place, found, right))

    def parse(self, at: int, item: Any) -> _Written | None:
        if isinstance(item, str):
            item = {item: None}
        if not isinstance(item, dict) or not item:
            right = "expected an operator's name, or a mapping of one name to its settings"
            self.report(("steps", at), f"got {shown(item)}", right)
            return None
        name, value = next(iter(item.items()))
        operator = self.operators.get(name)
        if len(item) > 1:
            self._report_keys(at, item, operator)
            return None
        if operator is None:
            right = suggestion(name, sorted(self.operators), "operators")
            if right.startswith("did"):
                right += f" (operators are: {', '.join(sorted(self.operators))})"
            self.report(("steps", at), f"got the unknown operator {name!r}", right)
            return None
        return self._with_settings(at, operator, value)

    def _report_keys(self, at: int, item: dict[str, Any], operator: type[Operator] | None) -> None:
        first, *others = item
        found = f"got {len(item)} keys ({', '.join(map(repr, item))}) in one step"
        right = "expected one operator: put '- ' before each"
        if operator is not None and set(others) <= {*operator.model_fields, "name"}:
            right = f"indent {', '.join(map(repr, others))} under {first!r}"
        self.report(("steps", at), found, right)

    def _with_settings(self, at: int, operator: type[Operator], value: Any) -> _Written | None:
        place = ("steps", at, operator.name)
        bare = None
        if value is None:
            value = {}
        elif not isinstance(value, dict):
            fields = operator.model_fields.items()
            bare = next((field.alias or name for name, field in fields), None)
            if bare is None:
                found = f"got {shown(value)} for an operator without settings"
                self.report(place, found, f"expected '- {operator.name}' alone")
                return None
            value = {bare: value}
        own = dict(value)
        name = own.pop("name", None)
        if name is not None and (not isinstance(name, str) or not name):
            self.report(
                (*place, "name"), f"got {shown(name)}", "expected a text for the step's name"
            )
            name = None
        settings = Settings(self.document, place, own, self.base, bare)
        made = checked(operator, settings, self.problems)
        return None if made is None else _Written(at, name, made)

    def named(self, written: list[_Written]) -> tuple[Step, ...]:
        """Give each step its name: its own, else its operator's with the first free number."""
        first: dict[str, int] = {}
        for step in written:
            if step.name is None:
                continue
            if step.name in first:
                place = ("steps", step.at, step.operator.name, "name")
                earlier = self.document.line(("steps", first[step.name]))
                found = f"got {step.name!r}, the name of another step (line {earlier})"
                self.report(place, found, "expected a name of its own")
            if step.name == READ:
                place = ("steps", step.at, step.operator.name, "name")
                found = f"got {READ!r}, the name of the step before all, which reads the sources"
                self.report(place, found, "expected another name")
            first.setdefault(step.name, step.at)
        taken = {READ, *first}
        steps: list[Step] = []
        places: dict[str, tuple[str | int, ...]] = {}
        for step in written:
            name = step.name or _free_name(step.operator.name, taken)
            taken.add(name)
            for before in step.operator.before():
                own = _free_name(f"{name}-{before.suffix}", taken)
                taken.add(own)
                places[own] = ("steps", step.at, step.operator.name)
                made = self._made_before(step, before)
                steps += [] if made is None else [Step(own, made)]
            places[name] = ("steps", step.at, step.operator.name)
            steps.append(Step(name, step.operator))
        return self._scored(steps, places)

    def _scored(
        self, steps: list[Step], places: dict[str, tuple[str | int, ...]]
    ) -> tuple[Step, ...]:
        """The steps with the scores that they want, by the order in which they run."""
        ordered = with_scores(
            scrubs_first(steps),
            lambda step, found, right: self.report(places[step], f"step {step} {found}", right),
            self.stored,
        )
        scored = dict(ordered)
        return tuple(Step(step.name, scored[step.name]) for step in steps)

    def _made_before(self, step: _Written, before: Before) -> Operator | None:
        place = ("steps", step.at, step.operator.name)
        given = Settings(self.document, place, dict(before.settings), self.base)
        return checked(self.operators[before.operator], given, self.problems)


def _free_name(operator: str, taken: set[str]) -> str:
    name, number = operator, 1
    while name in taken:
        number += 1
        name = f"{operator}-{number}"
    return name
