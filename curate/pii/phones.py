"""What Presidio's recognizer of telephone numbers finds, for one walk through most texts.

`PhoneRecognizer` lets `phonenumbers` walk through a text once for each region and parse every
digit in it. But where nothing is found, a walk is the same whatever the region: only texts with
something that can be a number are walked through for each.
"""

from collections.abc import Iterator
from typing import Any, Final

from curate.pii.candidates import Candidate, Number, candidates, numbers

_MOST_TRIES: Final = 65_535
"""After so many wrong candidates `phonenumbers` gives up on a text."""


class PhoneFinder:
    """What one recognizer of telephone numbers finds."""

    def __init__(self, recognizer: Any) -> None:
        """The recognizer may be of several regions."""
        from phonenumbers import Leniency
        from presidio_analyzer.predefined_recognizers import PhoneRecognizer

        self._recognizer = recognizer
        self._regions = tuple(recognizer.supported_regions)
        self._takes_valid = recognizer.leniency == Leniency.VALID
        self._takes_all = type(recognizer).analyze is PhoneRecognizer.analyze

    def analyze(self, text: str, entities: list[str]) -> list[Any]:
        """The results of Presidio's recognizer; no other entities are asked for."""
        from presidio_analyzer import EntityRecognizer

        places = self._places(text) if self._takes_valid else None
        if places is None or (places and not self._takes_all):
            whole: list[Any] = self._recognizer.analyze(text, entities)
            return whole
        if not places:
            return []
        kept: list[Any] = EntityRecognizer.remove_duplicates([self._result(*at) for at in places])
        return kept

    def _places(self, text: str) -> list[tuple[int, int]] | None:
        """[start, end) of numbers; None for a text that `phonenumbers` may give up on."""
        read, tries = False, 0
        for candidate in candidates(text, 0, self._regions):
            read = read or bool(candidate.readings)
            tries += candidate.tries
        if tries > _MOST_TRIES:
            return None
        if not read:
            return []
        walk = _Walk(text, self._regions)
        found = [place for region in self._regions for place in walk.found(region)]
        return None if walk.tries > _MOST_TRIES else list(dict.fromkeys(found))

    def _result(self, start: int, end: int) -> Any:
        from presidio_analyzer import RecognizerResult

        who = {
            RecognizerResult.RECOGNIZER_NAME_KEY: self._recognizer.name,
            RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self._recognizer.id,
        }
        (entity,) = self._recognizer.supported_entities
        score = self._recognizer.SCORE
        return RecognizerResult(entity, start, end, score, recognition_metadata=who)


class _Walk:
    """A text, walked through for one region after the other as `PhoneNumberMatcher` does."""

    def __init__(self, text: str, regions: tuple[str, ...]) -> None:
        self._text, self._regions = text, regions
        self._seen: dict[int, tuple[Candidate, list[Number]] | None] = {}
        self.tries = 0
        """At most so many for any region so far."""

    def found(self, region: str) -> Iterator[tuple[int, int]]:
        """[start, end) of each number."""
        place = tries = 0
        while met := self._next(place):
            candidate, numbers_in_it = met
            number = next((each for each in numbers_in_it if region in each.regions), None)
            if number is not None:
                yield number.start, number.end
            place = candidate.end if number is None else number.end
            tries += candidate.tries
        self.tries = max(self.tries, tries)

    def _next(self, place: int) -> tuple[Candidate, list[Number]] | None:
        """The candidate from a place on, and what can be its number."""
        if place not in self._seen:
            met = next(candidates(self._text, place, self._regions), None)
            self._seen[place] = met and (met, numbers(self._text, met) if met.readings else [])
        return self._seen[place]
