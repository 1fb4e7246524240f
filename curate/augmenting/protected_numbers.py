"""Numbers with their signs, units and currencies."""

import re
from collections.abc import Iterator
from typing import Final

import re2

_NUMERALS: Final = "\\d²³¹¼½¾⁰-₉Ⅰ-ↈ"
_LATIN: Final = "A-Za-zµ·À-ɏ_"
"""Letters that numbers are written together with; scripts without spaces would not end."""
_NUMBER: Final = re.compile(
    rf"[{_NUMERALS}][{_NUMERALS}{_LATIN}]*(?:[.,:/'’×^–-][{_NUMERALS}][{_NUMERALS}{_LATIN}]*)*"
)
_JOINED: Final = re.compile(f"[{_NUMERALS}{_LATIN}]")
_BEFORE: Final = frozenset("+-−±~≈<>≤≥=#$€£¥₹₽₩฿¢№§")
_UNIT: Final = re.compile(
    r"[ \u00a0\u202f]?(?:[%‰€£¥$₹₽₩¢″′+年月日元岁時时分秒度个倍万亿千百]+|°[ ]?[CFK]?"
    r"|(?:[kKMGTPmµμnc]?(?:g|m|s|l|L|W|Wh|V|A|Hz|J|Pa|N|B|b|bit|bits|byte|bytes|eV|mol|cal)"
    r"|[KMGTP]i?B|km/h|mph|kmh|m/s|m²|m³|km²|ft|inch|inches|feet|foot|yd|mi|mile|miles|oz|lb|lbs"
    r"|pounds?|tons?|tonnes?|grams?|kilograms?|kilos?|met(?:er|re)s?|kilomet(?:er|re)s?|lit(?:er|re)s?"
    r"|gallons?|acres?|hectares?|ha|min|mins|minutes?|h|hrs?|hours?|sec|secs|seconds?|days?|weeks?"
    r"|months?|years?|decades?|centur(?:y|ies)|percent|per cent|pct|degrees?|x|am|pm|a\.m\.|p\.m\."
    r"|AM|PM|AD|BC|BCE|CE|USD|EUR|GBP|JPY|CHF|CNY|INR|dollars?|euros?|cents?|yen|rupees?"
    r"|hundred|thousand|million|billion|trillion|bn|k|K|M)(?!\w))"
)
_CODES: Final = frozenset({"USD", "EUR", "GBP", "JPY", "CHF", "CNY", "INR", "US", "Nr", "No", "no"})
_SPELLED: Final = re2.compile(
    r"(?i)\b(?:zero|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six"
    r"|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundred|thousand|(?:m|b|tr)illion"
    r"|dozen|twice|half)\b"
)


def numbers(text: str) -> Iterator[tuple[int, int]]:
    """Numbers with signs, units and currencies, words with a digit in them, and spelled numbers."""
    last = 0
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        while start > last and _joins(text, start, last):
            start -= 1
        if text[start - 1 : start].isspace() and start > last + 2:
            code = text[max(last, start - 4) : start - 1].rpartition(" ")[2]
            start -= len(code) + 1 if code in _CODES else 0
        unit = _UNIT.match(text, end)
        last = unit.end() if unit else end
        yield start, last
    yield from (match.span() for match in _SPELLED.finditer(text))


def _joins(text: str, start: int, last: int) -> bool:
    """Whether the character before a place belongs to a number, as in -5 or COVID-19."""
    before = text[start - 1]
    if before in _BEFORE or _JOINED.match(before):
        return True
    return before in "./" and start - 1 > last and bool(_JOINED.match(text[start - 2]))
