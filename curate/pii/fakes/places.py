"""Places and addresses: a country for a country, a town for a town, a number for a number."""

import re
from functools import lru_cache
from typing import Final

from curate.pii.fakes.draws import Draws, Source
from curate.pii.fakes.form import DIGITS, cased, folded, shuffled
from curate.pii.fakes.gazetteer import Gazetteer, gazetteer, street_ending
from curate.pii.fakes.lists import listed
from curate.pii.fakes.names import PARTICLES, name_part
from curate.pii.fakes.scripts import LOCALES, script_of

PLACES: Final = "LOCATION"
"""The entity by which every part of an address is drawn."""

_SEGMENT: Final = re.compile(r"([,;،、，\n|]+)")
_WORD: Final = re.compile(r"(\s+|(?<=[^\W\d_])-(?=[^\W\d_]))")
_ABBREVIATION: Final = 3
"""Letters of the longest name whose capitals do not say that all is written in them."""

_INITIALS: Final = 2
"""Letters of the longest word that is no name."""


def place(source: Source, value: str) -> str:
    """Each part between commas becomes a place of its kind; in a street's also words and numbers.

    A name that no list has becomes a town: in English one that does not exist, made of a last name
    and an ending of towns. A part has one surrogate everywhere under a key.
    """
    return "".join(
        part if place % 2 else _segment(source.key, part)
        for place, part in enumerate(_SEGMENT.split(value))
    )


def _segment(key: bytes, part: str) -> str:
    name = part.strip()
    known = gazetteer(script_of(name))
    if not any(map(str.isalnum, name)):
        return part
    if known is not None and (known.place(name) or not _is_of_address(known, name)):
        made = _place(key, name)
    else:
        made = "".join(
            word if place % 2 else _word(key, word, known)
            for place, word in enumerate(_WORD.split(name))
        )
    return part.replace(name, made, 1)


def _is_of_address(known: Gazetteer, name: str) -> bool:
    """Whether a number or a kind of street stands in a part."""
    words = _WORD.split(name)[::2]
    return any(map(str.isdigit, name)) or any(map(known.is_of_street, words))


def _word(key: bytes, word: str, known: Gazetteer | None) -> str:
    source = Source(key, PLACES)
    letters = "".join(filter(str.isalpha, word))
    if any(map(str.isdecimal, word)):
        made = source.another(folded(word), lambda draws: _numbers(draws, word))
        return word if made is None else made
    ending = street_ending(word)
    if ending and known is not None:
        return name_part(key, word.removesuffix(ending), "last") + ending
    if not letters or known is None:
        return _shuffled(source, word)
    if known.is_of_street(word) or word in PARTICLES:
        return word
    if known.place(word.strip(".")):
        return _place(key, word)
    if len(letters) <= _INITIALS and letters.isascii():
        return _shuffled(source, word)
    return word.replace(letters, name_part(key, letters, "last"), 1)


def _numbers(draws: Draws, word: str) -> str:
    """Digits and letters become others, and a first digit that is not 0 none that is."""
    made = shuffled(draws, word)
    if word[0] in DIGITS[1:] and made[0] == DIGITS[0]:
        made = draws.one_of(DIGITS[1:]) + made[1:]
    return made


def _shuffled(source: Source, word: str) -> str:
    made = source.another(folded(word), lambda draws: shuffled(draws, word))
    return word if made is None else made


def _place(key: bytes, name: str) -> str:
    made = _another(key, folded(name))
    is_short = name.isupper() and sum(map(str.isalpha, name)) <= _ABBREVIATION
    return made if is_short else cased(name, made)


@lru_cache(maxsize=1 << 16)
def _another(key: bytes, plain: str) -> str:
    """Another place than one that is folded."""
    source, script = Source(key, PLACES), script_of(plain)
    known = gazetteer(script)
    assert known is not None
    where = known.place(plain)

    def make(draws: Draws) -> str:
        if where is not None:
            return draws.one_of(known.like(where))
        if script == "LATIN":
            return _invented(draws, known)
        return draws.one_of(known.towns) if known.towns else shuffled(draws, plain)

    return source.another(plain, make) or _shuffled(source, plain)


def _invented(draws: Draws, known: Gazetteer) -> str:
    names = listed("person", LOCALES["LATIN"][0], "last_names")
    return draws.one_of(names) + draws.one_of(known.endings)
