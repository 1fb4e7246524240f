"""What Presidio finds in texts, as its `AnalyzerEngine` would tell it, at a fraction of the cost.

Only texts that pass the gate are looked at, and only by the recognizers of the entities they may
hold. Scores are raised by words before a finding, results below the threshold are left out, and so
are those within another of the same entity, all by Presidio's own code.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from curate.pii.finding import Finding as Finding
from curate.pii.gate import Gate
from curate.pii.phones import PhoneFinder
from curate.pii.recognizers import DEFAULT_THRESHOLD, LANGUAGE, recognizers
from curate.pii.words import word_engine


class Finder:
    """Finds some entities whose score reaches a threshold."""

    def __init__(
        self, entities: Sequence[str], threshold: float = DEFAULT_THRESHOLD, pack: bytes = b""
    ) -> None:
        """`pack` as of `recognizers`. Raises `MissingExtraError` without Presidio."""
        from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer

        self._gate, self._threshold = Gate(entities, pack), threshold
        made = recognizers(entities, pack)
        self._recognizers = {each.supported_entities[0]: each for each in made}
        self._phones = {
            name: PhoneFinder(each)
            for name, each in self._recognizers.items()
            if hasattr(each, "supported_regions")
        }
        self._enhancer = LemmaContextAwareEnhancer()

    def find(self, texts: pa.StringArray) -> Iterator[tuple[int, str, list[Finding]]]:
        """The rows where something is found, ascending, each with its text and the findings.

        Findings stand by score, the highest first, then by place; those of different entities may
        overlap.
        """
        for row, entities in self._gate.passing(texts):
            text = texts[row].as_py()
            if found := self._found(text, entities):
                yield row, text, found

    def _found(self, text: str, entities: Sequence[str]) -> list[Finding]:
        from presidio_analyzer import EntityRecognizer

        asked = [self._recognizers[entity] for entity in entities]
        askable = [(self._phones.get(name, self._recognizers[name]), name) for name in entities]
        results = [one for each, name in askable for one in each.analyze(text, [name])]
        if any(result.score < EntityRecognizer.MAX_SCORE for result in results):
            results = self._supported(text, results, asked)
        likely = [result for result in results if result.score >= self._threshold]
        kept = EntityRecognizer.remove_duplicates(likely)
        return [
            Finding(one.start, one.end, one.entity_type, float(one.score), _detector(one))
            for one in kept
        ]

    def _supported(self, text: str, results: list[Any], asked: list[Any]) -> list[Any]:
        """The results with scores that words before them raise."""
        words = word_engine().process_text(text, LANGUAGE)
        raised: list[Any] = self._enhancer.enhance_using_context(text, results, words, asked)
        return raised


def _detector(result: Any) -> str:
    told = result.recognition_metadata or {}
    return str(told.get("recognizer_name", ""))
