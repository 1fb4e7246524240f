"""Full memory and full disks, in the user's words."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from curate.errors import RefusedError, StoreError

_WRITING: Final = ("No space left", "quota exceeded", "PytorchStreamWriter failed")
"""What libraries that raise no OSError say when a file cannot be written."""


@contextmanager
def device_errors(output: Path) -> Iterator[None]:
    """Turn a GPU without memory into a `RefusedError`, a failing disk into a `StoreError`."""
    import torch
    from safetensors import SafetensorError

    try:
        yield
    except torch.OutOfMemoryError as error:
        raise RefusedError(
            "training",
            f"the GPU's memory is full ({str(error).splitlines()[0]})",
            "Set a smaller batch_size with more gradient_accumulation, gradient_checkpointing=true "
            "or a shorter max_length, or use --adapter qlora.",
        ) from error
    except OSError as error:
        raise _unwritable(output, error.strerror or str(error)) from error
    except (RuntimeError, SafetensorError) as error:
        if not any(words in str(error) for words in _WRITING):
            raise
        raise _unwritable(output, "no space is left") from error


def _unwritable(output: Path, found: str) -> StoreError:
    right = "Free some space or check its rights, then go on with --resume."
    return StoreError(f"--output {output}", f"cannot be written: {found}", right)
