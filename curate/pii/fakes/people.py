"""Names of persons: as many parts, each the same wherever it stands."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from curate.pii.fakes.draws import Source
from curate.pii.fakes.form import folded, other, shuffled
from curate.pii.fakes.names import NAMES, PARTICLES, name_part
from curate.pii.fakes.scripts import UNSPACED, is_of_word, script_of

_WORD: Final = re.compile("a+(?:'a+)*|0+")
_POSSESSIVE: Final = re.compile("['’ʼ][sS]$")

_TITLES: Final = frozenset(
    (
        *("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "doctor", "sir", "lady"),
        *("lord", "rev", "jr", "sr", "ii", "iii", "iv", "phd", "md", "esq", "herr", "frau"),
        *("monsieur", "madame", "mme", "mlle", "señor", "señora", "sra", "srta", "signor"),
        *("signora", "dott", "pan", "pani", "paní", "господин", "госпожа", "доктор", "κύριος"),
        *("κυρία", "السيد", "السيدة", "الدكتور", "מר", "גברת", "श्री", "श्रीमती", "डॉ"),
    )
)


def person(source: Source, value: str) -> str:
    """A name with as many parts: titles and particles stay, initials become other initials.

    A part has one surrogate everywhere under a key, so that who is named by one of his or her names
    later is the same person still. Of two persons with the same surrogate nothing tells: lists have
    hundreds or thousands of names.
    """
    made, position = [], 0
    words = list(_WORD.finditer(_classes(value)))
    is_all_kept = all(_is_kept(value[word.start() : word.end()]) for word in words)
    for word in words:
        part = value[word.start() : word.end()]
        made += [value[position : word.start()]]
        made += [part if _is_kept(part) and not is_all_kept else _part(source.key, part)]
        position = word.end()
    return "".join([*made, value[position:]])


def _part(key: bytes, part: str) -> str:
    if part[0].isdecimal():
        return shuffled(Source(key, NAMES).draws(part), part)
    possessive = _POSSESSIVE.search(part)
    if possessive and possessive.start():
        return _part(key, part[: possessive.start()]) + possessive[0]
    if len(part) == 1 and script_of(part) not in UNSPACED:
        made = Source(key, NAMES).another(folded(part), lambda draws: other(draws, part))
        return part if made is None else made
    return name_part(key, part)


def _is_kept(part: str) -> bool:
    return folded(part) in _TITLES or (part.islower() and part in PARTICLES)


def _classes(value: str) -> str:
    """The value with "a" for what stands in words, "0" for digits and "'" for apostrophes."""
    return "".join(map(_class, value))


@lru_cache(maxsize=4096)
def _class(char: str) -> str:
    if char.isdecimal():
        return "0"
    if is_of_word(char) and unicodedata.category(char) != "Lm":
        return "a"
    return "'" if char in "'’ʼ" else "-"
