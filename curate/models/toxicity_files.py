"""Classifiers of toxicity on disk: Detoxify's checkpoints, and folders as transformers saves them.

A checkpoint of Detoxify (Hanu and Unitary team 2020, "Detoxify") is a pickle of weights and of the
configuration of their training, which names the model that they were trained from. The
configuration and tokenizer of that one are looked for in a folder, or in the local cache of the
Hub; its weights are not needed. Nothing is fetched.
"""

import hashlib
import os
from difflib import get_close_matches
from pathlib import Path
from typing import Final, NamedTuple

from curate.errors import NotFoundError, RefusedError
from curate.models.checkpoint import read_checkpoint
from curate.models.files import (
    ModelFiles,
    check_code,
    hash_files,
    model_files,
    read_json,
    user_path,
)
from curate.models.local import find_local, from_cache


class Variant(NamedTuple):
    """A checkpoint that Detoxify publishes."""

    file: str
    """Its path below `RELEASES`; the last part is what torch.hub keeps it as."""
    base: str
    """The id of the model that it was trained from."""


RELEASES: Final = "https://github.com/unitaryai/detoxify/releases/download/"
VARIANTS: Final = {
    "original": Variant("v0.1-alpha/toxic_original-c1212f89.ckpt", "bert-base-uncased"),
    "unbiased": Variant("v0.3-alpha/toxic_debiased-c7548aa0.ckpt", "roberta-base"),
    "multilingual": Variant("v0.4-alpha/multilingual_debiased-0b549669.ckpt", "xlm-roberta-base"),
    "original-small": Variant("v0.1.2/original-albert-0e1d6498.ckpt", "albert-base-v2"),
    "unbiased-small": Variant("v0.1.2/unbiased-albert-c8519128.ckpt", "albert-base-v2"),
}
"""What Detoxify 0.5.4 fetches by each of its names."""

_NEEDED: Final = "config.json tokenizer.json tokenizer_config.json"
_SUFFIXES: Final = (".ckpt", ".pt", ".pth", ".bin", ".safetensors")


class ToxicityFiles(NamedTuple):
    """A classifier whose files are on disk."""

    files: ModelFiles
    """The folder of its configuration and tokenizer; without a checkpoint, of its weights too."""
    checkpoint: Path | None = None
    """The file of its weights and labels."""
    digest: str = ""
    """SHA-256 of that file, as hex digits."""

    def described(self) -> str:
        """The classifier in a few words, without its path."""
        known = self.files.name if self.files.revision else self.files.folder.name
        if self.checkpoint is None:
            return f"model {known} (files {self.files.hash[:12]})"
        own = f"checkpoint {self.checkpoint.name} (sha256 {self.digest[:12]})"
        return f"{own} on {known} (files {self.files.hash[:12]})"


def find_toxicity(name: str, base: str | None, folder: Path) -> ToxicityFiles:
    """Find a classifier: one of `VARIANTS`, a checkpoint, a folder, or an id in the Hub's cache.

    Paths are relative to `folder`. `base` is a folder, or an id in that cache, to use in place of
    the one that a checkpoint names. Raises `NotFoundError` where something is missing,
    `RefusedError` for what would run code.
    """
    path = folder / user_path(name)
    if name in VARIANTS:
        kept = torch_cache() / Path(VARIANTS[name].file).name
        if not kept.is_file():
            right = f"Fetch {RELEASES}{VARIANTS[name].file} to there, or name a file: model: FILE"
            raise NotFoundError(f"model {name!r}", f"there is no file {kept}", right)
        return _checkpoint(name, kept, base or VARIANTS[name].base, folder)
    if path.is_file():
        return _checkpoint(name, path.absolute(), base, folder)
    if path.suffix in _SUFFIXES and not path.is_dir():
        raise NotFoundError(
            f"model {name!r}",
            f"there is no file {path.absolute()}",
            f"Name a checkpoint or a folder, or one of {', '.join(VARIANTS)}",
        )
    return _folder(name, base, folder)


def torch_cache() -> Path:
    """Where torch.hub keeps checkpoints: `torch.hub.get_dir`, without importing torch."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "torch"
    return Path(os.environ.get("TORCH_HOME", cache)).expanduser() / "hub" / "checkpoints"


def _folder(name: str, base: str | None, folder: Path) -> ToxicityFiles:
    if base is not None:
        found = f"it is no checkpoint, and base: {base} is set"
        raise RefusedError(f"model {name!r}", found, "Leave base out: a folder has all it needs")
    try:
        files = find_local(name, folder)
    except NotFoundError as error:
        near = get_close_matches(name, VARIANTS, n=1)
        right = f"{error.right}, or name one of {', '.join(VARIANTS)}"
        if near:
            right = f"did you mean {near[0]!r}?"
        raise NotFoundError(error.where, error.found, right) from error
    if files.base is not None:
        found = "it is an adapter, of which curate cannot tell what it classifies"
        raise RefusedError(f"model {name!r}", found, "Merge it into its base, and name that folder")
    return ToxicityFiles(files)


def _checkpoint(name: str, path: Path, base: str | None, folder: Path) -> ToxicityFiles:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    known = base or read_checkpoint(path, digest).base
    return ToxicityFiles(_base(known, folder, f"model {name!r}"), path, digest)


def _base(name: str, folder: Path, where: str) -> ModelFiles:
    """The configuration and tokenizer of the model that a checkpoint was trained from."""
    path = folder / user_path(name)
    revision = None
    if path.is_dir():
        there = path.absolute()
    else:
        there = _cached(name, path, where)
        revision = there.name
    if not (there / "config.json").is_file():
        right = f"Say base: FOLDER, of a folder with {_NEEDED.replace(' ', ', ')}"
        raise NotFoundError(where, f"its base {there} has no config.json", right)
    config = read_json(there / "config.json")
    if "auto_map" in config:
        check_code(name, config)
    named = sorted(file for file in model_files(there) if file.suffix != ".safetensors")
    return ModelFiles(name, there, hash_files(named), revision)


def _cached(name: str, path: Path, where: str) -> Path:
    try:
        return from_cache(name, path)
    except NotFoundError as error:
        right = (
            f"Say base: FOLDER, of a folder with its {_NEEDED.replace(' ', ', ')}, "
            f"or fetch them: hf download {name} {_NEEDED}"
        )
        raise NotFoundError(where, f"its base {name!r}: {error.found}", right) from error
