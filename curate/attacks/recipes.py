"""Attacks by name."""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from curate.attacks.recipe import ATTACKS, AttackRecipe
from curate.errors import NotFoundError, UsageError

_MODULES: Final = ("characters", "masked", "synonyms", "words")

LEFT_OUT: Final = {
    "BadCharacters": "it changes characters anywhere, what must stay included",
    "Chinese": "its models and lists are fetched",
    "French": "its dictionary is fetched",
    "HotFlip": "it works on TextAttack's own LSTM alone",
    "Morpheus": "it attacks translation",
    "PSO": "its dictionary (HowNet) is fetched, and pickled",
    "Seq2Sick": "it attacks summaries",
    "Spanish": "its dictionary is fetched",
}
"""Recipes of TextAttack that are not here, and why."""


def attacks() -> dict[str, type[AttackRecipe]]:
    """All attacks by their names, in alphabetical order; TextAttack is not imported."""
    for module in _MODULES:
        import_module(f"curate.attacks.{module}")
    return {name: ATTACKS[name] for name in sorted(ATTACKS)}


def attack_of(name: str, settings: Mapping[str, Any], base: Path) -> AttackRecipe:
    """The attack of a name and settings, whose files are relative to `base`.

    Raises NotFoundError for an unknown name and for files that are missing, and UsageError for
    wrong settings.
    """
    known = attacks()
    if name not in known:
        raise NotFoundError(f"attack {name!r}", _why(name), _right(name, known))
    try:
        return known[name].model_validate(dict(settings), context={"base": base})
    except ValidationError as error:
        raise _wrong(known[name], error) from error


def _why(name: str) -> str:
    return LEFT_OUT.get(name, "there is no attack of this name")


def _right(name: str, known: Mapping[str, object]) -> str:
    lowered = {one.lower(): one for one in known}
    near = get_close_matches(name.lower(), lowered, n=1)
    hint = f"Did you mean {lowered[near[0]]!r}? " if near and name not in LEFT_OUT else ""
    return f"{hint}Attacks are {', '.join(known)}"


def _wrong(kind: type[AttackRecipe], error: ValidationError) -> UsageError:
    first = error.errors(include_url=False)[0]
    setting = ".".join(map(str, first["loc"]))
    fields = list(kind.model_fields)
    where = f"attack {kind.name}"
    if first["type"] == "extra_forbidden":
        near = get_close_matches(setting, fields, n=1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        return UsageError(where, f"no setting {setting!r}", f"{hint}It has {', '.join(fields)}")
    if first["type"] == "missing":
        description = kind.model_fields[setting].description or ""
        right = f"Set {setting}: {' '.join(description.split())}"
        return UsageError(where, f"it needs {kind.needs}", right.rstrip("."))
    said = str(first.get("ctx", {}).get("error") or first["msg"])
    return UsageError(where, f"{setting}: {said}", f"It has {', '.join(fields)}")
