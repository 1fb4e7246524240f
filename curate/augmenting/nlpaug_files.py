"""The tables that nlpaug brings, read without importing it, and those that settings name."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson

from curate.errors import InputError, NotFoundError
from curate.models.files import user_path


def resource(*names: str) -> Path:
    """A file of nlpaug's folder `res`."""
    spec = find_spec("nlpaug")
    assert spec is not None and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]).joinpath("res", *names)


def found_file(setting: str, name: str, base: Path, right: str) -> Path:
    """A file that a setting names, relative to `base`. Raises `NotFoundError`."""
    path = (base / user_path(name)).absolute()
    if not path.is_file():
        raise NotFoundError(f"{setting} {name!r}", f"there is no file {path}", right)
    return path


def found_folder(setting: str, name: str, base: Path, right: str) -> Path:
    """A folder that a setting names, relative to `base`. Raises `NotFoundError`."""
    path = (base / user_path(name)).absolute()
    if not path.is_dir():
        raise NotFoundError(f"{setting} {name!r}", f"there is no folder {path}", right)
    return path


def read_table(path: Path) -> dict[str, list[str]]:
    """A JSON object of characters and lists of texts; a text is the list of its characters.

    Raises `InputError`.
    """
    try:
        value: Any = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise InputError(str(path), f"cannot be read ({error})", "Give a JSON object") from error
    if not isinstance(value, dict) or not all(map(_are_texts, value.values())):
        right = 'Give a JSON object of characters and lists of texts, such as {"a": ["q", "s"]}'
        raise InputError(str(path), "it is no table of characters", right)
    return {key: list(values) for key, values in value.items()}


def _are_texts(value: object) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list) and all(isinstance(each, str) for each in value)
    )
