"""Checkpoints of Detoxify: weights, and the configuration of the training that made them.

They are pickles, and Detoxify loads them as such, so that one can run code. Here nothing is loaded
but tensors and plain values (`torch.load(weights_only=True)`).
"""

import zipfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Final, NamedTuple

from curate.errors import InputError, RefusedError

_RIGHT: Final = "Name a checkpoint of Detoxify, or a folder with config.json and *.safetensors"


class Checkpoint(NamedTuple):
    """What a checkpoint holds."""

    classes: tuple[str, ...]
    """The labels of its first outputs, as its data set had them; further outputs have none."""
    base: str
    """The id of the model that was trained."""
    architecture: str
    """The class of transformers that it is."""
    outputs: int
    """How many outputs it has."""
    weights: Mapping[str, Any]
    """Tensors by name; memory-mapped, so that they take no room before they are used."""


@lru_cache(maxsize=2)
def read_checkpoint(path: Path, digest: str) -> Checkpoint:
    """Read a checkpoint, whose SHA-256 is `digest`.

    Raises `RefusedError` where it holds more than tensors and plain values, and `InputError` where
    it is damaged or another kind of file.
    """
    where = f"checkpoint {path.name} (sha256 {digest[:12]})"
    loaded = _loaded(path, where)
    try:
        found = _read(loaded)
    except (KeyError, TypeError, ValueError, IndexError, OverflowError) as error:
        lacks = f"has no {error}" if isinstance(error, KeyError) else "has other parts"
        what = f"it is no checkpoint of Detoxify, with config and state_dict: it {lacks}"
        raise InputError(where, what, _RIGHT) from error
    if not 0 < len(found.classes) <= found.outputs:
        counted = f"it names {len(found.classes)} classes, and has {found.outputs} outputs"
        raise InputError(where, counted, _RIGHT)
    return found


def _loaded(path: Path, where: str) -> Any:
    import torch

    try:
        # Files of before torch 1.6 are no archives, and cannot be mapped.
        mapped = zipfile.is_zipfile(path)
        return torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
    except UnpicklingError as error:
        found = "it cannot be loaded as tensors and plain values alone, and all else can run code"
        raise RefusedError(where, found, _RIGHT) from error
    except (OSError, RuntimeError, ValueError, KeyError, EOFError, OverflowError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise InputError(where, f"cannot be loaded: {first}", _RIGHT) from error


def _read(loaded: Any) -> Checkpoint:
    config = loaded["config"]
    args = config["arch"]["args"]
    return Checkpoint(
        classes=tuple(map(str, config["dataset"]["args"]["classes"])),
        base=str(args["model_type"]),
        architecture=str(args["model_name"]),
        outputs=int(args["num_classes"]),
        weights=dict(loaded["state_dict"]),
    )
