"""Loading classifiers of toxicity, in float32, without code of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from curate.errors import CurateError, InputError, RefusedError
from curate.models.checkpoint import Checkpoint, read_checkpoint
from curate.models.toxicity_files import ToxicityFiles

_LOCAL: Final = {"trust_remote_code": False, "local_files_only": True}


def load_classifier(files: ToxicityFiles) -> Any:
    """Load a model of transformers that classifies whole texts.

    Raises `InputError` where files are damaged or do not belong together, and `RefusedError` for an
    architecture that does not classify texts.
    """
    where = f"model {files.described()}"
    try:
        with _quietly():
            if files.checkpoint is None:
                return _from_folder(files, where)
            return _from_checkpoint(files, read_checkpoint(files.checkpoint, files.digest), where)
    except CurateError:
        raise
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        right = "Fetch it again, or use another"
        raise InputError(where, f"cannot be loaded: {first}", right) from error


def _from_folder(files: ToxicityFiles, where: str) -> Any:
    import torch
    from transformers import AutoModelForSequenceClassification

    loader: Any = AutoModelForSequenceClassification
    model, said = loader.from_pretrained(
        files.files.folder,
        use_safetensors=True,
        dtype=torch.float32,
        output_loading_info=True,
        **_LOCAL,
    )
    _check_whole(said, where)
    return model


def _from_checkpoint(files: ToxicityFiles, read: Checkpoint, where: str) -> Any:
    """The base's architecture, with the weights of the checkpoint."""
    import torch
    from transformers import MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING, AutoConfig

    loader: Any = AutoConfig
    config = loader.from_pretrained(files.files.folder, num_labels=read.outputs, **_LOCAL)
    made: Any = MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING.get(type(config), None)
    if made is None or made.__name__ != read.architecture:
        found = f"it is a {read.architecture}, and its base is of the type {config.model_type!r}"
        raise RefusedError(where, found, "Say base: FOLDER, of the model that it was trained from")
    model, said = made.from_pretrained(
        None,
        config=config,
        state_dict=dict(read.weights),
        dtype=torch.float32,
        output_loading_info=True,
    )
    _check_whole(said, where)
    return model


@contextmanager
def _quietly() -> Iterator[None]:
    """Without progress bars, and remarks on weights that older releases wrote and none needs."""
    from transformers.utils import logging

    before, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(before)
        if bars:
            logging.enable_progress_bar()


def _check_whole(said: dict[str, Any], where: str) -> None:
    """Weights that are missing would be random numbers."""
    wrong = sorted(map(str, [*said["missing_keys"], *said["mismatched_keys"]]))
    if wrong:
        found = f"its weights lack {len(wrong)} parts of the architecture, such as {wrong[0]}"
        raise InputError(where, found, "Use the weights and the configuration of one model")
