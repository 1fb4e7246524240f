"""Names by a pipeline of spaCy, through Presidio's engine and recognizer for those."""

import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final

from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import SpacyRecognizer

from curate.pii.names_entities import entity_labels
from curate.pii.names_files import NameModel
from curate.pii.names_windows import Windows
from curate.pii.recognizers import LANGUAGE

WINDOW: Final = 50_000
"""Characters of a window, and of all texts that are looked at together: a pipeline needs memory by
length. It sees a few words around each, so that windows make no difference but at their ends."""
OVERLAP: Final = 1_000
TOGETHER: Final = 256
"""Texts that are looked at together; it makes no difference to what is found."""

_RULERS: Final = frozenset({"entity_ruler", "span_ruler"})
_FOR_RULERS: Final = frozenset(
    {"attribute_ruler", "lemmatizer", "morphologizer", "tagger", "trainable_lemmatizer"}
)
_NEVER_NEEDED: Final = frozenset({"entity_linker", "textcat", "textcat_multilabel"})


def spacy_engine(model: NameModel, entities: Sequence[str]) -> Any:
    """Presidio's engine of a pipeline, which gives some entities and no others."""
    others = [label for label, of in entity_labels(model).items() if of not in entities]
    engine = SpacyNlpEngine(
        models=[{"lang_code": LANGUAGE, "model_name": str(model.files.folder)}],
        ner_model_configuration=NerModelConfiguration(labels_to_ignore=others),
    )
    engine.load()
    # The limit is for memory, which windows bound.
    engine.get_nlp(LANGUAGE).max_length = sys.maxsize
    return engine


def spacy_recognizer(entities: Sequence[str]) -> Any:
    """Presidio's recognizer of what a pipeline found."""
    return SpacyRecognizer(supported_language=LANGUAGE, supported_entities=list(entities))


class SpacyNames:
    """Finds names by a pipeline of spaCy."""

    def __init__(self, model: NameModel, entities: Sequence[str]) -> None:
        """Load the pipeline; what does not bear on names is left out of it."""
        self._engine = spacy_engine(model, entities)
        self._recognizer = spacy_recognizer(entities)
        self._entities, self._windows = list(entities), Windows(WINDOW, OVERLAP)
        self.name = SpacyRecognizer.__name__
        nlp = self._engine.get_nlp(LANGUAGE)
        factories = {name: nlp.get_pipe_meta(name).factory for name in nlp.pipe_names}
        unneeded = _NEVER_NEEDED if _RULERS & {*factories.values()} else _NEVER_NEEDED | _FOR_RULERS
        nlp.select_pipes(disable=[name for name, made in factories.items() if made in unneeded])

    def results(self, texts: Sequence[str]) -> list[list[Any]]:
        """Presidio's results in each text."""
        pieces = {piece.text for text in texts for piece in self._windows.chunk(text)}
        told: dict[str, list[Any]] = {}
        for some in _bounded(sorted(pieces, key=lambda piece: (len(piece), piece))):
            for piece, found in self._engine.process_batch(some, LANGUAGE, batch_size=TOGETHER):
                told[piece] = self._recognizer.analyze(piece, self._entities, found)
        return [self._windows.predict_with_chunking(text, told.__getitem__) for text in texts]


def _bounded(pieces: Sequence[str]) -> Iterator[list[str]]:
    """Some of the pieces at a time, in order."""
    some: list[str] = []
    characters = 0
    for piece in pieces:
        if some and (len(some) == TOGETHER or characters + len(piece) > WINDOW):
            yield some
            some, characters = [], 0
        some.append(piece)
        characters += len(piece)
    if some:
        yield some
