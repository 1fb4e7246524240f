"""From which regions a number, as it is written, can be dialled: `phonenumbers` asked once for all.

What it makes of a number depends on nothing but the number and the region. Most are written with
digits and plain punctuation, and of these nothing but the digits counts, so that few are new.
"""

import re
from functools import cache, lru_cache
from typing import Any, Final

from curate.pii.digit_automaton import ACCEPTS, DEAD, START
from curate.pii.numbering import needs_prefix, numbering, shortest_international
from curate.pii.phone_gate import phone_digits

_REMEMBERED: Final = 1 << 14
_LONGEST: Final = 250
"""Characters; `phonenumbers` refuses longer ones whatever they hold."""


def dialled_from(written: str, digits: str, regions: tuple[str, ...]) -> tuple[str, ...]:
    """The regions, among some, from which what is written is a valid number.

    `digits` are its decimal digits.
    """
    if len(written) > _LONGEST or not _plain().fullmatch(written):
        return _parsed(written, regions)
    if len(digits) < fewest_digits(regions):
        return ()
    return _of_digits("+" + digits if "+" in written else digits, regions)


@cache
def fewest_digits(regions: tuple[str, ...]) -> int:
    """Digits of the shortest number without letters that can be valid from some regions.

    At least three: with fewer, punctuation tells whether it is a number at all.
    """
    plans = map(numbering, regions)
    return max(3, min(shortest_international(), *(each.shortest - each.brought for each in plans)))


@cache
def _plain() -> "re.Pattern[str]":
    """Digits with punctuation that is neither a letter nor begins an extension."""
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
def _of_digits(number: str, regions: tuple[str, ...]) -> tuple[str, ...]:
    from phonenumbers import phonenumberutil

    if number[0] != "+":
        verified: list[tuple[Any, bool]] = []
        return tuple(
            each
            for each in regions
            if _accepted(number, each) and _may_be(number, each) and _valid(number, each, verified)
        )
    if phonenumberutil._extract_country_code(number[1:])[0]:
        # The number names its country, so that one region tells for all.
        may_be = _may_be_abroad(number[1:])
        return regions if may_be and _valid(number, regions[0]) else ()
    return tuple(each for each in regions if _valid(number, each))


@lru_cache(_REMEMBERED)
def _parsed(written: str, regions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in regions if _valid(written, each))


def _accepted(digits: str, region: str) -> bool:
    """Whether an automaton says that digits may be dialled from a region: seldom."""
    rows, state = _rows(region), START
    for digit in digits:
        state = rows[state][int(digit)]
        if state == DEAD:
            return False
    return bool(rows[state][ACCEPTS])


@cache
def _rows(region: str) -> list[list[int]]:
    # Python takes single numbers out of lists much quicker.
    rows: list[list[int]] = phone_digits((region,)).tolist()
    return rows


def _valid(written: str, region: str, verified: list[tuple[Any, bool]] | None = None) -> bool:
    """Whether it is a valid number; `verified` are those that others have been read as."""
    from phonenumbers import Leniency, NumberParseException, parse, phonenumbermatcher

    try:
        number = parse(written, region, keep_raw_input=True)
    except NumberParseException:
        return False
    verified = [] if verified is None else verified
    for other, is_valid in verified:
        if other == number:
            return is_valid
    no_matcher: Any = None
    is_valid = bool(phonenumbermatcher._verify(Leniency.VALID, number, written, no_matcher))
    verified.append((number, is_valid))
    return is_valid


@cache
def _compiled(region: str) -> tuple["re.Pattern[str]", ...]:
    """What is dialled before a call abroad, before a national number, and national numbers."""
    plan = numbering(region)
    national = "|".join(each.pattern for each in plan.types)
    return re.compile(plan.abroad), re.compile(plan.prefix), re.compile(national)


def _may_be(digits: str, region: str) -> bool:
    """Whether digits can be a valid number: false for most, at a tenth of the cost of parsing.

    `phonenumbers.parse` strips the calling code and a national prefix behind it, and then one more
    prefix, or any of that, or none.
    """
    plan, (abroad, prefix, national) = numbering(region), _compiled(region)
    if (dialled := abroad.match(digits)) and digits[dialled.end() :][:1] != "0":
        # No calling code begins with 0: with one behind it the prefix is none.
        return _may_be_abroad(digits[dialled.end() :])
    if len(digits) < plan.shortest - plan.brought:
        return False
    has_code = digits.startswith(plan.code)
    if national.fullmatch(digits) and (has_code or not _lacks_prefix(digits, plan.main)):
        return True
    found = prefix.match(digits)
    # Without a substitute nothing is put before what is left: it is looked at before it is made.
    may_remain = found and (
        plan.substitute or national.fullmatch(digits) or national.fullmatch(digits, found.end())
    )
    if may_remain and national.fullmatch(_stripped(digits, region)):
        return True
    if not has_code:
        return False
    once = _stripped(digits.removeprefix(plan.code), region)
    return any(map(national.fullmatch, (once, _stripped(once, plan.main))))


def _may_be_abroad(digits: str) -> bool:
    """Whether what is dialled behind the prefix for calls abroad can be a valid number."""
    from phonenumbers import REGION_CODE_FOR_NON_GEO_ENTITY, phonenumberutil

    code, national = phonenumberutil._extract_country_code(digits)
    if not code:
        return False
    region = phonenumberutil.region_code_for_country_code(code)
    if region == REGION_CODE_FOR_NON_GEO_ENTITY:
        return True
    plan, (_, _, every_type) = numbering(region), _compiled(region)
    if len(national) < plan.shortest - plan.brought:
        return False
    once = _stripped(national, region)
    return any(map(every_type.fullmatch, (national, once, _stripped(once, region))))


def _lacks_prefix(national: str, region: str) -> bool:
    """Whether a number is none because it is always written with a prefix that it does not have."""
    from phonenumbers import phonenumberutil

    if _compiled(region)[1].match(national):
        return False
    formats = numbering(region).formats
    form = phonenumberutil._choose_formatting_pattern_for_number(formats, national)
    return form is not None and needs_prefix(form)


def _stripped(digits: str, region: str) -> str:
    from phonenumbers import phonenumberutil

    if not _compiled(region)[1].match(digits):
        return digits
    metadata = numbering(region).metadata
    return str(phonenumberutil._maybe_strip_national_prefix_carrier_code(digits, metadata)[1])
