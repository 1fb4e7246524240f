"""From which regions a number, as it is written, can be dialled: `phonenumbers` asked once for all.

What it makes of a number depends on nothing but the number and the region. Most are written with
figures and plain punctuation, and of these nothing but the figures counts, so that few are new.
"""

import re
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

from curate.pii.phone_gate import shortest_international

_REMEMBERED: Final = 1 << 14
_LONGEST: Final = 250
"""Characters; `phonenumbers` refuses longer ones whatever they hold."""
_TYPES: Final = (
    *("premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan"),
    *("voicemail", "fixed_line", "mobile"),
)
"""A number is valid if it is of one of them."""


def dialled_from(written: str, figures: str, regions: tuple[str, ...]) -> tuple[str, ...]:
    """The regions, among some, from which what is written is a valid number.

    `figures` are its decimal digits.
    """
    if len(written) > _LONGEST or not _plain().fullmatch(written):
        return _parsed(written, regions)
    if len(figures) < fewest_figures(regions):
        return ()
    return _of_figures("+" + figures if "+" in written else figures, regions)


@cache
def fewest_figures(regions: tuple[str, ...]) -> int:
    """Figures of the shortest number without letters that can be valid from some regions.

    At least three: with fewer, punctuation tells whether it is a number at all.
    """
    return max(3, min(shortest_international(), *(_plan(each).shortest for each in regions)))


@cache
def _plain() -> "re.Pattern[str]":
    """Figures with punctuation that is neither a letter nor begins an extension."""
    from phonenumbers import phonenumberutil

    signs = {chr(code) for code in range(0x10000) if _is_punctuation(chr(code))}
    begins_extension = re.compile(phonenumberutil._EXTN_PATTERNS_FOR_PARSING, re.IGNORECASE)
    signs -= {sign for sign in signs if sign.isalpha() or begins_extension.search(f"1{sign}1")}
    between = "".join(map(re.escape, sorted(signs)))
    return re.compile(rf"[{between}]*\+?[{between}0-9]*")


def _is_punctuation(char: str) -> bool:
    from phonenumbers import phonenumberutil

    return phonenumberutil._SEPARATOR_PATTERN.fullmatch(char) is not None


@lru_cache(_REMEMBERED)
def _of_figures(number: str, regions: tuple[str, ...]) -> tuple[str, ...]:
    from phonenumbers import phonenumberutil

    if number[0] != "+":
        return tuple(each for each in regions if _may_be(number, each) and _valid(number, each))
    if phonenumberutil._extract_country_code(number[1:])[0]:
        # The number names its country, so that one region tells for all.
        return regions if _valid(number, regions[0]) else ()
    return tuple(each for each in regions if _valid(number, each))


@lru_cache(_REMEMBERED)
def _parsed(written: str, regions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in regions if _valid(written, each))


def _valid(written: str, region: str) -> bool:
    from phonenumbers import Leniency, NumberParseException, parse, phonenumbermatcher

    try:
        number = parse(written, region, keep_raw_input=True)
    except NumberParseException:
        return False
    return bool(phonenumbermatcher._verify(Leniency.VALID, number, written, None))


class _Plan(NamedTuple):
    """How numbers are dialled from a region."""

    metadata: Any
    abroad: "re.Pattern[str]"
    prefix: "re.Pattern[str]"
    national: "re.Pattern[str]"
    """Of any type, in any region with the same calling code."""
    shortest: int
    """Figures."""
    code: str
    main: str
    """The region by whose rules a number with that calling code is read."""


@cache
def _plan(region: str) -> _Plan:
    from phonenumbers import PhoneMetadata, region_codes_for_country_code

    metadata_of: Any = PhoneMetadata.metadata_for_region
    own = metadata_of(region)
    sharing = region_codes_for_country_code(own.country_code)
    every = [metadata_of(each) for each in sharing]
    types = [getattr(each, name) for each in every for name in _TYPES]
    patterns = {each.national_number_pattern for each in types if each is not None}
    # What stands for a prefix may bring figures of its own.
    brought = len(re.sub(r"\\\d", "", own.national_prefix_transform_rule or ""))
    return _Plan(
        own,
        re.compile(own.international_prefix or "(?!)"),
        re.compile(own.national_prefix_for_parsing or "(?!)"),
        re.compile("|".join(sorted(filter(None, patterns)))),
        min(min(each.general_desc.possible_length) for each in every) - 2 * brought,
        str(own.country_code),
        sharing[0],
    )


def _may_be(figures: str, region: str) -> bool:
    """Whether figures can be a valid number: false for most, at a tenth of the cost of parsing.

    `phonenumbers.parse` strips the calling code and a national prefix behind it, and then one more
    prefix, or any of that, or none.
    """
    plan = _plan(region)
    is_national = plan.national.fullmatch
    if len(figures) < plan.shortest:
        return False
    if plan.abroad.match(figures):
        return True
    has_prefix, has_code = plan.prefix.match(figures), figures.startswith(plan.code)
    if is_national(figures) and (has_prefix or has_code or not _needs_prefix(figures, plan.main)):
        return True
    if has_prefix and is_national(_stripped(figures, plan)):
        return True
    if not has_code:
        return False
    once = _stripped(figures.removeprefix(plan.code), plan)
    return bool(is_national(once) or is_national(_stripped(once, _plan(plan.main))))


def _needs_prefix(national: str, region: str) -> bool:
    """Whether a number is always written with a national prefix, and so is none without."""
    from phonenumbers import phonenumberutil

    formats = _plan(region).metadata.number_format
    rule = phonenumberutil._choose_formatting_pattern_for_number(formats, national)
    prefix = rule and rule.national_prefix_formatting_rule
    if not prefix or rule.national_prefix_optional_when_formatting:
        return False
    return not phonenumberutil._formatting_rule_has_first_group_only(prefix)


def _stripped(figures: str, plan: _Plan) -> str:
    from phonenumbers import phonenumberutil

    if not plan.prefix.match(figures):
        return figures
    return str(phonenumberutil._maybe_strip_national_prefix_carrier_code(figures, plan.metadata)[1])
