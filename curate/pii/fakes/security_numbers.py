"""Social security numbers of the United States that nobody has."""

from typing import Final

from curate.pii.fakes.draws import Draws, Source
from curate.pii.fakes.form import digits_of, poured

_AREAS: Final = (666, *range(900, 1000))
_GROUPS: Final = 49
_SERIALS: Final = 9999


def security_number(source: Source, value: str) -> str | None:
    """A social security number that is never given out, grouped as the value; None if it is none.

    The Social Security Administration assigns no area 000, 666 or 900 to 999 ("Social Security
    Number Randomization Frequently Asked Questions", ssa.gov). Areas from 900 on are those of
    taxpayer numbers (ITIN), whose groups begin at 50 (Internal Revenue Manual, 3.21.263), so that
    the group of a surrogate is below.
    """
    digits = digits_of(value)
    if len(digits) != 9 or any(map(str.isalpha, value)):
        return None

    def make(draws: Draws) -> str:
        area, group = draws.one_of(_AREAS), 1 + draws.below(_GROUPS)
        return f"{area}{group:02d}{1 + draws.below(_SERIALS):04d}"

    made = source.another(digits, make)
    return None if made is None else poured(value, made)
