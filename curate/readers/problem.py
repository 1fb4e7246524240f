"""Why one input record cannot be read."""

from typing import Any


class BadRecordError(Exception):
    """One input record is bad: it goes to quarantine with this reason, and reading goes on.

    The reason says what was found and what would be right.
    """


def quoted(text: str, most: int) -> str:
    """A text in quotes; of a longer one than `most` characters its beginning.

    >>> print(quoted("moderator", 9), quoted("moderator", 3))
    'moderator' 'mod'…
    """
    return repr(text) if len(text) <= most else f"{text[:most]!r}…"


def named(value: Any) -> str:
    """The kind of a JSON value, in words.

    >>> named([]), named(True), named(None)
    ('a list', 'true or false', 'null')
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "an object"
