"""What `phonenumbers` tries to read as a number in a candidate: all of it, or a part between signs.

A candidate is a stretch of digits and punctuation in a text. What is tried does not depend on the
region, and so depends on the candidate alone, but for the characters beside it.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

import regex

from curate.pii.characters import every_character
from curate.pii.dialling import dialled_from, fewest_digits
from curate.pii.kept import kept
from curate.pii.widening import elements

_REMEMBERED: Final = 1 << 14
_TRIES_AT_SIGN: Final = 4
"""A sign is where at most two of the patterns that take candidates apart can match; each counts a
try for the part behind it, and one for what stands before its first match."""
MOST_TRIES_A_CHARACTER: Final = 1 + _TRIES_AT_SIGN
"""In a text without numbers."""
_DIGIT: Final = re.compile(r"\d")


class Number(NamedTuple):
    """What can be a telephone number, by its place: [start, end)."""

    start: int
    end: int
    regions: tuple[str, ...]
    """From which it can be dialled as it is written."""


class Candidate(NamedTuple):
    """A candidate, at its place in a text."""

    start: int
    end: int
    """Where the next one is looked for if nothing is found in it."""
    parts: tuple[tuple[int, str], ...]
    """What may be its number, each with its place from the start on, the best first."""
    tries: int
    """At most so many does `phonenumbers` count for it."""


def candidates(text: str, place: int, regions: tuple[str, ...]) -> Iterator[Candidate]:
    """The candidates from a place on, as `PhoneNumberMatcher` meets them if it finds nothing."""
    pattern, most_before = _pattern()
    while digit := _DIGIT.search(text, place):
        found = pattern.search(text, max(place, digit.start() - most_before))
        if found is None:
            return
        length, parts, tries = _taken_apart(found[0], fewest_digits(regions))
        start = found.start()
        place = start + length
        yield Candidate(start, place, parts, tries)


def stretch(text: str, first: int, last: int) -> tuple[int, int]:
    """[start, end) of the longest stretch with two places that candidates may lie in.

    Beside it stands what is in no candidate, so that those before and behind do not matter.
    """
    characters = _characters()
    while first > 0 and text[first - 1] in characters:
        first -= 1
    while last < len(text) and text[last] in characters:
        last += 1
    return first, last


@cache
def _characters() -> frozenset[str]:
    """All that candidates may hold."""
    return frozenset(map(chr, map(int, kept("candidates", _listed).split())))


def _listed() -> str:
    pattern, _ = _pattern()
    sets = "|".join(f"(?:{each})" for each in elements(pattern.pattern))
    found = regex.findall(sets, every_character(), pattern.flags & re.IGNORECASE)
    return " ".join(str(ord(each)) for each in found)


@cache
def _pattern() -> tuple["re.Pattern[str]", int]:
    """That of candidates, and the most characters of one before its first digit."""
    from phonenumbers import phonenumbermatcher

    signs, leads = (
        int(limit.strip("{}").partition(",")[2])
        for limit in (phonenumbermatcher._PUNCTUATION_LIMIT, phonenumbermatcher._LEAD_LIMIT)
    )
    return phonenumbermatcher._PATTERN, leads * (1 + signs)


def numbers(text: str, candidate: Candidate, regions: tuple[str, ...]) -> list[Number]:
    """The first number of a candidate for each of some regions, by its place in the text."""
    from phonenumbers import phonenumbermatcher

    if not candidate.parts:
        return []
    start, end = candidate.start, candidate.end
    time = phonenumbermatcher._TIME_STAMPS.search(text[start:end])
    if time and phonenumbermatcher._TIME_STAMPS_SUFFIX.match(text, end):
        return []
    found = []
    for place, part in candidate.parts:
        first, last = start + place, start + place + len(part)
        if _stands_free(text, first, last) and (dialled := _read(part, regions)):
            found.append(Number(first, last, dialled))
            regions = tuple(each for each in regions if each not in dialled)
            if not regions:
                break
    return found


def _stands_free(text: str, start: int, end: int) -> bool:
    """Whether no letter, percent or currency sign stands beside a number."""
    from phonenumbers import phonenumbermatcher

    leads = phonenumbermatcher._LEAD_PATTERN.match(text, start)
    before = text[start - 1 : start] if start and not leads else ""
    return not any(map(_ties, before + text[end : end + 1]))


@lru_cache(_REMEMBERED)
def _ties(char: str) -> bool:
    from phonenumbers import PhoneNumberMatcher

    matcher: Any = PhoneNumberMatcher
    return bool(matcher._is_invalid_punctuation_symbol(char) or matcher._is_latin_letter(char))


@lru_cache(_REMEMBERED)
def _taken_apart(written: str, fewest: int) -> tuple[int, tuple[tuple[int, str], ...], int]:
    """The length of a candidate without a second number, its parts, and its tries.

    With less than the fewest digits it has no part.
    """
    from phonenumbers import phonenumberutil

    if second := phonenumberutil._SECOND_NUMBER_START_PATTERN.search(written):
        written = written[: second.start()]
    digits = _digits(written)
    tries = 1 + _TRIES_AT_SIGN * (len(written) - len(digits))
    # In a number with three letters they stand for digits.
    can_be = len(digits) >= fewest or any(map(str.isalpha, written))
    return len(written), tuple(_parts(written)) if can_be else (), tries


def _read(part: str, regions: tuple[str, ...]) -> tuple[str, ...]:
    """The regions from which a part is a number."""
    from phonenumbers import phonenumbermatcher

    dialled = dialled_from(part, _digits(part), regions)
    is_one = (
        dialled
        and phonenumbermatcher._MATCHING_BRACKETS.fullmatch(part)
        and not phonenumbermatcher._PUB_PAGES.search(part)
    )
    return dialled if is_one else ()


def _digits(written: str) -> str:
    return "".join(filter(str.isdecimal, written))


def _parts(written: str) -> Sequence[tuple[int, str]]:
    """Whatever `phonenumbers` tries to read in a candidate, in its order, each with its start."""
    if written.isdecimal():
        return [(0, written)]
    matcher = _collector()(written, None)
    matcher._extract_match(written, 0)
    found: list[tuple[int, str]] = matcher.parts
    return found


@cache
def _collector() -> Any:
    from phonenumbers import PhoneNumberMatcher

    matcher: Any = PhoneNumberMatcher

    # The package has no types, and is Any where its stubs are not installed.
    class Collector(matcher):  # type: ignore[misc]
        """Takes candidates apart as its parent does, and reads nothing."""

        def __init__(self, text: str, region: None) -> None:
            super().__init__(text, region)
            self.parts: list[tuple[int, str]] = []

        def _parse_and_verify(self, candidate: str, offset: int) -> None:
            self.parts.append((offset, candidate))

    return Collector
