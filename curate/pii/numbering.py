"""What `phonenumbers` knows of the numbers of a region: how they are written, dialled and read."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, NamedTuple

_TYPES: Final = (
    *("premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan"),
    *("voicemail", "fixed_line", "mobile"),
)
"""A number is valid if it is of one of them."""


class NumberType(NamedTuple):
    """A kind of number, such as mobile ones."""

    pattern: str
    lengths: frozenset[int]
    """Digits that it may have; none for any."""


class Numbering(NamedTuple):
    """How numbers are dialled from a region, and read if they are."""

    metadata: Any
    code: str
    """For calls from abroad; other regions may have the same."""
    abroad: str
    """A pattern of what is dialled before the code of another region."""
    prefix: str
    """A pattern of what is dialled before a national number."""
    main_prefix: str
    """The same of the main region."""
    substitute: str
    """What stands for a prefix that is taken off, by the groups of its pattern."""
    brought: int
    """Most digits that come to a number if prefixes are taken off."""
    types: tuple[NumberType, ...]
    """Of all regions with the same code."""
    shortest: int
    """Digits of the shortest number of any of them."""
    main: str
    """The region by whose rules numbers with that code are read."""
    formats: list[Any]
    """Those of the main region, of which the first that fits a number counts."""


@cache
def numbering(region: str) -> Numbering:
    """That of a region, by its two letters."""
    from phonenumbers import PhoneMetadata, region_codes_for_country_code

    metadata_of: Any = PhoneMetadata.metadata_for_region
    own = metadata_of(region)
    sharing = region_codes_for_country_code(own.country_code)
    every = [metadata_of(each) for each in sharing]
    kinds = [getattr(each, name) for each in every for name in _TYPES]
    types = {
        NumberType(kind.national_number_pattern, frozenset(kind.possible_length))
        for kind in kinds
        if kind is not None and kind.national_number_pattern
    }
    substitute = own.national_prefix_transform_rule or ""
    return Numbering(
        own,
        str(own.country_code),
        own.international_prefix or "(?!)",
        own.national_prefix_for_parsing or "(?!)",
        every[0].national_prefix_for_parsing or "(?!)",
        substitute,
        2 * len(re.sub(r"\\\d", "", substitute)),
        tuple(sorted(types, key=lambda each: each.pattern)),
        min(min(each.general_desc.possible_length) for each in every),
        sharing[0],
        list(every[0].number_format),
    )


def needs_prefix(form: Any) -> bool:
    """Whether numbers of a format count only if a national prefix is written before them."""
    from phonenumbers import phonenumberutil

    rule = form.national_prefix_formatting_rule
    if not rule or form.national_prefix_optional_when_formatting:
        return False
    return not phonenumberutil._formatting_rule_has_first_group_only(rule)


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
