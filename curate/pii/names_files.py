"""Models that find names, on disk: finding them, telling their kind, refusing what is not safe."""

from collections.abc import Sequence
from configparser import ConfigParser
from configparser import Error as ConfigError
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from curate.errors import InputError, MissingExtraError, NotFoundError, RefusedError
from curate.models.files import ModelFiles, hash_files, read_json
from curate.operator import installed_version

Kind = Literal["spacy", "transformers", "gliner"]

SPACY_META: Final = "meta.json"
_SPACY_CONFIG: Final = "config.cfg"
_FINDS_NAMES: Final = ("ner", "beam_ner", "entity_ruler", "span_ruler")
"""Factories of spaCy whose components set the entities of a text."""
GLINER_CONFIG: Final = "gliner_config.json"
_CONFIG: Final = "config.json"
_PREFIXES: Final = ("B-", "I-", "U-", "L-")
"""What Presidio takes off the labels of tokens."""
_TENSORS: Final = ("*.safetensors", "*.json", "*.txt", "*.model")
_NOT_THE_MODEL: Final = (".md", ".pyc")
_PICKLED: Final = ("*.bin", "*.pt", "*.pth", "*.ckpt")
_PACKAGES: Final[dict[Kind, tuple[str, ...]]] = {
    "spacy": ("spacy", "thinc"),
    "transformers": ("tokenizers", "torch", "transformers"),
    "gliner": ("gliner", "tokenizers", "torch", "transformers"),
}
_AGAIN: Final = "Fetch the model again."
_RIGHT: Final = (
    "Name a folder (relative to the recipe) with meta.json, a pipeline of spaCy; with config.json "
    "and *.safetensors, a model of transformers for the classification of tokens; or with "
    "gliner_config.json; or an installed package of spaCy. Nothing is fetched."
)


class NameModel(NamedTuple):
    """A model that finds names, on disk and safe to load."""

    files: ModelFiles
    """Its hash is over all files that the model is made of."""
    kind: Kind
    labels: tuple[str, ...]
    """What it calls the things that it finds, sorted; none of a GLiNER model, which is asked."""

    def described(self) -> str:
        """Its name, kind and hash in a few words, without the path."""
        return f"the model {self.files.folder.name} ({self.kind}, files {self.files.hash[:12]})"

    def digest(self) -> bytes:
        """What makes its answers: its files, and the versions of the packages that run it."""
        versions = (f"{each} {installed_version(each)}" for each in _PACKAGES[self.kind])
        return "\n".join([self.kind, self.files.hash, *versions]).encode()


def find_names(name: str, base: Path) -> NameModel:
    """Find a model: a folder, relative to `base`, or an installed package of spaCy.

    Raises `NotFoundError` with what would be right, `RefusedError` for pickled weights and for
    models with code of their own, `InputError` for damaged files, and `MissingExtraError` where
    the package is missing that runs it.
    """
    where = f"model of names {name!r}"
    path = base / Path(name).expanduser()
    folder = path.absolute() if path.is_dir() else _installed(name)
    if folder is None:
        raise NotFoundError(where, f"no folder {path.absolute()}, and no such package", _RIGHT)
    if (folder / GLINER_CONFIG).is_file():
        return _gliner(name, folder, where)
    if (folder / SPACY_META).is_file() and (folder / _SPACY_CONFIG).is_file():
        return _spacy(name, folder, where)
    if (folder / _CONFIG).is_file():
        return _transformers(name, folder, where)
    raise NotFoundError(where, f"{folder} is no model that finds names", _RIGHT)


def _installed(name: str) -> Path | None:
    """The folder of the pipeline in an installed package, which is not imported."""
    spec = find_spec(name) if name.isidentifier() else None
    for place in (spec and spec.submodule_search_locations) or ():
        metas = sorted(Path(place).glob(f"*/{SPACY_META}"))
        if metas:
            return metas[0].parent
    return None


def _spacy(name: str, folder: Path, where: str) -> NameModel:
    config = ConfigParser(interpolation=None, strict=False)
    try:
        config.read_string((folder / _SPACY_CONFIG).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ConfigError) as error:
        raise InputError(
            str(folder / _SPACY_CONFIG), f"it cannot be read: {error}", _AGAIN
        ) from None
    told = read_json(folder / SPACY_META).get("labels")
    labels: set[str] = set()
    for component, given in (told if isinstance(told, dict) else {}).items():
        factory = config.get(f"components.{component}", "factory", fallback="").strip('"')
        if factory in _FINDS_NAMES and isinstance(given, list):
            labels |= {str(label) for label in given}
    if not labels:
        raise NotFoundError(where, "its pipeline has no component that finds names", _RIGHT)
    files = [file for file in folder.rglob("*") if file.is_file() and _is_part(file, folder)]
    return _model(name, folder, "spacy", labels, files)


def _is_part(file: Path, folder: Path) -> bool:
    parts = file.relative_to(folder).parts
    return file.suffix not in _NOT_THE_MODEL and not any(part.startswith(".") for part in parts)


def _transformers(name: str, folder: Path, where: str) -> NameModel:
    _check_weights(folder, where)
    if find_spec("transformers") is None or find_spec("torch") is None:
        raise MissingExtraError(where, "transformers", "train")
    config = read_json(folder / _CONFIG)
    _check_type(config, where)
    told = config.get("id2label")
    labels = {_bare(str(label)) for label in (told if isinstance(told, dict) else {}).values()}
    return _model(name, folder, "transformers", labels - {"O"}, _tensors(folder))


def _check_type(config: dict[str, Any], where: str) -> None:
    from transformers import CONFIG_MAPPING

    made = [str(each) for each in config.get("architectures") or ()]
    if not any(each.endswith("ForTokenClassification") for each in made):
        found = f"it is a {', '.join(made) or 'model of no known task'}"
        raise NotFoundError(where, f"{found}, and does not classify tokens", _RIGHT)
    if config.get("model_type") not in CONFIG_MAPPING:
        raise RefusedError(
            where,
            f"its type {config.get('model_type')!r} needs code that comes with the model",
            "curate runs no code from models: use one of a type that transformers knows.",
        )


def _bare(label: str) -> str:
    return label[2:] if label.startswith(_PREFIXES) else label


def _gliner(name: str, folder: Path, where: str) -> NameModel:
    _check_weights(folder, where)
    if find_spec("gliner") is None:
        raise MissingExtraError(where, "gliner", "gliner")
    return _model(name, folder, "gliner", set(), _tensors(folder))


def _check_weights(folder: Path, where: str) -> None:
    if any(folder.glob("*.safetensors")):
        return
    pickled = sorted(file.name for part in _PICKLED for file in folder.glob(part))
    if pickled:
        raise RefusedError(
            where,
            f"its weights {pickled[0]} are pickled, which can run code",
            "Use a model with *.safetensors, or convert it where it is trusted.",
        )
    raise NotFoundError(where, f"{folder} has no *.safetensors", _RIGHT)


def _tensors(folder: Path) -> list[Path]:
    return sorted({file for part in _TENSORS for file in folder.rglob(part) if file.is_file()})


def _model(
    name: str, folder: Path, kind: Kind, labels: set[str], files: Sequence[Path]
) -> NameModel:
    found = ModelFiles(name, folder, hash_files(sorted(files)))
    return NameModel(found, kind, tuple(sorted(labels)))
