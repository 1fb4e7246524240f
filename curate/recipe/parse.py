"""Reading a recipe: all of its problems are reported at once, each with its line."""

import re
from pathlib import Path
from typing import Any, Final

from curate.errors import RecipeError
from curate.recipe.document import MAX_BYTES, Document, read_document
from curate.recipe.problem import Place, Problem, RecipeProblemsError, nearest, shown, suggestion
from curate.recipe.recipe import Recipe
from curate.recipe.scrubbing import overtaken, scrubs_first
from curate.recipe.settings import Settings, checked
from curate.recipe.source import Source, StoredSource, default_name
from curate.recipe.step import Operators, parse_steps

KEYS: Final = ("dataset", "sources", "steps", "seed")
DATASET_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
MAX_SEED: Final = 2**63 - 1


def load_recipe(path: Path, operators: Operators | None = None) -> Recipe:
    """Read a recipe from a file; `operators` are all that are registered by default.

    Raises RecipeProblemsError, a RecipeError, with every problem of the recipe.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RecipeError(str(path), _reason(error), _other_recipes(path)) from None
    if len(raw) > MAX_BYTES:
        found, right = f"got more than {MAX_BYTES:,} bytes", "expected a recipe"
        raise RecipeProblemsError(str(path), [Problem(0, (), found, right)])
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = f"got the byte 0x{raw[error.start]:02x}, which is not UTF-8"
        problem = Problem(line, (), found, "expected a text file in UTF-8")
        raise RecipeProblemsError(str(path), [problem]) from None
    return parse_recipe(text, path, operators)


def parse_recipe(text: str, path: Path | None = None, operators: Operators | None = None) -> Recipe:
    """Make a recipe of its text; `path` is where it was read, and what its paths are relative to.

    Raises RecipeProblemsError, a RecipeError, with every problem of the recipe.
    """
    file = str(path) if path is not None else "recipe"
    base = path.parent if path is not None else Path()
    document = read_document(text, file)
    problems = list(document.problems)
    if not isinstance(document.value, dict):
        found = f"got {shown(document.value)}"
        right = "expected a mapping with 'dataset', 'sources' and 'steps'"
        raise RecipeProblemsError(file, [*problems, Problem(document.line(()), (), found, right)])
    _check_keys(document, problems)
    dataset = _dataset(document, problems)
    sources = _sources(document, base, problems)
    steps = parse_steps(document, base, _all_operators(operators), problems)
    seed = _seed(document, problems)
    if problems:
        raise RecipeProblemsError(file, problems)
    return Recipe(dataset, sources, scrubs_first(steps), seed, path, text, overtaken(steps))


def _all_operators(operators: Operators | None) -> Operators:
    if operators is not None:
        return operators
    from curate.operators import load  # importing every operator takes a while

    return load()


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    return "is a folder" if isinstance(error, IsADirectoryError) else str(error.strerror)


def _other_recipes(path: Path) -> str:
    folder = path if path.is_dir() else path.parent
    names = sorted(found.name for ending in ("*.yaml", "*.yml") for found in folder.glob(ending))
    near = nearest(path.name, names)
    if near is not None:
        return f"Did you mean {str(folder / near)!r}?"
    return "Expected a recipe, a YAML file"


def _problem(document: Document, place: Place, found: str, right: str) -> Problem:
    return Problem(document.line(place), place, found, right)


def _check_keys(document: Document, problems: list[Problem]) -> None:
    for key, value in document.value.items():
        if key not in KEYS:
            found = f"got {shown(value)} under an unknown key"
            problems.append(_problem(document, (key,), found, suggestion(key, KEYS, "keys")))


def _dataset(document: Document, problems: list[Problem]) -> str:
    name = document.value.get("dataset")
    if isinstance(name, str) and DATASET_NAME.fullmatch(name):
        return name
    found = f"got {shown(name)}" if "dataset" in document.value else "missing"
    right = "expected a name of a-z, 0-9, '.', '_' and '-', at most 100 characters"
    problems.append(_problem(document, ("dataset",), found, right))
    return ""


def _seed(document: Document, problems: list[Problem]) -> int:
    seed = document.value.get("seed", 0)
    if isinstance(seed, int) and not isinstance(seed, bool) and 0 <= seed <= MAX_SEED:
        return seed
    right = f"expected a whole number between 0 and {MAX_SEED}"
    problems.append(_problem(document, ("seed",), f"got {shown(seed)}", right))
    return 0


def _sources(
    document: Document, base: Path, problems: list[Problem]
) -> tuple[Source | StoredSource, ...]:
    items = document.value.get("sources")
    if not isinstance(items, list) or not items:
        found = f"got {shown(items)}" if "sources" in document.value else "missing"
        right = "expected a list of at least one source, such as '- path: data/*.jsonl'"
        problems.append(_problem(document, ("sources",), found, right))
        return ()
    made = [_source(document, base, at, item, problems) for at, item in enumerate(items)]
    first: dict[str, int] = {}
    for at, source in enumerate(made):
        if source is None or not source.name:
            continue
        if source.name in first:
            earlier = document.line(("sources", first[source.name]))
            found = f"got {source.name!r}, the name of another source (line {earlier})"
            right = "expected a name of its own: it is part of every id"
            problems.append(_problem(document, ("sources", at, "name"), found, right))
        first.setdefault(source.name, at)
    return tuple(source for source in made if source is not None)


def _source(
    document: Document, base: Path, at: int, item: Any, problems: list[Problem]
) -> Source | StoredSource | None:
    place: Place = ("sources", at)
    if not isinstance(item, dict):
        right = "expected a mapping, such as 'path: data/*.jsonl'"
        problems.append(_problem(document, place, f"got {shown(item)}", right))
        return None
    settings = Settings(document, place, item, base)
    if "ref" in item:
        stored = checked(StoredSource, settings, problems)
        return stored and stored.model_copy(update={"name": stored.name or stored.ref})
    source = checked(Source, settings, problems)
    if source is None or source.name:
        return source
    name = default_name(source.path)
    if not name:
        right = f"expected a name, since the path {source.path!r} gives none"
        problems.append(_problem(document, (*place, "name"), "missing", right))
    return source.model_copy(update={"name": name})
