"""Augmenters by name: which there are, what they need, and one with its settings."""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from inspect import cleandoc
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import orjson
from pydantic import ValidationError
from pydantic_core import ErrorDetails

import curate.augmenting
from curate.augmenting.augmenter import AUGMENTERS, Augmenter
from curate.errors import NotFoundError, RecipeError

_COMPILED = "kernel"


def augmenters() -> Mapping[str, type[Augmenter]]:
    """All augmenters by name; the libraries behind them are not imported."""
    for module in iter_modules(curate.augmenting.__path__, f"{curate.augmenting.__name__}."):
        if not module.name.rpartition(".")[2].startswith(_COMPILED):
            import_module(module.name)
    return AUGMENTERS


def augmenter_of(
    name: str, settings: Mapping[str, Any] | None = None, base: Path = Path()
) -> Augmenter:
    """An augmenter with settings as a recipe has them; paths in them are relative to `base`.

    Raises `NotFoundError` for an unknown name, and for files and models that are not there,
    `RecipeError` for wrong settings, and `MissingExtraError` for packages.
    """
    made = class_of(name)
    try:
        return made.model_validate_json(
            orjson.dumps(settings or {}), strict=True, context={"base": base}
        )
    except ValidationError as error:
        problems = [_problem(made, each) for each in error.errors(include_url=False)]
        found = "; ".join(found for found, _ in problems)
        right = "; ".join(dict.fromkeys(right for _, right in problems))
        raise RecipeError(f"augmenter {name}", found, right) from error


def class_of(name: str) -> type[Augmenter]:
    """The class of an augmenter. Raises `NotFoundError` for an unknown name."""
    known = augmenters()
    if name not in known:
        near = _nearest(name, known)
        hint = f"Did you mean {near!r}? " if near else ""
        right = f"{hint}There are: {', '.join(sorted(known))}"
        raise NotFoundError(f"augmenter {name!r}", "there is none", right)
    return known[name]


def described() -> list[dict[str, str]]:
    """What each augmenter does, the extra that it needs, and what else, by name."""
    return [
        {
            "name": name,
            "what": cleandoc(made.__doc__ or "").partition("\n\n")[0].replace("\n", " "),
            "extra": made.extra,
            "needs": made.needs,
        }
        for name, made in sorted(augmenters().items())
    ]


def settings_of(name: str) -> list[dict[str, str]]:
    """The settings of an augmenter, with defaults as a recipe has them. Raises NotFoundError."""
    return [
        {
            "setting": setting,
            "default": "required" if field.is_required() else _written(field.get_default()),
            "what": " ".join((field.description or "").split()),
        }
        for setting, field in class_of(name).model_fields.items()
    ]


def _written(value: object) -> str:
    """A default, as JSON, where it is one that a recipe can have."""
    try:
        return orjson.dumps(value, default=list).decode()
    except TypeError:
        return str(value)


def _problem(made: type[Augmenter], details: ErrorDetails) -> tuple[str, str]:
    """What was found, and what would be right."""
    place = ".".join(str(part) for part in details["loc"])
    if details["type"] == "extra_forbidden":
        near = _nearest(place, made.model_fields)
        settings = ", ".join(made.model_fields)
        right = f"Did you mean {near!r}?" if near else f"Settings: {settings}"
        return f"there is no setting {place!r}", right
    if details["type"] == "missing":
        field = made.model_fields.get(str(details["loc"][0]))
        said = " ".join((field.description or "" if field else "a value").split())
        return f"the setting {place!r} is missing", f"Give it: {said}"
    reason = str(details.get("ctx", {}).get("error") or details["msg"])
    if not place:
        return reason, "Change the settings"
    return f"{place}: got {details['input']!r}", reason


def _nearest(name: str, known: Mapping[str, Any]) -> str | None:
    lowered = {each.lower(): each for each in known}
    near = get_close_matches(name.lower(), lowered, n=1)
    return lowered[near[0]] if near else None
