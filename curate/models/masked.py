"""Masked language models, which say what word could stand at a place."""

from functools import lru_cache
from typing import Any, Final, NamedTuple

from curate.errors import InputError
from curate.models.files import ModelFiles
from curate.models.limits import token_limit
from curate.models.loading import load_tokenizer

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
    import torch
    from transformers import AutoModelForMaskedLM

    where = f"model {files.name!r}"
    loader: Any = AutoModelForMaskedLM
    try:
        model, said = loader.from_pretrained(
            files.folder,
            use_safetensors=True,
            dtype=torch.float32,
            trust_remote_code=False,
            local_files_only=True,
            output_loading_info=True,
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise InputError(where, f"cannot be loaded: {first}", _RIGHT) from error
    wrong = sorted(map(str, [*said["missing_keys"], *said["mismatched_keys"]]))
    if wrong:
        found = f"its weights lack {len(wrong)} parts of the architecture, such as {wrong[0]}"
        raise InputError(where, found, _RIGHT)
    tokenizer = load_tokenizer(files)
    if tokenizer.mask_token is None:
        raise InputError(where, "its tokenizer has no mask token", _RIGHT)
    return MaskedModel(model.eval(), tokenizer, token_limit(model, tokenizer))
