"""The words around a finding, which Presidio raises its score by, without a model."""

import sys
from functools import cache
from typing import Any

from curate.pii.recognizers import LANGUAGE


@cache
def word_engine() -> Any:
    """An engine of Presidio that cuts texts into words by the rules of spaCy.

    A word stands for its own lemma: the lemma of a blank pipeline is empty, so that no word of a
    text would ever count as context.
    """
    import spacy
    from presidio_analyzer.nlp_engine import NlpArtifacts, SlimSpacyNlpEngine

    class WordEngine(SlimSpacyNlpEngine):
        def load(self) -> None:
            blank = spacy.blank(LANGUAGE)
            # The limit is for parsers and recognizers of names, which take memory by length.
            blank.max_length = sys.maxsize
            loaded: Any = {LANGUAGE: blank}
            self.nlp = loaded

        def _doc_to_nlp_artifact(self, doc: Any, language: str) -> NlpArtifacts:
            words, places = [token.text for token in doc], [token.idx for token in doc]
            return NlpArtifacts([], doc, places, words, self, language, [])

    engine = WordEngine()
    engine.load()
    return engine
