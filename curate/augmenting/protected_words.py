"""Words that must stay: numbers with their units, names, and given ones."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

import re2

_NUMERALS: Final = "\\d²³¹¼½¾⁰-₉Ⅰ-ↈ"
_NUMBER: Final = re.compile(rf"[{_NUMERALS}]\w*(?:[.,:/'’×^–-][{_NUMERALS}]\w*)*")
_BEFORE: Final = frozenset("+-−±~≈<>≤≥=#$€£¥₹₽₩฿¢№§")
_UNIT: Final = re.compile(
    r"[ \u00a0\u202f]?(?:[%‰€£¥$₹₽₩¢″′+]|°[ ]?[CFK]?"
    r"|(?:[kKMGTPmµμnc]?(?:g|m|s|l|L|W|Wh|V|A|Hz|J|Pa|N|B|b|bit|bits|byte|bytes|eV|mol|cal)"
    r"|[KMGTP]i?B|km/h|mph|kmh|m/s|m²|m³|km²|ft|in|inch|inches|feet|foot|yd|mi|mile|miles|oz|lb|lbs"
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
_CAPITAL: Final = r"[{capitals}]\w*(?:['’&-][^\W\d_]\w*)*"
"""A word from its first capital on."""
_LINKS: Final = frozenset(
    ["of", "the", "de", "la", "del", "der", "den", "du", "di", "da", "van", "von", "and", "for"]
)
"""Small words within a name."""
_TITLES: Final = frozenset(
    ["Mr", "Mrs", "Ms", "Dr", "Prof", "St", "Sr", "Jr", "Sen", "Rep", "Gen", "Col", "Lt", "Capt"]
)
_ENDS: Final = frozenset(".!?:;…。！？：；।؟")
_LEADING: Final = frozenset(" \t\"'“”‘’«»„([{*_#>•·–—-|")
_LONGEST_LINK: Final = 20
_MOST_SHOUTED: Final = 3
"""Words in capitals in a row that may be a name; more are shouted."""


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
    if before in _BEFORE or before.isalnum() or before == "_":
        return True
    return before in "./" and start - 1 > last and text[start - 2].isalnum()


class _Word(NamedTuple):
    start: int
    end: int
    text: str
    opens: bool
    """Whether a sentence begins with it."""


def names(text: str) -> list[tuple[int, int]]:
    """Capitalised runs that do not only begin a sentence, and words with capitals within.

    A word that begins a sentence counts if a second follows, or if it is a name elsewhere.
    """
    runs = list(_runs(text))
    known = {word.text for run in runs for word in run if not word.opens}
    found = []
    for run in runs:
        if all(word.text.isupper() for word in run) and len(run) > _MOST_SHOUTED:
            continue
        first = run[0]
        if len(run) == 1 and (len(first.text) == 1 or first.text[:2] in ("I'", "I’")):
            continue
        alone = len(run) == 1 and first.opens
        if not alone or first.text in known or first.text[1:] != first.text[1:].lower():
            found.append((first.start, run[-1].end))
    return found


def _runs(text: str) -> Iterator[list[_Word]]:
    """Words with capitals that follow each other, small words such as `of` between them."""
    run: list[_Word] = []
    before = 0
    for match in _capitals(text.isascii()).finditer(text):
        start, end = match.span()
        while start > before and text[start - 1].isalnum():
            start -= 1
        joined = bool(run) and _is_joint(text[before:start], run[-1].text)
        if run and not joined:
            yield run
            run = []
        run.append(_Word(start, end, text[start:end], not joined and _opens(text, before, start)))
        before = end
    if run:
        yield run


@cache
def _capitals(ascii_alone: bool) -> re.Pattern[str]:
    points = range(128) if ascii_alone else range(0x110000)
    signs = (chr(point) for point in points)
    return re.compile(_CAPITAL.format(capitals="".join(c for c in signs if c.lower() != c)))


def _is_joint(gap: str, word: str) -> bool:
    """Whether what stands between two words, of which `word` is the first, joins them."""
    if gap in (" ", "-", " & ", "’", "\u00a0"):
        return True
    if gap in (". ", "."):
        return len(word) == 1 or word in _TITLES
    linked = gap[:1] == gap[-1:] == " " and len(gap) < _LONGEST_LINK
    return linked and all(small in _LINKS for small in gap[1:-1].split(" "))


def _opens(text: str, before: int, start: int) -> bool:
    """Whether a sentence, a line or a quotation begins at a place; `before` ends the last word."""
    for place in range(start - 1, before - 1, -1):
        sign = text[place]
        if sign == "\n" or sign in _ENDS or sign in '"“«„':
            return True
        if sign not in _LEADING:
            return False
    return before == 0


def given(text: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where given texts stand as whole words, whatever their case."""
    lowered = text.lower()
    exact = len(lowered) != len(text)
    for word in dict.fromkeys(words):
        wanted = word.strip() if exact else word.strip().lower()
        looked = text if exact else lowered
        start = looked.find(wanted) if wanted else -1
        while start >= 0:
            end = start + len(wanted)
            if _is_whole(looked, start, end):
                yield start, end
            start = looked.find(wanted, end)


def _is_whole(text: str, start: int, end: int) -> bool:
    parted = not (text[start - 1 : start].isalnum() and text[start].isalnum()) or not start
    return parted and not (text[end : end + 1].isalnum() and text[end - 1].isalnum())
