"""Recipes without some of their steps, as texts that build what they say."""

import json
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from curate.errors import RecipeError, UsageError
from curate.recipe.document import Document, read_document
from curate.recipe.parse import parse_recipe
from curate.recipe.recipe import Recipe


def without_steps(recipe: Recipe, names: Sequence[str]) -> Recipe:
    """The recipe without the steps of these names; the others keep theirs.

    Its text is as it was written, without their lines; where that cannot be, it is written anew.
    Raises UsageError for a name that no step has, RecipeError where a step cannot be spared.
    """
    written = _written_names(recipe)
    for name in names:
        if name not in written:
            near = get_close_matches(name, written, n=1)
            hint = f"Did you mean {near[0]!r}? " if near else ""
            found = "no step of the recipe has this name"
            raise UsageError(f"--without {name}", found, f"{hint}Steps: {', '.join(written)}")
    document = read_document(recipe.text, "recipe")
    gone = [at for at, name in enumerate(written) if name in names]
    first = {
        step.operator.name: next(
            (field.alias or name for name, field in type(step.operator).model_fields.items()), ""
        )
        for step in recipe.steps
    }
    wanted = _value_without(document.value, written, gone, first)
    text = _text_without(recipe.text, document, gone)
    if not _says(text, wanted):
        text = json.dumps(wanted, ensure_ascii=False, indent=2) + "\n"
    # Paths are relative to the file that it came of.
    return parse_recipe(text, recipe.path or Path("recipe.yaml"))


def _written_names(recipe: Recipe) -> list[str]:
    """The name of each step as written, without those that come with others."""
    document = read_document(recipe.text, "recipe")
    explicit = [_named(item) for item in document.value.get("steps") or []]
    taken = {name for _, name in explicit if name is not None}
    found = []
    for operator, name in explicit:
        free, number = operator, 1
        while name is None and free in taken:
            number += 1
            free = f"{operator}-{number}"
        taken.add(name or free)
        found.append(name or free)
    return found


def _named(item: Any) -> tuple[str, str | None]:
    """The operator and the name of a step as written."""
    if isinstance(item, str):
        return item, None
    operator, settings = next(iter(item.items()))
    name = settings.get("name") if isinstance(settings, dict) else None
    return operator, name


def _value_without(
    value: Any, names: Sequence[str], gone: Sequence[int], first: Mapping[str, str]
) -> Any:
    """What the text shall say: a step whose name was counted gets it, where another one goes.

    `first` are the settings that a bare value is of.
    """
    steps = []
    spared = {_named(value["steps"][at])[0] for at in gone}
    for at, (item, name) in enumerate(zip(value["steps"], names, strict=True)):
        operator, own = _named(item)
        if at in gone:
            continue
        if own is None and name != operator and operator in spared:
            settings = None if isinstance(item, str) else item[operator]
            if settings is not None and not isinstance(settings, dict):
                settings = {first[operator]: settings}
            item = {operator: {**(settings or {}), "name": name}}
        steps.append(item)
    return {**value, "steps": steps}


def _text_without(text: str, document: Document, gone: Sequence[int]) -> str:
    """The text without the lines of steps; what is not one step a line is not cut well."""
    lines = text.splitlines(keepends=True)
    count = len(document.value["steps"])
    keep = [True] * len(lines)
    for at in gone:
        first = document.line(("steps", at)) - 1
        last = document.line(("steps", at + 1)) - 1 if at + 1 < count else first + 1
        indent = len(lines[first]) - len(lines[first].lstrip())
        while at + 1 == count and last < len(lines) and _belongs(lines[last], indent):
            last += 1
        keep[first:last] = [False] * (last - first)
    return "".join(line for line, kept in zip(lines, keep, strict=True) if kept)


def _belongs(line: str, indent: int) -> bool:
    """Whether a line is a part of the last step of a list with this indent."""
    return bool(line.strip()) and len(line) - len(line.lstrip()) > indent


def _says(text: str, wanted: Any) -> bool:
    try:
        document = read_document(text, "recipe")
    except RecipeError:
        return False
    value = document.value
    if document.problems or not isinstance(value, dict):
        return False
    return bool({**value, "steps": value.get("steps") or []} == wanted)
