"""Where the bytes of a pack of patterns come from: what is shipped, or a file of the user's."""

from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Final

from curate.errors import CurateError
from curate.patterns.pack import KINDS, parse_patterns
from curate.rulepacks.problem import PackError
from curate.rulepacks.shelf import is_path, pack_bytes

SHIPPED: Final = ("pii", "secrets")
"""The packs of patterns that come with curate."""


def shipped_bytes(name: str) -> bytes:
    """The YAML of one of `SHIPPED`."""
    return (files("curate.rules") / f"{name}.yaml").read_bytes()


def read_patterns(name: str, folder: Path, part: str) -> bytes:
    """The YAML of a pack of one kind, by its shipped name, or by a path relative to a folder.

    `part` is the key that holds its rules. Raises ValueError where it is wrong.
    """
    if is_path(name):
        try:
            content = pack_bytes(str(folder / name))
        except CurateError as error:
            raise ValueError(f"{error.found}. {error.right}") from error
    elif name in SHIPPED:
        content = shipped_bytes(name)
    else:
        near = get_close_matches(name, SHIPPED, 1)
        guess = f"did you mean {near[0]!r}? " if near else ""
        raise ValueError(f"there is no pack {name!r}; {guess}Shipped: {', '.join(SHIPPED)}; or "
                         "give the path of a YAML file")  # fmt: skip
    try:
        pack = parse_patterns(content)
    except PackError as error:
        raise ValueError(f"the pack {name!r} is wrong: {error}") from error
    if not isinstance(pack, KINDS[part]):
        raise ValueError(f"the pack {name!r} has no `{part}`")
    return content
