"""Presidio's own engine, with the same recognizers, as what ours is measured by."""

from collections.abc import Sequence
from typing import Any

from curate.pii.finder import Finding
from curate.pii.recognizers import LANGUAGE, recognizers
from curate.pii.words import word_engine


def engine(entities: Sequence[str]) -> Any:
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

    registry = RecognizerRegistry(recognizers(entities), supported_languages=[LANGUAGE])
    return AnalyzerEngine(registry=registry, nlp_engine=word_engine())


def told(engine: Any, text: str, entities: Sequence[str], threshold: float) -> list[Finding]:
    """What the engine finds, in its order."""
    found = engine.analyze(text, LANGUAGE, entities=list(entities), score_threshold=threshold)
    return [
        Finding(
            *(one.start, one.end, one.entity_type, float(one.score)),
            one.recognition_metadata["recognizer_name"],
        )
        for one in found
    ]
