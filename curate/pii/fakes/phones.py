"""Telephone numbers: of the same country, grouped as the value is."""

import re
from typing import Any, Final

from curate.pii.fakes.draws import Draws, Source
from curate.pii.fakes.fiction import fictional
from curate.pii.fakes.form import DIGITS, digits_of, poured

_REGIONS: Final = ("US", "GB", "DE", "FR", "AU", "IE", "SE", "IN", "IL", "CA", "BR", "ES", "IT")
"""Where a number without a country code is taken to be, the first that has such numbers."""


_IN_PAIRS: Final = re.compile(r"0\d(?:[ .-]\d\d){4}")
"""As numbers are written in France."""


def phone(source: Source, value: str) -> str | None:
    """A number reserved for fiction where the country has such, else one of as many digits.

    The national number decides, so that it has the same surrogate with the country code and without
    where it is understood. Outside of fiction the first digit stays, as it mostly tells mobile from
    fixed lines; such a number may be somebody's. None where the value is no number as dialled.
    """
    dialled = digits_of(value)
    number = _parsed(value)
    if number is None:
        return None
    import phonenumbers

    national: str = phonenumbers.national_significant_number(number)
    place = dialled.find(national, 0 if len(dialled) == len(national) else 1)
    place = place if place >= 0 else dialled.find(national)
    if place < 0:
        return None
    ranges = fictional(number)

    def make(draws: Draws) -> str:
        if ranges:
            chosen = draws.one_of(ranges)
            return "".join(draws.one_of(DIGITS) if char == "#" else char for char in chosen)
        return national[0] + draws.several(DIGITS, len(national) - 1)

    made = source.another(national, make)
    if made is None:
        return None
    behind = dialled[place + len(national) :]
    extension = source.draws(f"{national} {behind}").several(DIGITS, len(behind))
    return _poured(value, dialled[:place] + made + extension)


def _poured(value: str, digits: str) -> str:
    """Digits in the place of digits; the letters of "ext." stay."""
    following = iter(digits)
    return "".join(poured(char, next(following)) if char.isdecimal() else char for char in value)


def _parsed(value: str) -> Any:
    """The number as `phonenumbers` has it, in the first region where it is one; None if in none."""
    from phonenumbers import NumberParseException, is_possible_number, is_valid_number, parse

    stripped = value.strip()
    if stripped.startswith("00"):
        stripped = "+" + stripped[2:]
    possible = None
    for region in ("FR", *_REGIONS) if _IN_PAIRS.fullmatch(stripped) else _REGIONS:
        try:
            number = parse(stripped, region)
        except NumberParseException:
            continue
        if is_valid_number(number):
            return number
        if possible is None and is_possible_number(number):
            possible = number
    return possible
