"""Presidio's own recognizers of names, as they come, to hold findings beside."""

from collections.abc import Iterator, Sequence
from typing import Any

from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

from curate.pii.names_files import NameModel
from curate.pii.recognizers import LANGUAGE
from curate.pii.words import word_engine


def name_recognizer(model: NameModel, entities: Sequence[str], threshold: float) -> Any:
    """Presidio's recognizer for a model of this kind; that of spaCy reads what `with_names` finds.

    What is below `threshold` is no answer of the model.
    """
    if model.kind == "spacy":
        from curate.pii.names_spacy import spacy_recognizer

        return spacy_recognizer(entities)
    if model.kind == "transformers":
        from presidio_analyzer.predefined_recognizers import HuggingFaceNerRecognizer

        from curate.pii.lightly import give_transformers
        from curate.pii.names_transformers import transformers_settings

        give_transformers()
        return HuggingFaceNerRecognizer(**transformers_settings(model, threshold))
    from presidio_analyzer.predefined_recognizers import GLiNERRecognizer

    from curate.pii.names_gliner import gliner_settings

    return GLiNERRecognizer(**gliner_settings(model, entities, threshold))


def with_names(model: NameModel, entities: Sequence[str]) -> Any:
    """An engine with the words of the blank pipeline, and the names that a pipeline of spaCy finds.

    Of other kinds the recognizer itself runs the model.
    """
    if model.kind != "spacy":
        return word_engine()
    from curate.pii.names_spacy import spacy_engine

    return _WordsAndNames(spacy_engine(model, entities))


class _WordsAndNames(NlpEngine):
    """Presidio's `SpacyNlpEngine` for the names, and words as all patterns are supported by."""

    engine_name = "words_and_names"
    is_available = True

    def __init__(self, names: Any) -> None:
        self._names, self._words = names, word_engine()

    def load(self) -> None:
        """Both are loaded."""

    def is_loaded(self) -> bool:
        return True

    def process_text(self, text: str, language: str) -> Any:
        return self._both(text, self._names.process_text(text, language), language)

    def process_batch(
        self, texts: Any, language: str, batch_size: int = 1, n_process: int = 1, **settings: Any
    ) -> Iterator[tuple[str, Any]]:
        for text, found in self._names.process_batch(
            texts, language, batch_size, n_process, **settings
        ):
            yield text, self._both(text, found, language)

    def _both(self, text: str, found: Any, language: str) -> Any:
        words = self._words.process_text(text, language)
        return NlpArtifacts(
            *(found.entities, words.tokens, words.tokens_indices, words.lemmas),
            *(self._words, language, found.scores),
        )

    def is_stopword(self, word: str, language: str) -> bool:
        return bool(self._words.is_stopword(word, language))

    def is_punct(self, word: str, language: str) -> bool:
        return bool(self._words.is_punct(word, language))

    def get_supported_entities(self) -> list[str]:
        return list(self._names.get_supported_entities())

    def get_supported_languages(self) -> list[str]:
        return [LANGUAGE]
