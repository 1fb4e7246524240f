"""Settings checked against a model, with its complaints in plain words."""

import json
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic.errors import PydanticInvalidForJsonSchema
from pydantic_core import ErrorDetails

from curate.errors import NotFoundError, RecipeError
from curate.recipe.document import Document
from curate.recipe.expectation import Schema, expectation, known_names
from curate.recipe.problem import (
    SHOWN_CHARACTERS,
    Place,
    Problem,
    nearest,
    shown,
    suggestion,
)

Model = TypeVar("Model", bound=BaseModel)


class Settings(NamedTuple):
    """The settings of one source or step, as written."""

    document: Document
    place: Place
    """Where they stand."""
    value: dict[str, Any]
    base: Path
    """The folder that paths in settings are relative to."""
    bare: str | None = None
    """The setting whose value was written without its name."""

    def written(self) -> str:
        """All the settings, as a message names what was found."""
        if self.bare is not None:
            return shown(self.value.get(self.bare))
        said = ", ".join(f"{name}: {shown(value)}" for name, value in self.value.items())
        return said if 0 < len(said) <= SHOWN_CHARACTERS else shown(self.value)

    def problem(self, place: Place, found: str, right: str) -> Problem:
        """A problem at a place within the settings."""
        if self.bare is not None and place[:1] == (self.bare,):
            place = place[1:]
        whole = (*self.place, *place)
        return Problem(self.document.line(whole), whole, found, right)


def checked(model: type[Model], settings: Settings, problems: list[Problem]) -> Model | None:
    """Make a model of settings; where that fails, add what is wrong to `problems`.

    Validation is strict: no text is read as a number, no number as a boolean. Validators find the
    recipe's folder in their context, under `base`.
    """
    try:
        return model.model_validate_json(
            json.dumps(settings.value),
            strict=True,
            context={"base": settings.base},
            by_alias=True,
            by_name=False,
        )
    except ValidationError as error:
        problems.extend(_translated(model, settings, error))
    except (RecipeError, NotFoundError) as error:
        found = error.found if not error.where else f"{error.where}: {error.found}"
        problems.append(settings.problem((), found, error.right))
    return None


def _translated(
    model: type[BaseModel], settings: Settings, error: ValidationError
) -> list[Problem]:
    schema = _schema_of(model)
    found: dict[Place, Problem] = {}
    for details in error.errors(include_url=False):
        place = _place_in(settings.value, details)
        if place not in found:
            found[place] = _problem_of(settings, schema, place, details)
    return list(found.values())


def _schema_of(model: type[BaseModel]) -> Schema:
    try:
        return model.model_json_schema()
    except PydanticInvalidForJsonSchema:
        return {}


def _place_in(value: Any, details: ErrorDetails) -> Place:
    """The part of an error's location that is in the settings: members of unions are not."""
    place: list[str | int] = []
    parts = details["loc"]
    for at, part in enumerate(parts):
        in_list = isinstance(value, list) and isinstance(part, int) and part < len(value)
        if in_list or (isinstance(value, dict) and part in value):
            value = value[part]
        elif not (details["type"] == "missing" and at == len(parts) - 1):
            continue
        place.append(part)
    return tuple(place)


def _problem_of(settings: Settings, schema: Schema, place: Place, details: ErrorDetails) -> Problem:
    expected = expectation(schema, place)
    if details["type"] == "missing":
        return settings.problem(place, "missing", f"expected {expected or 'a value'}")
    value = details["input"]
    if details["type"] == "extra_forbidden":
        found = f"got {shown(value)} under an unknown setting"
        names = known_names(schema, place[:-1])
        return settings.problem(place, found, suggestion(str(place[-1]), names, "settings"))
    if details["type"] in ("value_error", "assertion_error") or expected is None:
        reason = str(details.get("ctx", {}).get("error") or details["msg"])
        found = settings.written() if place == () else shown(value)
        return settings.problem(place, f"got {found}", reason)
    return settings.problem(place, _found(value, expected), _right(value, expected))


def _found(value: Any, expected: str) -> str:
    of_texts = expected.startswith(("a text", "one of", "'"))
    return f"got {shown(value)}" + (" (text)" if isinstance(value, str) and not of_texts else "")


def _right(value: Any, expected: str) -> str:
    if isinstance(value, str) and "one of " in expected:
        near = nearest(
            value, [part.strip("'") for part in expected.split("one of ")[1].split(", ")]
        )
        return f"expected {expected}" + (f"; did you mean {near!r}?" if near else "")
    if expected.startswith("a text") and not isinstance(value, str | list | dict | None):
        return f"expected {expected}: write it in quotes"
    return f"expected {expected}"
