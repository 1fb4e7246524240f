"""Canonical JSON, from which identity is made (docs/format.md, "Identity").

Keys sorted, no spaces, UTF-8. NaN and infinities are null, dates and times are ISO 8601 text,
bytes are base64, decimals are their text. Integers beyond 64 bits become floats when JSON is
parsed, as in most JSON readers.
"""

import base64
import re
from decimal import Decimal
from typing import Any, Final

import orjson

from curate.readers.problem import BadRecordError, named, quoted

_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""U+0000 as canonical JSON writes it, and not a backslash before the text `u0000`."""

_LARGEST_INTEGER: Final = 2.0**63


def canonical(value: Any) -> bytes:
    """Canonical JSON of a value; `BadRecordError` where it has none, or a text holds U+0000."""
    text = dumps(value, sort_keys=True)
    if b"\\u0000" in text and _NUL.search(text):
        raise BadRecordError("a text holds the character U+0000; no text of a record may")
    return text


def dumps(value: Any, *, sort_keys: bool = False) -> bytes:
    """JSON as bytes, with the forms of this module; `BadRecordError` where there is none."""
    options = orjson.OPT_SORT_KEYS if sort_keys else None
    try:
        return orjson.dumps(value, _other, options)
    except TypeError as error:
        raise BadRecordError(_not_json(str(error))) from error


def key_bytes(value: Any, column: str) -> bytes:
    """Canonical JSON of the value of a key column."""
    if value is None or value == "":
        raise BadRecordError(f"no value in key column {column!r}")
    if isinstance(value, float) and abs(value) >= _LARGEST_INTEGER:
        raise BadRecordError(
            f"key column {column!r} is beyond 64 bits and would lose digits; write it as text"
        )
    return canonical(value)


def _other(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError


def _not_json(message: str) -> str:
    if "surrogates" in message or "UTF-8" in message:
        return "a text is not valid Unicode (a lone surrogate or a wrong byte); UTF-8 is right"
    if "64-bit" in message:
        return "a number is beyond 64 bits; write it as text"
    if "Recursion" in message or "recursion" in message:
        return "nested deeper than 250 levels"
    return f"cannot be written as JSON: {message}"


def parsed_json(text: str, column: str) -> Any:
    """The value of a text that must be JSON."""
    try:
        return orjson.loads(text)
    except ValueError as error:
        raise BadRecordError(f"{column} is a text that is not JSON: {quoted(text, 40)}") from error


def require_text(value: Any, column: str) -> str:
    """The value where it is a text; an absent one is not."""
    if isinstance(value, str):
        return value
    raise BadRecordError(f"{column} is {named(value)}; a text is right")
