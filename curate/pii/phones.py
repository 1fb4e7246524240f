"""Presidio's recognizers of telephone numbers, asked about the stretches that may hold one.

`PhoneRecognizer` lets `phonenumbers` walk through a text once for each region and parse every
figure in it. Here the text is cut at characters that stand in no number, nor in the extension of
one, so that no candidate crosses a cut; each stretch is asked about alone, with the character
before and behind it, and only for regions whose gate it passes.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import regex

from curate.pii.characters import far_digits
from curate.pii.pattern_set import PatternSet
from curate.pii.phone_gate import phone_gate
from curate.pii.widening import either


class PhoneFinder:
    """What one recognizer of telephone numbers finds."""

    def __init__(self, recognizer: Any) -> None:
        """The recognizer may be of several regions."""
        self._whole = recognizer
        regions = tuple(recognizer.supported_regions)
        self._single = [recognizer if len(regions) == 1 else _of(recognizer, r) for r in regions]
        self._gates = PatternSet(either(phone_gate((each,)), far_digits()) for each in regions)

    def analyze(self, text: str, entities: list[str]) -> list[Any]:
        """The results of Presidio's recognizer; no other entities are asked for."""
        from presidio_analyzer import EntityRecognizer, RecognizerResult

        results = []
        for start, stretch in _stretches(text):
            for place in self._gates.places(stretch):
                for result in self._single[place].analyze(stretch, entities):
                    result.start += start
                    result.end += start
                    key = RecognizerResult.RECOGNIZER_IDENTIFIER_KEY
                    result.recognition_metadata[key] = self._whole.id
                    results.append(result)
        kept: list[Any] = EntityRecognizer.remove_duplicates(results)
        return kept


def _of(recognizer: Any, region: str) -> Any:
    return type(recognizer)(
        context=recognizer.context,
        supported_language=recognizer.supported_language,
        supported_regions=(region,),
        leniency=recognizer.leniency,
    )


def _stretches(text: str) -> Iterator[tuple[int, str]]:
    for found in _stretch().finditer(text):
        if any(map(str.isdecimal, found[0])):
            start = max(found.start() - 1, 0)
            yield start, text[start : found.end() + 1]


@cache
def _stretch() -> "regex.Pattern[str]":
    """Any run of the characters a candidate can be made of."""
    from phonenumbers import phonenumbermatcher, phonenumberutil

    # Whatever is written in the pattern of candidates, its own syntax included: a longer stretch
    # is right as well.
    written = {*phonenumbermatcher._PATTERN.pattern, *" \t"} - {"\\"}
    inside = "".join(regex.escape(char, special_only=False) for char in sorted(written))
    punctuation = phonenumberutil._VALID_PUNCTUATION
    return regex.compile(rf"[{punctuation}\d{inside}]++", flags=regex.IGNORECASE)
