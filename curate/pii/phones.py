"""What Presidio's recognizer of telephone numbers finds, for one walk through most texts.

`PhoneRecognizer` lets `phonenumbers` walk through a text once for each region and parse every
digit in it. But where nothing is found, a walk is the same whatever the region: only texts with
something that can be a number are walked through for each.
"""

from collections.abc import Iterator
from typing import Any, Final

from curate.pii.candidates import (
    MOST_TRIES_A_CHARACTER,
    Candidate,
    Number,
    candidates,
    numbers,
    stretch,
)

_MOST_TRIES: Final = 65_535
"""After so many wrong candidates `phonenumbers` gives up on a text."""


class PhoneFinder:
    """What one recognizer of telephone numbers finds."""

    def __init__(self, recognizer: Any) -> None:
        """The recognizer may be of several regions."""
        from phonenumbers import Leniency
        from presidio_analyzer import EntityRecognizer, RecognizerResult
        from presidio_analyzer.predefined_recognizers import PhoneRecognizer

        self._recognizer = recognizer
        self._regions = tuple(recognizer.supported_regions)
        self._takes_valid = recognizer.leniency == Leniency.VALID
        self._takes_all = type(recognizer).analyze is PhoneRecognizer.analyze
        self._make, self._without_duplicates = RecognizerResult, EntityRecognizer.remove_duplicates
        self._who = {
            RecognizerResult.RECOGNIZER_NAME_KEY: recognizer.name,
            RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: recognizer.id,
        }

    def analyze(
        self, text: str, entities: list[str], within: tuple[int, int] | None = None
    ) -> list[Any]:
        """The results of Presidio's recognizer; no other entities are asked for.

        `within` is where the first and the last number may begin, if that is known.
        """
        places = self._places(text, within) if self._takes_valid else None
        if places is None or (places and not self._takes_all):
            whole: list[Any] = self._recognizer.analyze(text, entities)
            return whole
        results = [self._result(*at) for at in places]
        if len(results) > 1:
            results = self._without_duplicates(results)
        return results

    def _places(self, text: str, within: tuple[int, int] | None) -> set[tuple[int, int]] | None:
        """[start, end) of numbers; None for a text that `phonenumbers` may give up on."""
        tries_beside = MOST_TRIES_A_CHARACTER * len(text)
        if within is not None and tries_beside < _MOST_TRIES:
            start, end = stretch(text, *within)
        else:
            start, end, tries_beside = 0, len(text), 0
        walk = _Walk(text, self._regions, end)
        found = {*walk.found(start)}
        if walk.tries + tries_beside <= _MOST_TRIES:
            return found
        return self._places(text, None) if tries_beside else None

    def _result(self, start: int, end: int) -> Any:
        (entity,) = self._recognizer.supported_entities
        score = self._recognizer.SCORE
        who = dict(self._who)
        return self._make(entity, start, end, score, recognition_metadata=who)


class _Walk:
    """A text, walked through for all regions as `PhoneNumberMatcher` does for each."""

    def __init__(self, text: str, regions: tuple[str, ...], end: int) -> None:
        """`end` is where no candidate begins any more."""
        self._text, self._regions, self._end = text, regions, end
        self._seen: dict[int, tuple[Candidate, list[Number]] | None] = {}
        self.tries = 0
        """At most so many for any region so far."""

    def found(self, start: int) -> Iterator[tuple[int, int]]:
        """[start, end) of each number from a place on."""
        pending = [(start, 0, self._regions)]
        while pending:
            place, tries, regions = pending.pop()
            met = self._next(place)
            if met is None:
                self.tries = max(self.tries, tries)
                continue
            candidate, tries = met[0], tries + met[0].tries
            for number in met[1]:
                of = tuple(each for each in regions if each in number.regions)
                if of:
                    yield number.start, number.end
                    pending.append((number.end, tries, of))
                    regions = tuple(each for each in regions if each not in of)
            if regions:
                pending.append((candidate.end, tries, regions))

    def _next(self, place: int) -> tuple[Candidate, list[Number]] | None:
        """The candidate from a place on, and what can be its number."""
        if place not in self._seen:
            met = next(candidates(self._text, place, self._regions), None)
            if met is None or met.start >= self._end:
                self._seen[place] = None
            else:
                self._seen[place] = met, numbers(self._text, met, self._regions)
        return self._seen[place]
