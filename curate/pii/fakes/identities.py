"""Numbers that countries and registers give to persons and things, with check digits right."""

from collections.abc import Iterator
from itertools import product
from typing import Final

from curate.pii.fakes.draws import Draws, Source
from curate.pii.fakes.form import DIGITS, LETTERS, bare, poured
from curate.pii.fakes.rules import Form, Rule, rule_of

_BIRTHS: Final = {
    "FI_PERSONAL_IDENTITY_CODE": "dmy",
    "SE_PERSONNUMMER": "ymd",
    "ZA_ID_NUMBER": "ymd",
}
"""The order of day, month and year in six digits that recognizers check, and patterns do not."""

_LAST_DAY: Final = 28
_CAPITALS: Final = LETTERS.upper()


def identity(source: Source, value: str) -> str | None:
    """A number that the recognizer of the entity takes for one, as it does the value.

    Each letter and digit becomes another as far as the recognizer's patterns allow; then the last
    are tried until the checksum holds, if that of the value does. None where the value is not taken
    for one.
    """
    rule = rule_of(source.entity)
    known = None if rule is None else _as_checked(rule, value)
    if rule is None or known is None:
        return None
    number, has_form = known
    least = rule.verdict(number)

    def make(draws: Draws) -> str | None:
        drawn = _born(draws, source.entity, _redrawn(draws, number, has_form))
        # What checks a number may presume its form.
        formed = filter(has_form, _completed(draws, drawn, rule.check_place))
        return next((one for one in formed if rule.verdict(one) >= least), None)

    made = source.another(bare(value), make)
    return None if made is None else poured(value, "".join(filter(str.isalnum, made)))


def _born(draws: Draws, entity: str, number: str) -> str:
    """The number with a date that exists where a date of birth stands in it."""
    order = _BIRTHS.get(entity)
    if order is None:
        return number
    first = 2 if sum(map(str.isdecimal, number)) == 12 else 0  # a year of four digits
    drawn = {
        "y": number[first + 2 * order.index("y") :][:2],
        "m": f"{1 + draws.below(12):02d}",
        "d": f"{1 + draws.below(_LAST_DAY):02d}",
    }
    return number[:first] + "".join(drawn[part] for part in order) + number[first + 6 :]


def _as_checked(rule: Rule, value: str) -> tuple[str, Form] | None:
    """The value in capitals, without signs if it may, and its surest form; None if it has none."""
    plain = "".join(char for char in value if char.isalnum()).upper()
    ways = (plain, value.upper()) if value.isascii() else ()
    return next(((way, form) for way in ways for form in rule.forms if form(way)), None)


def _redrawn(draws: Draws, number: str, has_form: Form) -> str:
    """The number with each letter and digit drawn again, all of which leaves it its form."""
    chars = list(number)
    for place, char in enumerate(number):
        options = _options(char)
        first = draws.below(len(options)) if options else 0
        for step in range(len(options)):
            chars[place] = options[(first + step) % len(options)]
            if has_form("".join(chars)):
                break
    return "".join(chars)


def _completed(draws: Draws, number: str, check_place: int) -> Iterator[str]:
    """The number, then with any other check character, then with any other last two digits."""
    yield number
    places = [place for place, char in enumerate(number) if char.isalnum()]
    check, turn = places[check_place], draws.below(36)
    every = DIGITS + _CAPITALS
    for char in every[turn:] + every[:turn]:
        yield number[:check] + char + number[check + 1 :]
    before, last = places[-2], places[-1]
    for one, two in product(DIGITS, DIGITS):
        yield number[:before] + one + number[before + 1 : last] + two + number[last + 1 :]


def _options(char: str) -> str:
    return DIGITS if char.isdecimal() else _CAPITALS if char.isalpha() else ""
