"""Where the bytes of a rule pack come from: the shipped folder, or a file of the user's."""

from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Final

from curate.errors import InputError, NotFoundError


def pack_names() -> list[str]:
    """The names of the shipped packs, such as `chat`, sorted."""
    folder = files("curate.rules") / "packs"
    return sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".yaml"))


PAPER: Final = "@paper"
"""The variant that a pack's bare name stands for: `gopher@paper` is `gopher`."""


def pack_bytes(pack: str) -> bytes:
    """The YAML of a pack: a shipped name, or a path (it has a slash or ends in .yaml or .yml).

    Raises NotFoundError for an unknown name or a missing file, InputError for an unreadable one.
    """
    if is_path(pack):
        try:
            return Path(pack).read_bytes()
        except FileNotFoundError as error:
            raise NotFoundError(pack, "there is no such rule pack", "Check the path") from error
        except OSError as error:
            found = f"it cannot be read: {error.strerror}"
            raise InputError(pack, found, "Name a readable YAML file") from error
    name = pack.removesuffix(PAPER)
    if name not in pack_names():
        near = get_close_matches(pack, pack_names(), n=1)
        guess = f"did you mean {near[0]!r}? " if near else ""
        right = f"{guess}Shipped packs: {', '.join(pack_names())}; or give the path of a YAML file"
        raise NotFoundError("rules", f"there is no rule pack {pack!r}", right)
    return (files("curate.rules") / "packs" / f"{name}.yaml").read_bytes()


def is_path(pack: str) -> bool:
    """Whether a pack is named by its path rather than by a shipped name."""
    return "/" in pack or "\\" in pack or pack.endswith((".yaml", ".yml"))
