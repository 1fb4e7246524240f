"""Tokenizers on disk: finding one without its model, and knowing it by its content."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from curate.errors import MissingExtraError, NotFoundError
from curate.models.files import ModelFiles, hash_files, user_path

PATTERNS: Final = (
    *("tokenizer*.json", "vocab*", "merges.txt", "*.model"),
    *("special_tokens_map.json", "added_tokens.json"),
)
"""The files that make a tokenizer."""


def find_tokenizer(name: str, base: Path) -> ModelFiles:
    """Find a tokenizer: a folder, relative to `base`, or an id in the local cache of the Hub.

    Nothing is fetched. The result's hash is over the files of the tokenizer alone. Raises
    `NotFoundError` where there is none, `MissingExtraError` where ids cannot be looked up.
    """
    path = base / user_path(name)
    is_folder = path.is_dir()
    folder = path.absolute() if is_folder else _from_cache(name, path)
    paths = list(_files(folder))
    if not paths:
        right = f"Name a folder with tokenizer.json; files of a tokenizer: {', '.join(PATTERNS)}"
        raise NotFoundError(f"tokenizer {name!r}", f"{folder} holds none", right)
    return ModelFiles(name, folder, hash_files(paths), None if is_folder else folder.name)


def _is_folder_name(name: str) -> bool:
    """Whether a tokenizer's name can only be a path."""
    return name.startswith(("/", ".", "~")) or name.count("/") > 1 or name.endswith("/")


def _files(folder: Path) -> Iterator[Path]:
    found = {path for pattern in PATTERNS for path in folder.glob(pattern) if path.is_file()}
    yield from sorted(found)


def _from_cache(name: str, path: Path) -> Path:
    where = f"tokenizer {name!r}"
    if not name or _is_folder_name(name):
        raise NotFoundError(where, f"there is no folder {path.absolute()}", "Name one that exists")
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError
    except ImportError as error:
        raise MissingExtraError(where, "huggingface_hub", "train") from error
    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError) as error:
        raise NotFoundError(
            where,
            f"no folder {path.absolute()}, and not in the local cache of the Hub",
            f"Name a folder, or fetch it: hf download {name} --include 'tokenizer*' "
            "'vocab*' merges.txt '*.model'",
        ) from error
