"""Recognizers of a user's own entities, by the rules of a pack of patterns."""

from collections.abc import Sequence
from typing import Any

from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer, RecognizerResult

from curate.patterns.allowed import Allowed
from curate.patterns.entity_rule import EntityRule
from curate.patterns.pack import EntityPack

NEVER = "(?!)"
"""A pattern for Presidio, which asks for one: RE2 looks for the rule's own."""


class OwnRecognizer(PatternRecognizer):
    """What a rule finds, with its score and words, as Presidio has it of its own recognizers."""

    def __init__(self, rule: EntityRule, allowed: Allowed, language: str) -> None:
        """`allowed` is what no rule of the pack finds."""
        super().__init__(
            supported_entity=rule.id,
            name=rule.id,
            supported_language=language,
            patterns=[Pattern(rule.id, NEVER, rule.score)],
            context=list(rule.context),
        )
        self._rule, self._allowed = rule, allowed

    @property
    def gate(self) -> str:
        """A pattern of RE2 that matches wherever something is found."""
        return self._rule.pattern

    def analyze(self, text: str, *_: Any, **__: Any) -> list[RecognizerResult]:
        """The findings in a text; what fulfils a checksum has the score 1."""
        rule = self._rule
        score = rule.score if rule.checksum is None else EntityRecognizer.MAX_SCORE
        explanation = self.build_regex_explanation(
            rule.id, rule.id, rule.pattern, rule.score, rule.checksum is not None, 0
        )
        metadata = {
            RecognizerResult.RECOGNIZER_NAME_KEY: rule.id,
            RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
        }
        found = [
            RecognizerResult(rule.id, start, end, score, explanation, dict(metadata))
            for start, end in rule.places(text, self._allowed)
        ]
        kept: list[RecognizerResult] = EntityRecognizer.remove_duplicates(found)
        return kept


def own_recognizers(pack: EntityPack, entities: Sequence[str], language: str) -> list[Any]:
    """New recognizers of those of some entities that a pack has."""
    return [
        OwnRecognizer(rule, pack.allowed, language) for rule in pack.entities if rule.id in entities
    ]
