"""A part of a name becomes another, the same wherever that part stands."""

from functools import lru_cache
from typing import Final

from curate.pii.fakes.draws import Draws, Source
from curate.pii.fakes.form import cased, folded, shuffled
from curate.pii.fakes.lexicon import Role, lexicon
from curate.pii.fakes.scripts import UNSPACED, script_of

NAMES: Final = "PERSON"
"""The entity by which every part of a name is drawn, so that it is the same in mail addresses."""

PARTICLES: Final = frozenset(
    (
        *("von", "van", "der", "den", "de", "del", "della", "di", "da", "do", "dos", "das", "du"),
        *("la", "le", "zu", "zum", "zur", "ter", "ten", "bin", "ibn", "bint", "al", "el", "y", "e"),
        *("af", "av", "of", "the", "on", "in", "upon", "and", "und", "et"),
    )
)
"""Words in small letters that stand in many names of persons and places."""

_HONORIFICS: Final = (
    "先生",
    "女士",
    "小姐",
    "さん",
    "さま",
    "ちゃん",
    "くん",
    "様",
    "氏",
    "君",
    "씨",
    "님",
)
_LONGEST_FAMILY_NAME: Final = 3
"""Characters."""


def name_part(key: bytes, word: str, role: Role | None = None) -> str:
    """Another name of the script, locale, role and gender of a word; letters where none is known.

    `role` is that of the word, where it is known better than by the lists.
    """
    if script_of(word) in UNSPACED:
        return _unspaced(key, word)
    return cased(word, _another(key, folded(word), role, 0))


def _unspaced(key: bytes, word: str) -> str:
    """Of a family name and a given name without a space between them: each becomes another."""
    bare = word
    for honorific in _HONORIFICS:
        if len(word) > len(honorific):
            bare = bare.removesuffix(honorific) or bare
    family = _family_name(bare)
    given = bare[len(family) :]
    made = _another(key, folded(family), "last", 0) if family else ""
    if given:
        made += _another(key, folded(given), "first", len(given))
    return made + word[len(bare) :]


def _family_name(word: str) -> str:
    """The longest family name that a word begins with; nothing where it is a given name."""
    known = lexicon(script_of(word))
    if known is None or known.has(word, "last"):
        return word
    if known.has(word, "first"):
        return ""
    for length in range(min(_LONGEST_FAMILY_NAME, len(word) - 1), 0, -1):
        if known.has(word[:length], "last"):
            return word[:length]
    return ""


@lru_cache(maxsize=1 << 16)
def _another(key: bytes, plain: str, role: Role | None, length: int) -> str:
    """Another name than one that is folded: of so many characters where there are such, if any."""
    source = Source(key, NAMES)
    known = lexicon(script_of(plain))
    if known is not None:
        kind = known.kind(plain, role)
        options = known.like(kind)
        if length:
            options = [name for name in options if len(name) == length] or options
        made = source.another(plain, lambda draws: draws.one_of(options))
        if made is not None:
            return made
    made = source.another(plain, lambda draws: _letters(draws, plain))
    return plain if made is None else made


def _letters(draws: Draws, plain: str) -> str:
    made = shuffled(draws, plain)
    return made[:1].upper() + made[1:]
