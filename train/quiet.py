"""Keeping the libraries silent: no telemetry, no bars and no chatter of their own."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

ENVIRONMENT: Final = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "true",
    "TRL_EXPERIMENTAL_SILENCE": "1",
    "BITSANDBYTES_NOWELCOME": "1",
}


def quieten() -> None:
    """Turn off telemetry; to be called before the libraries are imported, which read it then."""
    os.environ.update(ENVIRONMENT)


@contextmanager
def quiet() -> Iterator[None]:
    """Silence progress bars, logs and warnings of the libraries: what matters curate reports."""
    quieten()
    import datasets
    import huggingface_hub.constants
    import transformers

    # Whoever imported it before us may have done so with telemetry on.
    huggingface_hub.constants.HF_HUB_DISABLE_TELEMETRY = True
    logging: Any = transformers.logging
    verbosity = logging.get_verbosity()
    had_bars = logging.is_progress_bar_enabled()
    had_dataset_bars = not datasets.are_progress_bars_disabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    datasets.disable_progress_bars()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.set_verbosity(verbosity)
        if had_bars:
            logging.enable_progress_bar()
        if had_dataset_bars:
            datasets.enable_progress_bars()
