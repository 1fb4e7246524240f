"""Embedding models on disk: finding them, telling their kind, and refusing what is not safe."""

from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import orjson

from curate.errors import InputError, NotFoundError, RefusedError
from curate.models.files import ModelFiles, from_hub, hash_files, read_json, user_path

Kind = Literal["static", "sentence-transformers"]

_MODULES: Final = "modules.json"
_STATIC: Final = frozenset({"StaticEmbedding", "Normalize"})
_PART: Final = ("*.safetensors", "*.json", "*.txt", "*.model")
_PICKLED: Final = ("pytorch_model*.bin", "*.pt", "*.pth", "*.ckpt")
_AGAIN: Final = "Fetch the model again."
_RIGHT: Final = (
    "Name a folder (relative to the recipe) with modules.json and *.safetensors, as "
    "sentence-transformers and model2vec save them, or an id on the Hub such as org/model."
)


class EmbeddingFiles(NamedTuple):
    """An embedding model that is on disk and safe to load."""

    files: ModelFiles
    """Its hash is over all files of the model, those of the modules in its folders included."""
    kind: Kind

    def described(self) -> str:
        """Its name, kind and hash in a few words, without the path."""
        name = self.files.name if self.files.revision else self.files.folder.name
        return f"model {name} ({self.kind}, files {self.files.hash[:12]})"


def find_embedding(name: str, base: Path) -> EmbeddingFiles:
    """Find an embedding model: a folder, relative to `base`, or an id on the Hub.

    An id is looked up in the local cache of the Hub first, and fetched where it is not there.
    Raises `NotFoundError` with what would be right, and `RefusedError` for pickled weights and for
    models with code of their own.
    """
    path = base / user_path(name)
    where = f"embedding model {name!r}"
    is_folder = path.is_dir()
    folder = path.absolute() if is_folder else _looked_up(name, path, where)
    kind = _kind(folder, where)
    _check_weights(folder, where)
    files = sorted({file for part in _PART for file in folder.rglob(part) if file.is_file()})
    found = ModelFiles(name, folder, hash_files(files), None if is_folder else folder.name)
    return EmbeddingFiles(found, kind)


def _looked_up(name: str, path: Path, where: str) -> Path:
    if not name or name.startswith(("/", ".", "~")) or name.count("/") > 1 or name.endswith("/"):
        raise NotFoundError(where, f"there is no folder {path.absolute()}", _RIGHT)
    cached = _cached(name)
    if cached is not None:
        return cached
    try:
        return from_hub(name)
    except NotFoundError as error:
        raise NotFoundError(where, f"no folder {path.absolute()}; {error.found}", _RIGHT) from error


def _cached(name: str) -> Path | None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError):
        return None


def _kind(folder: Path, where: str) -> Kind:
    """Tell the kind by the modules that the model is made of."""
    path = folder / _MODULES
    if not path.is_file():
        config = folder / "config.json"
        if config.is_file() and read_json(config).get("model_type") == "model2vec":
            return "static"
        found = f"{folder} has no {_MODULES}, so how texts become vectors is not known"
        raise NotFoundError(where, found, _RIGHT)
    types = [str(module.get("type")) for module in _modules(path)]
    foreign = [each for each in types if not each.startswith("sentence_transformers.")]
    if foreign or not types:
        raise RefusedError(
            where,
            f"its module {foreign[0]!r} is code of its own" if foreign else "it has no modules",
            "curate runs no code from models: use one of sentence-transformers' own modules.",
        )
    return "static" if {t.rpartition(".")[2] for t in types} <= _STATIC else "sentence-transformers"


def _modules(path: Path) -> list[dict[str, Any]]:
    try:
        modules = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise InputError(
            str(path), f"cannot be read ({error})", "Fetch the model again."
        ) from error
    if not isinstance(modules, list) or not all(isinstance(each, dict) for each in modules):
        raise InputError(str(path), "not a list of modules", _AGAIN)
    return modules


def _check_weights(folder: Path, where: str) -> None:
    """Every folder of the model that has weights must have them as safetensors."""
    pickled = sorted({file for part in _PICKLED for file in folder.rglob(part)})
    alone = [file for file in pickled if not any(file.parent.glob("*.safetensors"))]
    if alone:
        raise RefusedError(
            where,
            f"its weights {alone[0].relative_to(folder)} are pickled, which can run code",
            "Use a model with *.safetensors, or convert it where it is trusted.",
        )
    if not any(folder.rglob("*.safetensors")):
        raise NotFoundError(where, f"{folder} has no *.safetensors", _RIGHT)
