"""Models on disk: finding them, refusing what is not safe to load, and hashing what is."""

import hashlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from curate.errors import InputError, NotFoundError, RefusedError

_WANTED: Final = ("*.safetensors", "*.json", "*.jinja", "*.model", "*.txt")
"""Weights, configuration and tokenizer; code and pickled weights are not even downloaded."""

_NOT_THE_MODEL: Final = ("curate.json", "trainer_state.json", "all_results.json")
_PICKLED: Final = ("*.bin", "*.pt", "*.pth", "*.ckpt")
_NOT_WEIGHTS: Final = ("training_args.bin", "optimizer.pt", "scheduler.pt")
_CHUNK: Final = 1 << 22


@dataclass(frozen=True)
class ModelFiles:
    """A model or adapter whose files are on disk and safe to load."""

    name: str
    """As the user named it: a path, or an id on the Hub."""
    folder: Path
    hash: str
    """SHA-256 over the names and contents of its files, see `hash_folder`."""
    revision: str | None = None
    """The commit on the Hub that was read."""
    base: "ModelFiles | None" = None
    """Of an adapter, the model that it changes."""
    run: str | None = None
    """The run that made it, where curate did."""

    def as_json(self) -> dict[str, Any]:
        """What `curate.json` says of a model."""
        said = {"name": self.name, "revision": self.revision, "hash": self.hash, "run": self.run}
        return said | {"base": self.base.as_json() if self.base else None}


def user_path(name: str) -> Path:
    """A path, `~` in front being a home. Raises `NotFoundError` where there is no such home."""
    try:
        return Path(name).expanduser()
    except RuntimeError as error:
        right = "Name a folder that exists"
        raise NotFoundError(f"path {name!r}", "there is no such user here", right) from error


def find_model(name: str, revision: str | None = None) -> ModelFiles:
    """Find a model or adapter: a folder, or an id on the Hub (fetched, or from its cache).

    Raises `NotFoundError` with all that was tried, `RefusedError` for pickled weights and for
    models that need code of their own.
    """
    folder, commit = _fetch(name, revision)
    base = _base_of(folder) if (folder / "adapter_config.json").is_file() else None
    return ModelFiles(name, folder, hash_folder(folder), commit, base, _run_of(folder))


def _fetch(name: str, revision: str | None) -> tuple[Path, str | None]:
    """The checked folder of a model, and the commit where it came from the Hub."""
    path = user_path(name)
    folder = path.absolute() if path.is_dir() else from_hub(name, revision)
    _check(name, folder)
    return folder, None if path.is_dir() else folder.name


def hash_folder(folder: Path) -> str:
    """SHA-256 over a model's files, as 64 hex digits.

    For each file (weights as safetensors, configuration, tokenizer) in the order of its name: the
    length of the name as 8 bytes little-endian, the name, and the SHA-256 of the content.
    """
    return hash_files(model_files(folder))


def hash_files(files: Iterable[Path]) -> str:
    """SHA-256 over files by their names and contents, as `hash_folder` says."""
    sha = hashlib.sha256(b"curate.model.1")
    paths = sorted(files, key=lambda path: path.name)
    with ThreadPoolExecutor(max_workers=4) as pool:
        for path, content in zip(paths, pool.map(_file_hash, paths), strict=True):
            name = path.name.encode()
            sha.update(len(name).to_bytes(8, "little") + name + content)
    return sha.hexdigest()


def model_files(folder: Path) -> Iterator[Path]:
    """The files of a folder that make the model, in no order."""
    for pattern in _WANTED:
        yield from (path for path in folder.glob(pattern) if path.name not in _NOT_THE_MODEL)


def _file_hash(path: Path) -> bytes:
    sha = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            sha.update(chunk)
    return sha.digest()


