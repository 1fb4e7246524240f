"""From a source's path to its files."""

import glob
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from curate.errors import InputError, RecipeError
from curate.readers.endings import format_of, known_format, without_endings
from curate.recipe.source import Source

HUB: Final = "hf://"

_DESCRIPTIONS: Final = frozenset(
    {"dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json"}
)
"""Files that `datasets` puts beside data to describe it."""


class InputFile(NamedTuple):
    """One file of a source."""

    path: Path
    name: str
    """Relative to the source's root folder, with `/`; what users are shown."""
    bytes: int
    sha256: str


class _Found(NamedTuple):
    root: Path
    paths: list[Path]
    explicit: bool
    """A file named as such must be readable; of a folder, what is not data is passed over."""


def resolve(source: Source, base: Path) -> list[InputFile]:
    """The files of a source, hashed, sorted by name; `base` is what its path is relative to.

    A folder is searched with its subfolders; hidden files, and files whose ending is no format,
    are passed over there. Raises `InputError` where nothing is found or a file is empty.
    """
    if source.path.startswith(HUB):
        from curate.readers.hub import hub_files

        return hub_files(source)
    if "://" in source.path:
        found_words = f"is no path; of addresses only {HUB} is read"
        raise InputError(source.path, found_words, "Download it, and name the file")
    found = _found(source, base)
    paths = found.paths if found.explicit else _readable(found.paths, source)
    if found.explicit:
        known_format(found.paths[0].name, source)
    files = [input_file(path, path.relative_to(found.root).as_posix()) for path in paths]
    return sorted(files, key=lambda file: file.name)


def source_name(source: Source) -> str:
    """The name of a source: its `name:`, else the file's without endings, or the folder's."""
    if source.name:
        return source.name
    if source.path.startswith(HUB):
        from curate.readers.hub import hub_address

        return hub_address(source.path).name
    path = PurePosixPath(source.path.replace(os.sep, "/"))
    name = _root_of_glob(path).name if glob.has_magic(source.path) else path.name
    if not name.strip("."):
        raise RecipeError(
            f"source {source.path}", "the path holds no name", "Give the source a `name:`"
        )
    bare = without_endings(name)
    if source.format and bare == name and PurePosixPath(name).suffix[1:].isalpha():
        return PurePosixPath(name).stem
    return bare


def input_file(path: Path, name: str) -> InputFile:
    """Hash a file; `InputError` where it is empty or cannot be read."""
    if path.exists() and not path.is_file():
        # To open a pipe would wait for a writer that may never come.
        raise InputError(
            str(path),
            "a pipe, socket or device, not a file",
            "Name a file, or remove it from there",
        )
    try:
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            size = stream.tell()
    except OSError as error:
        raise InputError(
            str(path), f"cannot be read: {error.strerror}", "Check the file"
        ) from error
    if size == 0:
        raise InputError(
            str(path), "the file is empty", "Remove it from the source, or fetch it again"
        )
    return InputFile(path, name, size, sha256)


def _found(source: Source, base: Path) -> _Found:
    path = base / source.path
    if path.is_file():
        return _Found(path.parent, [path], explicit=True)
    if path.is_dir():
        return _Found(path, sorted(_walk(path)), explicit=False)
    if glob.has_magic(source.path):
        root = base / _root_of_glob(PurePosixPath(source.path))
        pattern = PurePosixPath(source.path).relative_to(_root_of_glob(PurePosixPath(source.path)))
        matches = glob.glob(str(pattern), root_dir=root, recursive=True)  # noqa: PTH207 - hidden files
        paths = sorted(root / match for match in matches if not (root / match).is_dir())
        if paths:
            return _Found(root, paths, explicit=False)
        raise InputError(str(path), "no file matches", "Check the pattern")
    if path.exists():
        return _Found(path.parent, [path], explicit=True)
    raise InputError(str(path), "there is no such file or folder", "Check `path:` of the source")


def _root_of_glob(path: PurePosixPath) -> PurePosixPath:
    """The folder above the first part that holds a wildcard."""
    fixed: list[str] = []
    for part in path.parts:
        if glob.has_magic(part):
            break
        fixed.append(part)
    return PurePosixPath(*fixed)


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        saved = "state.json" in files
        for name in files:
            if not name.startswith((".", "_")) and (name.endswith(".arrow") or not saved):
                yield Path(root) / name


def _readable(paths: list[Path], source: Source) -> list[Path]:
    """The files whose ending is a format: the source's, where it says one."""
    paths = [path for path in paths if path.name not in _DESCRIPTIONS]
    wanted = [path for path in paths if format_of(path.name)]
    if source.format:
        exact = [path for path in wanted if format_of(path.name) == source.format]
        wanted = exact or [path for path in paths if not format_of(path.name)]
    if wanted:
        return wanted
    if not paths:
        raise InputError(source.path, "the folder holds no files", "Check `path:` of the source")
    if source.format:
        raise InputError(
            source.path, f"no file is {source.format}: {paths[0].name}", "Check `format:`"
        )
    known_format(paths[0].name, source)
    raise AssertionError
