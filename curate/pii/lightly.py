"""Presidio without the engines for models, which no pattern needs.

Where transformers, torch, Stanza or GLiNER are installed, Presidio imports them for engines that
wrap them: five seconds of every process. It does without what is not there.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from typing import Any, Final

HEAVY: Final = frozenset({"transformers", "torch", "stanza", "gliner"})
PRESIDIO: Final = "presidio_analyzer"


class _Absent(MetaPathFinder):
    """Says of heavy packages that they are not installed."""

    @classmethod
    def find_spec(cls, fullname: str, *_: object) -> None:
        if fullname.partition(".")[0] in HEAVY:
            raise ModuleNotFoundError(fullname)


@contextmanager
def without_models() -> Iterator[None]:
    """Import Presidio within: it finds no heavy package that is not imported already.

    Where Presidio is imported already nothing is hidden.
    """
    if PRESIDIO in sys.modules:
        yield
        return
    sys.meta_path.insert(0, _Absent)
    try:
        yield
    finally:
        sys.meta_path.remove(_Absent)


def import_presidio() -> None:
    """Import Presidio in this way; raises ImportError where it is not installed."""
    with without_models():
        import presidio_analyzer.predefined_recognizers  # noqa: F401


def give_transformers() -> None:
    """Let Presidio's recognizer for transformers have what was hidden of it."""
    import torch
    import transformers
    from presidio_analyzer.predefined_recognizers.ner import huggingface_ner_recognizer

    module: Any = huggingface_ner_recognizer
    module.hf_pipeline, module.torch = transformers.pipeline, torch


def give_gliner() -> None:
    """The same for GLiNER; raises ImportError where it is not installed."""
    import gliner
    from presidio_analyzer.predefined_recognizers.ner import gliner_recognizer

    module: Any = gliner_recognizer
    module.GLiNER, module.GLiNERConfig = gliner.GLiNER, gliner.GLiNERConfig
