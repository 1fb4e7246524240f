"""A pattern of RE2 that matches wherever `phonenumbers` may find a number.

`PhoneNumberMatcher` reads digits with punctuation between them and asks whether they are a valid
number, dialled from a region. There are three ways to be one: its digits end in a number of the
region, or of another with the same calling code; or it begins with a plus sign; or with the
region's international prefix. The last two may name any country.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

from curate.pii.characters import IGNORECASE, character_class, class_of
from curate.pii.widening import either, rewritten

_PLUS: Final = "[+\N{FULLWIDTH PLUS SIGN}]"
_NINE: Final = "xX"
"""They are punctuation, and in a number with three letters also the digit on their key."""


def phone_gate(regions: Sequence[str]) -> str:
    """The pattern for numbers dialled from some regions, by their two letters."""
    from phonenumbers import PhoneMetadata, region_codes_for_country_code

    metadata: Any = PhoneMetadata.metadata_for_region
    any_digit = _digit(r"\d")
    international = f"(?:{any_digit}){{{shortest_international()}}}"
    found = {f"{_PLUS}{_lead()}*{international}"}
    for region in regions:
        own = metadata(region)
        found.add(rewritten(own.international_prefix, _digit) + international)
        for each in region_codes_for_country_code(own.country_code):
            numbers = metadata(each).general_desc
            found.add(rewritten(numbers.national_number_pattern, _digit))
    return either(*sorted(found))


@cache
def _digit(written: str) -> str:
    """A digit of a number, in any script, with the punctuation behind it."""
    wanted = {str(value) for value in range(10) if re.fullmatch(written, str(value))}
    values = ((char, str(unicodedata.digit(char, -1))) for char in _digits())
    codes = [ord(char) for char, value in values if value in wanted]
    return class_of(codes + [ord(char) for char in _NINE if "9" in wanted]) + _filler() + "*"


@cache
def _digits() -> str:
    return "".join(char for code in range(0x110000) if (char := chr(code)).isdecimal())


@cache
def _filler() -> str:
    """What `phonenumbers` takes for punctuation within a number."""
    from phonenumbers import phonenumberutil

    return character_class(f"[{phonenumberutil._VALID_PUNCTUATION}]", IGNORECASE)


def _lead() -> str:
    from phonenumbers import phonenumberutil

    return character_class(f"[{phonenumberutil._VALID_PUNCTUATION}(\\[（［+＋]", IGNORECASE)


@cache
def shortest_international() -> int:
    """Digits of the shortest number of any country, with its calling code."""
    return min(_lengths())


def _lengths() -> Iterator[int]:
    from phonenumbers import PhoneMetadata, phonenumberutil

    metadata: Any = PhoneMetadata
    regions = map(metadata.metadata_for_region, phonenumberutil.SUPPORTED_REGIONS)
    others = phonenumberutil.COUNTRY_CODES_FOR_NON_GEO_REGIONS
    for each in (*regions, *map(metadata.metadata_for_nongeo_region, others)):
        yield len(str(each.country_code)) + min(each.general_desc.possible_length)
