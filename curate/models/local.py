"""Language models that recipes name: folders beside them, and what the Hub's cache holds."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from curate.errors import NotFoundError
from curate.models.files import ModelFiles, find_model, read_json, user_path

_TEMPLATE_FILES: Final = ("chat_template.jinja", "chat_template.json", "additional_chat_templates")
_TOKENIZER_CONFIG: Final = "tokenizer_config.json"


def find_local(name: str, base: Path) -> ModelFiles:
    """Find a causal language model or adapter: a folder, relative to `base`, or an id on the Hub.

    An id must be in the local cache: nothing is fetched, but the base of an adapter that is not.
    Raises `NotFoundError` where there is none, `RefusedError` for pickled weights and for models
    with code of their own.
    """
    path = base / user_path(name)
    if path.is_dir():
        return replace(find_model(str(path)), name=name)
    folder = from_cache(name, path)
    return replace(find_model(str(folder)), name=name, revision=folder.name)


def from_cache(name: str, path: Path) -> Path:
    """The folder of an id in the local cache of the Hub; `path` is the folder that there is not."""
    where = f"model {name!r}"
    if not name or name.startswith(("/", ".", "~")) or name.count("/") > 1 or name.endswith("/"):
        right = "Name one with config.json and *.safetensors"
        raise NotFoundError(where, f"there is no folder {path.absolute()}", right)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError) as error:
        found = f"no folder {path.absolute()}, and not in the local cache of the Hub"
        right = f"Name a folder, or fetch it: hf download {name}"
        raise NotFoundError(where, found, right) from error


def has_template(model: ModelFiles) -> bool:
    """Whether a model's tokenizer brings a chat template, without loading it."""
    if any((model.folder / name).exists() for name in _TEMPLATE_FILES):
        return True
    config = model.folder / _TOKENIZER_CONFIG
    if config.is_file():
        return bool(read_json(config).get("chat_template"))
    return model.base is not None and has_template(model.base)
