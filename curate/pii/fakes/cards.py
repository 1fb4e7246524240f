"""Numbers of payment cards and bank accounts, with their check digits right."""

import re
from typing import Final

from curate.pii.fakes.draws import Draws, Source
from curate.pii.fakes.form import DIGITS, digits_of, poured, shuffled

_FEWEST: Final = 8
"""Digits of the shortest number in ISO/IEC 7812-1."""

_BRAND_DIGITS: Final = {
    "4": 1,
    **dict.fromkeys(("22", "23", "24", "25", "26", "27", "35", "60"), 4),
    **dict.fromkeys(("30", "64"), 3),
}
"""How many digits tell the brand, by those that a number begins with: of most, two."""

_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}", re.ASCII)


def card(source: Source, value: str) -> str | None:
    """A number of the same brand and length whose check digit is right (ISO/IEC 7812-1, annex B).

    No range of numbers is reserved for tests by the standard or by all brands, so that a surrogate
    may be somebody's number. None where the value has other characters than digits.
    """
    number = digits_of(value)
    if len(number) < _FEWEST or any(char.isalpha() for char in value):
        return None
    kept = number[: _BRAND_DIGITS.get(number[0], _BRAND_DIGITS.get(number[:2], 2))]

    def make(draws: Draws) -> str:
        body = kept + draws.several(DIGITS, len(number) - len(kept) - 1)
        return f"{body}{_luhn_digit(body)}"

    made = source.another(number, make)
    return None if made is None else poured(value, made)


def _luhn_digit(body: str) -> int:
    """What must stand behind some digits for all of them to fulfil the Luhn formula.

    >>> _luhn_digit("401288888888188")
    1
    """
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in body[::-2])
    return -(doubled + sum(map(int, body[-2::-2]))) % 10


def iban(source: Source, value: str) -> str | None:
    """An account of the same country, by the form of the value, with check digits (ISO 13616).

    Check digits that single countries have within the account's number do not hold. None where the
    value has not the form of an IBAN.
    """
    number = "".join(filter(str.isalnum, value)).upper()
    if not _IBAN.fullmatch(number):
        return None
    country = number[:2]

    def make(draws: Draws) -> str:
        account = shuffled(draws, number[4:])
        rest = int("".join(str(int(char, 36)) for char in f"{account}{country}00")) % 97
        return f"{country}{98 - rest:02d}{account}"

    made = source.another(number, make)
    return None if made is None else poured(value, made)
