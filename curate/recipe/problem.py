"""What is wrong with a recipe: every problem at once, each with its place."""

import difflib
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from curate.errors import RecipeError

Place = tuple[str | int, ...]
"""Where a value stands: keys and indexes from the top of the document."""

SHOWN_CHARACTERS = 60
"""How much of a wrong value a message repeats."""


class Problem(NamedTuple):
    """One mistake: its line (from 1, else 0), its place, what was found, what would be right."""

    line: int
    place: Place
    found: str
    right: str
    column: int = 0
    """From 1; 0 where the line is enough."""

    def text(self, file: str) -> str:
        """The problem as a line of a message."""
        position = "".join(f":{number}" for number in (self.line, self.column) if number)
        place = f" {place_text(self.place)}:" if self.place else ""
        return f"{file}{position}:{place} {self.found}; {self.right}"


class RecipeProblemsError(RecipeError):
    """Everything that is wrong with a recipe, in the order of the file, the first at each place."""

    def __init__(self, file: str, problems: Iterable[Problem]) -> None:
        """`file` is the recipe's path as the user wrote it."""
        first: dict[Any, Problem] = {}
        for problem in problems:
            first.setdefault((problem.line, problem.place or problem.found), problem)
        self.problems = sorted(first.values(), key=lambda problem: (problem.line, problem.column))
        lines = "\n".join(problem.text(file) for problem in self.problems)
        count = len(self.problems)
        found = f"{count} problem{'s' if count != 1 else ''}"
        super().__init__(file, found, lines)
        self.args = (lines,)


def place_text(place: Place) -> str:
    """Write a place as a path.

    >>> place_text(("steps", 2, "near_dedup", "threshold"))
    'steps[2].near_dedup.threshold'
    """
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def shown(value: Any) -> str:
    """Name a value found in a document, shortened where it is long.

    >>> shown("x"), shown(True), shown(None), shown([1, 2])
    ("'x'", 'true', 'nothing', 'a list of 2')
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value == [] or value == {}:
        return "an empty list" if value == [] else "an empty mapping"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return f"a mapping of {len(value)}"
    text = repr(value)
    if len(text) <= SHOWN_CHARACTERS:
        return text
    return text[: SHOWN_CHARACTERS - 3] + "..."


def nearest(name: str, known: Sequence[str]) -> str | None:
    """The known name that a mistyped one most likely meant."""
    close = difflib.get_close_matches(name.lower().replace("-", "_"), known, n=1)
    return close[0] if close else None


def suggestion(name: str, known: Sequence[str], what: str) -> str:
    """Say which known name was meant, or list them all; `what` is their plural: `settings`."""
    near = nearest(name, known)
    listed = ", ".join(known)
    if near is None:
        return f"{what} are: {listed}" if known else f"there are no {what}"
    return f"did you mean {near!r}?"
