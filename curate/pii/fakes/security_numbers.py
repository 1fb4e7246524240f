"""Social security numbers of the United States that nobody has."""

from typing import Final

from curate.pii.fakes.draws import Draws, Source
from curate.pii.fakes.form import digits_of, poured

_AREAS: Final = (666, *range(900, 1000))
_GROUPS: Final = (40, 10)
"""The first group, and how many there are."""
_SERIALS: Final = 9999


def security_number(source: Source, value: str) -> str | None:
    """A social security number that is never given out, grouped as the value; None if it is none.

    The Social Security Administration assigns no area 000, 666 or 900 to 999 ("Social Security
    Number Randomization Frequently Asked Questions", ssa.gov). Areas from 900 on are those of the
    Internal Revenue Service: taxpayer numbers have groups from 50 on ("General ITIN Information",
    irs.gov), its own internal ones some up to 39; those of surrogates lie between.
    """
    digits = digits_of(value)
    if len(digits) != 9 or any(map(str.isalpha, value)):
        return None

    def make(draws: Draws) -> str:
        area, group = draws.one_of(_AREAS), _GROUPS[0] + draws.below(_GROUPS[1])
        return f"{area}{group:02d}{1 + draws.below(_SERIALS):04d}"

    made = source.another(digits, make)
    return None if made is None else poured(value, made)