def from_hub(name: str, revision: str | None = None) -> Path:
    """The folder of a model of the Hub, from its cache or fetched; never code or pickled weights.

    Raises `NotFoundError` with all that was tried.
    """
    path = user_path(name)
    if name.startswith(("/", ".", "~")) or path.exists() or name.count("/") > 1:
        raise _not_found(name, f"there is no folder {path.absolute()}", [str(path.absolute())])
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    tried = [str(path.absolute()), f"the Hub's {name}" + (f" at {revision}" if revision else "")]
    try:
        return Path(snapshot_download(name, revision=revision, allow_patterns=list(_WANTED)))
    except HFValidationError as error:
        raise _not_found(name, "no folder, and no valid id on the Hub", tried[:1]) from error
    except LocalEntryNotFoundError as error:
        raise _not_found(name, "no folder, and the Hub cannot be reached", tried) from error
    except HfHubHTTPError as error:
        code = error.response.status_code if error.response is not None else "no answer"
        raise _not_found(name, f"no folder, and the Hub says {code}", tried) from error
    except OSError as error:
        raise _not_found(name, f"no folder, and the Hub fails ({error})", tried) from error


def _not_found(name: str, found: str, tried: list[str]) -> NotFoundError:
    right = "Name a folder with config.json and *.safetensors, or an id such as org/model."
    return NotFoundError(f"model {name!r}", found, f"Tried: {'; '.join(tried)}. {right}")


def _check(name: str, folder: Path) -> None:
    configs = [folder / "config.json", folder / "adapter_config.json"]
    present = [path for path in configs if path.is_file()]
    if not present:
        raise _not_found(
            name, f"{folder} has no config.json and no adapter_config.json", [str(folder)]
        )
    if not any(folder.glob("*.safetensors")):
        pickled = sorted(p.name for pattern in _PICKLED for p in folder.glob(pattern))
        pickled = [file for file in pickled if file not in _NOT_WEIGHTS]
        if not pickled:
            raise _not_found(name, f"{folder} has no *.safetensors", [str(folder)])
        raise RefusedError(
            f"model {name!r}",
            f"its weights are pickled ({', '.join(pickled[:3])}), which can run code when loaded",
            "Use a model with *.safetensors, or convert it where it is trusted.",
        )
    if "auto_map" in read_json(present[0]):
        check_code(name, read_json(present[0]))


def check_code(name: str, config: dict[str, Any]) -> None:
    """Raise `RefusedError` where a configuration is of a type that transformers does not know."""
    from transformers import CONFIG_MAPPING

    if config.get("model_type") not in CONFIG_MAPPING:
        raise RefusedError(
            f"model {name!r}",
            f"its type {config.get('model_type')!r} needs code that comes with the model",
            "curate runs no code from models: use one of a type that transformers knows.",
        )


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object; raises `InputError` where the file holds none."""
    try:
        value = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise InputError(str(path), f"cannot be read ({error})", "Restore or remove it.") from error
    if not isinstance(value, dict):
        raise InputError(str(path), "not a JSON object", "Restore or remove it.")
    return value


def _base_of(folder: Path) -> ModelFiles:
    """The model that an adapter changes; one that curate merged lies beside the adapter."""
    config = read_json(folder / "adapter_config.json")
    base, revision = config.get("base_model_name_or_path"), config.get("revision")
    if (folder / "base" / "config.json").is_file():
        base, revision = str(folder / "base"), None
    if not isinstance(base, str) or not base:
        raise InputError(
            str(folder / "adapter_config.json"),
            "names no base model",
            "Set base_model_name_or_path.",
        )
    where, commit = _fetch(base, revision)
    if (where / "adapter_config.json").is_file():
        raise RefusedError(
            f"adapter {folder}",
            f"its base {base!r} is an adapter too",
            "Merge that one into its base first.",
        )
    found = ModelFiles(base, where, hash_folder(where), commit, run=_run_of(where))
    _check_base(folder, found)
    return found


def _check_base(folder: Path, base: ModelFiles) -> None:
    """An adapter that curate made says which base it belongs to."""
    record = folder / "curate.json"
    expected = read_json(record).get("model", {}).get("trained_on") if record.is_file() else None
    if expected is not None and expected != base.hash:
        raise RefusedError(
            f"adapter {folder}",
            f"it was trained on the model {expected[:12]}, and {base.name!r} is {base.hash[:12]}",
            "Restore the base model that the adapter was trained on.",
        )


def _run_of(folder: Path) -> str | None:
    record = folder / "curate.json"
    run = read_json(record).get("run") if record.is_file() else None
    return run if isinstance(run, str) else None
