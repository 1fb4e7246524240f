"""Presidio's own engine with the same recognizers, to hold findings beside."""

from collections.abc import Iterator, Sequence
from typing import Any

from curate.pii.finding import Finding
from curate.pii.names_files import NameModel
from curate.pii.recognizers import LANGUAGE, recognizers
from curate.pii.words import word_engine


def batch_engine(
    entities: Sequence[str],
    pack: bytes = b"",
    names: NameModel | None = None,
    named: Sequence[str] = (),
    threshold: float = 0.0,
) -> Any:
    """A `BatchAnalyzerEngine` on the blank pipeline; `pack` as of `recognizers`.

    With a model it finds the entities `named` too, by Presidio's recognizer of that kind.
    """
    from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine, RecognizerRegistry

    made, engine = recognizers(entities, pack), word_engine()
    if names is not None:
        from curate.pii.names_beside import name_recognizer, with_names

        made.append(name_recognizer(names, named, threshold))
        engine = with_names(names, named)
    registry = RecognizerRegistry(made, supported_languages=[LANGUAGE])
    return BatchAnalyzerEngine(AnalyzerEngine(registry=registry, nlp_engine=engine))


def findings_beside(
    engine: Any, texts: Sequence[str], entities: Sequence[str], threshold: float
) -> Iterator[list[Finding]]:
    """What it finds in each text, in its own order."""
    told = engine.analyze_iterator(
        texts, LANGUAGE, entities=list(entities), score_threshold=threshold
    )
    for each in told:
        yield [
            Finding(
                *(one.start, one.end, one.entity_type, float(one.score)),
                one.recognition_metadata["recognizer_name"],
            )
            for one in each
        ]
