"""What a place is: a country, a part of one, or a town, and in which list it stands."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, Literal, NamedTuple

from curate.pii.fakes.form import folded
from curate.pii.fakes.lists import listed
from curate.pii.fakes.scripts import LOCALES, script_of

Level = Literal["country", "region", "abbreviation", "town"]

_ATTRIBUTES: Final[Mapping[Level, tuple[str, ...]]] = {
    "country": ("countries",),
    "town": ("cities", "city_names", "real_city_names", "municipalities"),
    "region": ("states", "provinces", "counties", "regions"),
    "abbreviation": ("states_abbr", "provinces_abbr"),
}
"""Of names that stand for several the first counts, as Luxembourg for the country."""

_ALIASES: Final = ("us", "u.s.", "usa", "u.s.a.", "uk", "u.k.", "america", "england", "scotland")
"""Countries by names that Faker does not list."""

_STREETS: Final = (
    *("street_suffixes", "street_suffixes_long", "street_suffixes_short"),
    *("street_prefixes", "street_prefixes_long", "street_prefixes_short"),
)
_SHORT_STREETS: Final = (
    "st",
    "ave",
    "av",
    "rd",
    "blvd",
    "dr",
    "ln",
    "ct",
    "hwy",
    "pl",
    "sq",
    "str",
)
_GLUED_STREETS: Final = re.compile(
    r"(?i)(?<=\w\w)(?:straße|strasse|str\.?|weg|platz|allee|gasse|straat|laan|plein|gatan|vägen"
    r"|gade|vej|gata|veien|katu|tie)$"
)
"""Ends of words in the languages that write street and name as one."""

_UNITS: Final = ("apt", "apartment", "suite", "unit", "floor", "flat", "box", "po", "no", "room")
_MORE_LOCALES: Final = ("en", "en_AU", "en_CA", "es", "es_AR", "fr_CH", "nl_BE", "pt_PT", "th")


class Place(NamedTuple):
    """Where a name is listed."""

    locale: str
    level: Level


class Gazetteer:
    """The places of a script."""

    def __init__(self, script: str) -> None:
        """Raises `MissingExtraError` without Faker."""
        locales = (*LOCALES[script], *(each for each in _MORE_LOCALES if script == "LATIN"))
        self._lists: dict[Place, tuple[str, ...]] = {}
        self._known: dict[str, Place] = {}
        for level, attributes in _ATTRIBUTES.items():
            for locale in locales:
                place, names = Place(locale, level), listed("address", locale, *attributes)
                self._lists[place] = tuple(name for name in names if script_of(name) == script)
                for name in self._lists[place]:
                    self._known.setdefault(folded(name), place)
        if script == "LATIN":
            for alias in _ALIASES:
                self._known[alias] = Place(locales[0], "country")
        self._streets = _words_of(locales, _STREETS)
        self._towns = next(
            (names for (_, level), names in self._lists.items() if level == "town" and names), ()
        )
        self.endings = listed("address", locales[0], "city_suffixes")

    def place(self, name: str) -> Place | None:
        """Where a name stands in the lists; None where it does not."""
        return self._known.get(folded(name))

    def like(self, place: Place) -> Sequence[str]:
        """The names of the list that a place is in."""
        return self._lists[place]

    @property
    def towns(self) -> Sequence[str]:
        """Towns of the first locale that has any, for a place that no list has."""
        return self._towns

    def is_of_street(self, word: str) -> bool:
        """Whether a word says what kind of street or dwelling it is."""
        plain = folded(word).rstrip(".")
        return (
            bool(street_ending(word))
            or plain in self._streets
            or plain in _SHORT_STREETS
            or plain in _UNITS
        )


def street_ending(word: str) -> str:
    """What stands for the street in a word that has its name too; else nothing.

    >>> street_ending("Hauptstraße"), street_ending("Street")
    ('straße', '')
    """
    found = _GLUED_STREETS.search(word)
    return found[0] if found else ""


@cache
def gazetteer(script: str) -> Gazetteer | None:
    """The places of a script; None where Faker has none."""
    return Gazetteer(script) if script in LOCALES else None


def _words_of(locales: Sequence[str], attributes: Sequence[str]) -> frozenset[str]:
    entries = (entry for locale in locales for entry in listed("address", locale, *attributes))
    return frozenset(folded(entry).rstrip(".") for entry in entries if " " not in entry)
