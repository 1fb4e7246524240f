"""What Presidio finds in texts, as its `AnalyzerEngine` would tell it, at a fraction of the cost.

Only texts that pass the gate are looked at, and only by the recognizers of the entities they may
hold. Scores are raised by words before a finding, results below the threshold are left out, and so
are those within another of the same entity, as Presidio does.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import pyarrow as pa

from curate.pii.context import Words
from curate.pii.finding import Finding as Finding
from curate.pii.gate import Gate
from curate.pii.phones import PhoneFinder
from curate.pii.recognizers import DEFAULT_THRESHOLD, known_entities, recognizers


class Finder:
    """Finds some entities whose score reaches a threshold."""

    def __init__(
        self, entities: Sequence[str], threshold: float = DEFAULT_THRESHOLD, pack: bytes = b""
    ) -> None:
        """`pack` as of `recognizers`. Raises `MissingExtraError` without Presidio."""
        known_entities()  # imports Presidio as lightly as can be
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

        asked = {name: self._recognizers[name] for name in entities}
        askable = [(self._phones.get(name, each), name) for name, each in asked.items()]
        results = [one for each, name in askable for one in each.analyze(text, [name])]
        if not results:
            return []
        self._raise_scores(Words(text), results, list(asked.values()))
        likely = [result for result in results if result.score >= self._threshold]
        kept = EntityRecognizer.remove_duplicates(likely)
        return [
            Finding(one.start, one.end, one.entity_type, float(one.score), _detector(one))
            for one in kept
        ]

    def _raise_scores(self, words: Words, results: list[Any], asked: list[Any]) -> None:
        """Raise the scores that words around them speak for, as Presidio's enhancer does."""
        from presidio_analyzer import EntityRecognizer, RecognizerResult

        how, by_id = self._enhancer, {each.id: each for each in asked}
        for result in results:
            of = result.recognition_metadata
            recognizer = by_id[of[RecognizerResult.RECOGNIZER_IDENTIFIER_KEY]]
            is_raised = of.get(RecognizerResult.IS_SCORE_ENHANCED_BY_CONTEXT_KEY)
            if not recognizer.context or is_raised or result.score >= EntityRecognizer.MAX_SCORE:
                continue
            around = (result.start, how.context_prefix_count, how.context_suffix_count)
            parts = map(str.lower, recognizer.context)
            if words.may_support(*around, parts) and words.support(
                *around, partial(self._speak, recognizer.context)
            ):
                raised = result.score + how.context_similarity_factor
                least = max(raised, how.min_score_with_context_similarity)
                result.score = min(least, EntityRecognizer.MAX_SCORE)

    def _speak(self, context: list[str], words: list[str]) -> bool:
        how = self._enhancer
        mode = how.context_matching_mode
        return bool(how._find_supportive_word_in_context(words, context, mode))


def _detector(result: Any) -> str:
    told = result.recognition_metadata or {}
    return str(told.get("recognizer_name", ""))
