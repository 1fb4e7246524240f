"""Loading: tokenizers and language models from files that `find_model` has checked."""

from pathlib import Path
from typing import Any, Literal

from curate.errors import InputError, MissingExtraError
from curate.models.files import ModelFiles

Dtype = Literal["auto", "float32", "bfloat16"]


def load_tokenizer(model: ModelFiles) -> Any:
    """Load the tokenizer of a model; that of an adapter is its own, else its base's."""
    try:
        from transformers import AutoTokenizer
    except ImportError as error:
        raise MissingExtraError("tokenizer", "transformers", "train") from error
    own = any(
        (model.folder / name).is_file() for name in ("tokenizer.json", "tokenizer_config.json")
    )
    if not own and model.base is not None:
        return load_tokenizer(model.base)
    try:
        loader: Any = AutoTokenizer
        return loader.from_pretrained(model.folder, trust_remote_code=False, local_files_only=True)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreadable("tokenizer of", model, error) from error


def load_model(model: ModelFiles, dtype: Dtype = "auto", quantization: Any = None) -> Any:
    """Load a causal language model, from safetensors only, without code of its own.

    An adapter is merged into its base. `auto` is the type the weights are stored in;
    `quantization` is a `BitsAndBytesConfig`.
    """
    if model.base is not None:
        return merge_adapter(load_model(model.base, dtype, quantization), model)
    try:
        import torch
        from transformers import AutoModelForCausalLM
    except ImportError as error:
        raise MissingExtraError("model", "transformers", "train") from error
    more = {} if quantization is None else {"quantization_config": quantization}
    try:
        loaded = AutoModelForCausalLM.from_pretrained(
            model.folder,
            dtype=dtype if dtype == "auto" else getattr(torch, dtype),
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            **more,
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise _unreadable("model", model, error) from error
    named = str(model.folder) if Path(model.name).expanduser().is_dir() else model.name
    loaded.name_or_path = loaded.config.name_or_path = named
    return loaded


def load_whole(loader: Any, model: ModelFiles, right: str) -> Any:
    """Load a model in float32, from safetensors only, without code of its own, ready to be asked.

    `loader` is a class of transformers such as `AutoModelForMaskedLM`. Raises InputError, which
    ends with `right`, where the model is damaged or of another kind: a part that its architecture
    has would be filled in by chance.
    """
    import torch

    where = f"model {model.name!r}"
    try:
        loaded, said = loader.from_pretrained(
            model.folder,
            use_safetensors=True,
            dtype=torch.float32,
            trust_remote_code=False,
            local_files_only=True,
            output_loading_info=True,
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise InputError(where, f"cannot be loaded: {_first_line(error)}", right) from error
    wrong = sorted(map(str, [*said["missing_keys"], *said["mismatched_keys"]]))
    if wrong:
        found = f"its weights lack {len(wrong)} parts of the architecture, such as {wrong[0]}"
        raise InputError(where, found, right)
    return loaded.eval()


def merge_adapter(base: Any, adapter: ModelFiles) -> Any:
    """Merge the weights of an adapter into its base model, in memory."""
    try:
        from peft import PeftModel
    except ImportError as error:
        raise MissingExtraError("adapter", "peft", "train") from error
    try:
        return PeftModel.from_pretrained(base, str(adapter.folder)).merge_and_unload()
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise _unreadable("adapter", adapter, error) from error


def _unreadable(what: str, model: ModelFiles, error: Exception) -> InputError:
    found = f"cannot be loaded: {_first_line(error)}"
    return InputError(f"{what} {model.name!r}", found, "Fetch it again, or use another.")


def _first_line(error: Exception) -> str:
    said = str(error).strip()
    return said.splitlines()[0] if said else type(error).__name__
