"""What is wrong with the form of a pack, in sentences with lines."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from pydantic import ValidationError

from curate.rulepacks.marked_yaml import Marked, Place
from curate.rulepacks.problem import Problem

PACK = "pack"
"""In the keys known: those of the pack itself."""


def form_problems(
    error: ValidationError, marked: Marked, keys: Mapping[str, tuple[str, ...]]
) -> Iterator[Problem]:
    """The problems that pydantic found; `keys` are those of a rule, by the part that it is in."""
    for detail in error.errors():
        place = tuple(detail["loc"])
        in_rule = len(place) > 1 and place[0] in keys and isinstance(place[1], int)
        known = keys[str(place[0]) if in_rule else PACK]
        owner = _owner(marked.data, place) if in_rule else ""
        what = _sentence(detail["type"], str(detail["msg"]), place, known)
        yield Problem(marked.line(place), owner + what)


def _owner(data: Mapping[str, object], place: Place) -> str:
    rules = data[str(place[0])]
    rule = rules[int(place[1])] if isinstance(rules, list) else None
    name = rule.get("id") if isinstance(rule, dict) else None
    return f"rule {name!r}: " if name else f"rule {int(place[1]) + 1}: "


def _sentence(kind: str, message: str, place: Place, known: tuple[str, ...]) -> str:
    names = [part for part in place if isinstance(part, str)]
    key = names[-1] if names else "the pack"
    if key == "str" or key.startswith("dict["):
        written = "in quotes where YAML reads something else, such as a number"
        return f"`{names[-2]}`: a text or a mapping is asked for; write a text {written}"
    if kind == "missing":
        return f"`{key}` is missing"
    if kind == "extra_forbidden":
        near = get_close_matches(key, known, n=1)
        guess = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(known)}"
        return f"unknown key `{key}`; {guess}"
    return f"`{key}`: {message[0].lower()}{message[1:]}"
