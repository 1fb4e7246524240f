"""Masked language models, which say what word could stand at a place."""

from functools import lru_cache
from typing import Any, Final, NamedTuple

from curate.errors import InputError
from curate.models.files import ModelFiles
from curate.models.limits import token_limit
from curate.models.loading import load_tokenizer, load_whole

_RIGHT: Final = "Name the folder of a masked language model, such as BERT or RoBERTa"


class MaskedModel(NamedTuple):
    """A masked language model ready to be asked."""

    model: Any
    """In float32, on the CPU."""
    tokenizer: Any
    limit: int
    """The most tokens of a text, special ones included."""


@lru_cache(maxsize=2)
def load_masked(files: ModelFiles) -> MaskedModel:
    """Load it from safetensors, without code of its own; the last two stay loaded.

    Raises InputError where it is damaged, or no masked language model.
    """
    from transformers import AutoModelForMaskedLM

    model = load_whole(AutoModelForMaskedLM, files, _RIGHT)
    tokenizer = load_tokenizer(files)
    if tokenizer.mask_token is None:
        raise InputError(f"model {files.name!r}", "its tokenizer has no mask token", _RIGHT)
    return MaskedModel(model, tokenizer, token_limit(model, tokenizer))
