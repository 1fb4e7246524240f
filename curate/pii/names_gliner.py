"""Names by a GLiNER model (Zaratiana et al. 2023, arXiv 2311.08526), through Presidio's recognizer.

It is asked about one window after another, so that nothing depends on the texts beside it.
"""

from collections.abc import Sequence
from typing import Any, Final

from presidio_analyzer.predefined_recognizers import GLiNERRecognizer

from curate.pii.lightly import give_gliner
from curate.pii.names_entities import entity_labels
from curate.pii.names_files import NameModel
from curate.pii.names_windows import Windows
from curate.pii.recognizers import LANGUAGE

WINDOW: Final = 250
OVERLAP: Final = 50
"""Characters, as Presidio's recognizer has them by default."""


def gliner_settings(model: NameModel, entities: Sequence[str], threshold: float) -> dict[str, Any]:
    """What Presidio's recognizer is made with: the model is asked for these entities alone."""
    labels = entity_labels(model)
    return {
        "model_name": str(model.files.folder),
        "supported_language": LANGUAGE,
        "entity_mapping": {label: of for label, of in labels.items() if of in entities},
        "threshold": threshold,
        "local_files_only": True,
    }


class GlinerNames:
    """Finds names by a GLiNER model."""

    def __init__(self, model: NameModel, entities: Sequence[str], threshold: float) -> None:
        """Load the model, to the GPU where torch finds one."""
        give_gliner()
        settings = gliner_settings(model, entities, threshold)
        self._recognizer = GLiNERRecognizer(**settings, text_chunker=Windows(WINDOW, OVERLAP))
        self._entities = list(entities)
        self.name = GLiNERRecognizer.__name__

    def results(self, texts: Sequence[str]) -> list[list[Any]]:
        """Presidio's results in each text."""
        return [self._recognizer.analyze(text, self._entities) if text else [] for text in texts]
