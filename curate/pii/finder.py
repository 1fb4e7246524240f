"""What Presidio finds in texts, as its `AnalyzerEngine` would tell it, at a fraction of the cost.

Only texts that pass the gate are looked at, and only by the recognizers of the entities they may
hold. Scores are raised by words before a finding, results below the threshold are left out, and so
are those within another of the same entity, as Presidio does.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final

import pyarrow as pa

from curate.pii.context import Words
from curate.pii.finding import Finding as Finding
from curate.pii.gate import Gate, Passing, entity_gate
from curate.pii.phones import PhoneFinder
from curate.pii.recognizers import DEFAULT_THRESHOLD, known_entities, recognizers
from curate.pii.stretches import StretchFinder

_IS_RAISED: Final = "is_score_enhanced_by_context"
"""What Presidio calls in its results that words around it have raised the score already."""


class Finder:
    """Finds some entities whose score reaches a threshold."""

    def __init__(
        self, entities: Sequence[str], threshold: float = DEFAULT_THRESHOLD, pack: bytes = b""
    ) -> None:
        """`pack` as of `recognizers`. Raises `MissingExtraError` without Presidio."""
        known_entities()  # imports Presidio as lightly as can be
        from presidio_analyzer import EntityRecognizer
        from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer

        self._gate, self._threshold = Gate(entities, pack), threshold
        self._recognizers = {
            each.supported_entities[0]: each for each in recognizers(entities, pack)
        }
        self._finders = {
            name: PhoneFinder(each)
            if hasattr(each, "supported_regions")
            else StretchFinder(each, entity_gate(name, pack))
            for name, each in self._recognizers.items()
        }
        self._enhancer, self._kind = LemmaContextAwareEnhancer(), EntityRecognizer

    def find(self, texts: pa.StringArray) -> Iterator[tuple[int, str, list[Finding]]]:
        """The rows where something is found, ascending, each with its text and the findings.

        Findings stand by score, the highest first, then by place; those of different entities may
        overlap.
        """
        for one in self._gate.passing(texts):
            text = one.raw.decode()
            if found := self._found(text, one):
                yield one.row, text, found

    def _found(self, text: str, passing: Passing) -> list[Finding]:
        results: list[Any] = []
        for name in passing.entities:
            finder = self._finders[name]
            if isinstance(finder, PhoneFinder):
                results += finder.analyze(text, [name], passing.within(name, text))
            else:
                results += finder.analyze(text, passing.raw, name)
        if not results:
            return []
        self._raise_scores(Words(text), results)
        kept = [result for result in results if result.score >= self._threshold]
        if len(kept) > 1 or not all(result.score for result in kept):
            kept = self._kind.remove_duplicates(kept)
        return [
            Finding(one.start, one.end, one.entity_type, float(one.score), _detector(one))
            for one in kept
        ]

    def _raise_scores(self, words: Words, results: list[Any]) -> None:
        """Raise the scores that words around them speak for, as Presidio's enhancer does."""
        how, most = self._enhancer, self._kind.MAX_SCORE
        for result in results:
            if result.score >= most or result.recognition_metadata.get(_IS_RAISED):
                continue
            context = self._recognizers[result.entity_type].context
            around = (result.start, how.context_prefix_count, how.context_suffix_count)
            if (
                context
                and words.may_support(*around, map(str.lower, context))
                and words.support(*around, partial(self._speak, context))
            ):
                raised = result.score + how.context_similarity_factor
                least = max(raised, how.min_score_with_context_similarity)
                result.score = min(least, most)

    def _speak(self, context: list[str], words: list[str]) -> bool:
        how = self._enhancer
        mode = how.context_matching_mode
        return bool(how._find_supportive_word_in_context(words, context, mode))


def _detector(result: Any) -> str:
    told = result.recognition_metadata or {}
    return str(told.get("recognizer_name", ""))
