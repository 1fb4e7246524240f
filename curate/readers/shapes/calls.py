"""Tool calls, in OpenAI's form (docs/format.md, "Record")."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final

import orjson

from curate.readers.canonical import dumps
from curate.readers.problem import BadRecordError, named

_LONG_NUMBER: Final = re.compile(r"\d{16}")


def calls_text(calls: Sequence[Any], where: str, extras: dict[str, Any]) -> str | None:
    """The calls as a JSON array; null where there are none."""
    if not calls:
        return None
    converted = [
        _call(call, f"{where}.tool_calls[{index}]", extras) for index, call in enumerate(calls)
    ]
    return dumps(converted).decode()


def _call(raw: Any, where: str, extras: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise BadRecordError(f"{where} is {named(raw)}; a call is an object with a function's name")
    rest = dict(raw)
    function = rest.pop("function", None)
    given = dict(function) if isinstance(function, dict) else rest
    name = given.pop("name", None)
    if not isinstance(name, str):
        raise BadRecordError(f"{where} has no function name: {list(raw)}")
    arguments = _arguments(given.pop("arguments", None))
    call_id = rest.pop("id", None)
    if rest.get("type") == "function":
        del rest["type"]
    for left in (rest, given):
        extras.update({f"{where}.{key}": value for key, value in left.items() if value is not None})
    head = {} if call_id is None else {"id": call_id}
    return {**head, "type": "function", "function": {"name": name, "arguments": arguments}}


def _arguments(value: Any) -> Any:
    """An object where the text parses as one without a loss; else what was given."""
    if value is None:
        return {}
    if not isinstance(value, str):
        return value
    try:
        parsed = orjson.loads(value)
        # Integers beyond 64 bits become floats, which would change what the model learns.
        if _LONG_NUMBER.search(value) and json.loads(value) != parsed:
            return value
    except (ValueError, RecursionError):
        return value
    return parsed if isinstance(parsed, dict) else value
