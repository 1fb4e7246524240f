"""The files of a recipe's sources, found and hashed."""

import os
from pathlib import Path
from typing import Any, NamedTuple

from curate.errors import InputError
from curate.readers import InputFile, resolve, source_name
from curate.recipe import Recipe
from curate.recipe.source import Source


class Input(NamedTuple):
    """A file of a source."""

    source: Source
    name: str
    file: InputFile

    def described(self, records: int, quarantined: int) -> dict[str, Any]:
        """What a version says of the file (docs/format.md, "Version")."""
        return {
            "source": self.name,
            "file": self.file.name,
            "sha256": self.file.sha256,
            "bytes": self.file.bytes,
            "license": self.source.license,
            "records": records,
            "quarantined": quarantined,
        }


def inputs_of(recipe: Recipe) -> list[Input]:
    """Find and hash all files of a recipe, in the order of sources and names."""
    return [
        Input(source, source_name(source), file)
        for source in recipe.sources
        if isinstance(source, Source)
        for file in _files_of(source, recipe.base)
    ]


def _files_of(source: Source, base: Path) -> list[InputFile]:
    try:
        files = resolve(source, base)
    except OSError as error:
        raise InputError(
            f"source {source.path}", f"cannot be read: {error.strerror}", "Check `path:`"
        ) from error
    return [file._replace(name=_as_text(file.name)) for file in files]


def _as_text(name: str) -> str:
    """A name whose bytes may not be UTF-8 as a text, by escapes."""
    return os.fsencode(name).decode(errors="backslashreplace")
