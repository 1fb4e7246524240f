"""Sets of characters, written for RE2 by asking `regex` itself what each of them holds.

The two know different versions of Unicode and fold case differently, so that the same set written
for both would not hold the same characters.
"""

from collections.abc import Iterable
from functools import cache
from typing import Final

import regex

IGNORECASE: Final = int(regex.IGNORECASE)

_MOST_RANGES: Final = 120
"""Sets of more ranges beyond ASCII, such as `\\w`, hold all that is beyond it: RE2 would need
thousands of states for each place where they stand."""
_LAST: Final = 0x10FFFF
_SURROGATES: Final = range(0xD800, 0xE000)
"""Code points that no text holds."""


@cache
def every_character() -> str:
    """All that a text can hold."""
    return "".join(chr(code) for code in range(_LAST + 1) if code not in _SURROGATES)


@cache
def _close_to_ascii() -> str:
    """ASCII, and what is equal to a character of it if case is ignored, such as the Kelvin sign."""
    ascii_ = "".join(map(chr, range(0x80)))
    far = regex.findall(r"[\x00-\x7f]", every_character(), flags=regex.IGNORECASE)
    return "".join(sorted({*ascii_, *far}))


@cache
def character_class(written: str, flags: int) -> str:
    r"""A set of RE2 that holds all that one element of a pattern matches: a set, escape, character.

    >>> character_class("[0-9-]", 0)
    '[\\x{2d}\\x{30}-\\x{39}]'
    >>> character_class("a", 0)
    'a'
    """
    if not flags & IGNORECASE and written.isascii() and written.isalnum():
        return written
    plain = written.isascii() and "\\" not in written and "^" not in written and written != "."
    candidates = _close_to_ascii() if plain else every_character()
    found = regex.findall(written, candidates, flags=flags)
    return class_of(map(ord, found))


@cache
def far_digits() -> str:
    """A set of RE2: the decimal digits beyond ASCII, by `regex` or by Python."""
    return "[" + "".join(_written(low, high) for low, high in _ranges(_far_digits())) + "]"


@cache
def _far_digits() -> frozenset[int]:
    by_regex = set(map(ord, regex.findall(r"\d", every_character())))
    by_python = {code for code in range(0x80, _LAST + 1) if chr(code).isdecimal()}
    return frozenset(code for code in by_regex | by_python if code > 0x7F)


def class_of(codes: Iterable[int]) -> str:
    """A set of RE2 that holds some code points, but not the digits beyond ASCII.

    A text with one of `far_digits` must be let through for itself: with them in every set for a
    digit, an automaton is ten times as large.
    """
    ranges = _ranges(set(codes) - _far_digits())
    beyond = [each for each in ranges if each[1] > 0x7F]
    if len(beyond) > _MOST_RANGES:
        ranges = [(low, min(high, 0x7F)) for low, high in ranges if low <= 0x7F]
        ranges.append((0x80, _LAST))
    if not ranges:
        return r"[^\x00-\x{10ffff}]"
    return "[" + "".join(_written(low, high) for low, high in ranges) + "]"


def _ranges(codes: Iterable[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for code in sorted(set(codes)):
        if found and found[-1][1] == code - 1:
            found[-1] = (found[-1][0], code)
        else:
            found.append((code, code))
    return found


def _written(low: int, high: int) -> str:
    return f"\\x{{{low:x}}}" if low == high else f"\\x{{{low:x}}}-\\x{{{high:x}}}"
