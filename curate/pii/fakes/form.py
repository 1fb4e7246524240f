"""The form of a value: its letters and digits, their case and script, and what stands between."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from curate.pii.fakes.draws import Draws

LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
DIGITS: Final = "0123456789"

_BLOCK: Final = 128
"""Code points; scripts with few letters lie in one such stretch, or in few."""

_WIDE: Final = (range(0x4E00, 0x9FA6), range(0xAC00, 0xD7A4))
"""Han characters (those of Unicode 1.1) and syllables of Hangul."""


def bare(text: str) -> str:
    """The letters and digits, in no case.

    >>> bare("GB82 West")
    'gb82west'
    """
    return "".join(filter(str.isalnum, text.casefold()))


def folded(text: str) -> str:
    """A word as it is looked up: in NFKC, in no case, and with one apostrophe.

    >>> folded("O’BRIEN")
    "o'brien"
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return plain.replace("’", "'").replace("ʼ", "'")


def digits_of(text: str) -> str:
    """The decimal digits of any script, as those of ASCII."""
    return "".join(str(unicodedata.decimal(char)) for char in text if char.isdecimal())


def shuffled(draws: "Draws", value: str) -> str:
    """Each letter and digit becomes another of its kind; what stands between them stays."""
    return "".join(other(draws, char) if char.isalnum() else char for char in value)


def other(draws: "Draws", char: str) -> str:
    """A letter or digit of the script and case of one; it may be the same."""
    if char.isdecimal():
        return chr(ord(char) - unicodedata.decimal(char) + draws.below(10))
    if char.isascii():
        letter = draws.one_of(LETTERS)
        return letter.upper() if char.isupper() else letter
    return draws.one_of(_like(char))


@lru_cache(maxsize=4096)
def _like(char: str) -> Sequence[str]:
    point = ord(char)
    for stretch in _WIDE:
        if point in stretch:
            return [chr(each) for each in stretch]
    first = point - point % _BLOCK
    near = map(chr, range(first, first + _BLOCK))
    kind = unicodedata.category(char)
    alike = [each for each in near if each.isalnum() and unicodedata.category(each) == kind]
    return alike if len(alike) > 1 else LETTERS


def poured(form: str, content: str) -> str:
    """Letters and digits in the places, the case and the digits' script of those of a form.

    `content` has as many as the form.

    >>> poured("Ab-12 c", "xyz98")
    'Xy-z9 8'
    """
    following = iter(content)
    return "".join(_as(char, next(following)) if char.isalnum() else char for char in form)


def _as(char: str, new: str) -> str:
    if char.isalpha():
        return new.upper() if char.isupper() else new.lower()
    if char.isdecimal() and new.isdecimal() and not char.isascii():
        return chr(ord(char) - unicodedata.decimal(char) + int(new))
    return new


def cased(form: str, word: str) -> str:
    """A word in capitals or small letters where another is, else as it is.

    >>> cased("JANE", "Mary"), cased("jane", "Mary"), cased("McKay", "Mary")
    ('MARY', 'mary', 'Mary')
    """
    if form.isupper():
        return word.upper()
    return word.lower() if form.islower() else word
