"""Dates: all are shifted by the same time under a key, so that what lies between them stays."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from curate.pii.fakes.draws import Source

_WEEKS: Final = range(5, 521)
"""From which the shift is drawn; back in time, for about ten years at most."""

_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)
_SHORT: Final = 3
_MONTH: Final = rf"(?P<name>{'|'.join(_MONTHS)}|{'|'.join(m[:_SHORT] for m in _MONTHS)}|sept)\.?"
_YEAR: Final = r"(?P<year>\d{4})"
_DAY: Final = r"(?P<day>\d{1,2})"
_SUFFIX: Final = r"(?P<suffix>st|nd|rd|th)?"
_NUMBER: Final = r"(?P<month>\d{1,2})"
_FORMS: Final = tuple(
    re.compile(rf"(?i)(?<!\d){form}(?!\d)", re.ASCII)
    for form in (
        rf"{_YEAR}[-/.]{_NUMBER}[-/.]{_DAY}",
        rf"{_DAY}\.\s?{_NUMBER}\.\s?{_YEAR}",
        rf"{_NUMBER}(?P<sign>[-/]){_DAY}(?P=sign){_YEAR}",
        rf"{_DAY}{_SUFFIX}[\s.-]+(?:of )?{_MONTH}[\s,-]+{_YEAR}",
        rf"{_MONTH}[\s-]+{_DAY}{_SUFFIX}[\s,-]+{_YEAR}",
        rf"{_MONTH}[\s,-]+{_YEAR}",
    )
)
"""The third is read in the order that is possible, the last as the middle of the month."""

_MIDDLE: Final = 15


class _Read(NamedTuple):
    when: date
    groups: dict[str, tuple[int, int]]
    """Where year, month, day and what belongs to them stand: [start, end)."""


def when(source: Source, value: str) -> str | None:
    """A date earlier by a number of weeks that the key decides, in the same format.

    So weekdays hold, and all intervals. Times of day stay. Only a date is shifted that has a year
    of four digits and tells day and month apart, as 3/14/2019 does and 3/4/2019 does not; None for
    all else. Who knows one date behind its surrogate knows all: shifted dates are no secret.
    """
    read = _read(value)
    if read is None:
        return None
    try:
        moved = read.when - timedelta(weeks=_shift(source.key))
    except OverflowError:
        return None
    return _written(value, read, moved)


@lru_cache(maxsize=16)
def _shift(key: bytes) -> int:
    return Source(key, "DATE_TIME").draws("shift").one_of(_WEEKS)


def _read(value: str) -> _Read | None:
    """The one date in a value; None where there is none, or it can be read in two ways."""
    for form in _FORMS:
        found = form.search(value)
        if found is None:
            continue
        groups = {name: found.span(name) for name, text in found.groupdict().items() if text}
        year, day = int(found["year"]), int(found["day"]) if "day" in groups else _MIDDLE
        month = _month(found["name"]) if "name" in groups else int(found["month"])
        if "sign" in groups:
            if day != month and day <= 12 and month <= 12:
                return None
            if month > 12:
                day, month = month, day
                groups["day"], groups["month"] = groups["month"], groups["day"]
        try:
            return _Read(date(year, month, day), groups)
        except ValueError:
            return None
    return None


def _month(name: str) -> int:
    return next(
        at for at, month in enumerate(_MONTHS, 1) if month.startswith(name[:_SHORT].lower())
    )


def _written(value: str, read: _Read, moved: date) -> str:
    """The value with another date, as long where zeros stood in front."""
    writers: dict[str, Callable[[str], str]] = {
        "year": lambda _: f"{moved.year:04d}",
        "month": lambda text: _padded(moved.month, text),
        "day": lambda text: _padded(moved.day, text),
        "name": lambda text: _named(moved.month, text),
        "suffix": lambda _: _ordinal(moved.day),
    }
    places = sorted((span, name) for name, span in read.groups.items() if name in writers)
    for (start, end), name in reversed(places):
        value = value[:start] + writers[name](value[start:end]) + value[end:]
    return value


def _padded(number: int, text: str) -> str:
    return f"{number:02d}" if len(text) > 1 else str(number)


def _named(month: int, text: str) -> str:
    name = _MONTHS[month - 1].capitalize()
    name = name if text.lower() in _MONTHS and len(text) > _SHORT else name[:_SHORT]
    return name.upper() if text.isupper() else name.lower() if text.islower() else name


def _ordinal(day: int) -> str:
    if day in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
