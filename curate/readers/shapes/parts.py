"""The content of a turn: a text, or a list of typed parts."""

from typing import Any, Final, NamedTuple

from curate.readers.canonical import parsed_json
from curate.readers.problem import BadRecordError, named

_TEXT: Final = ("text", "input_text", "output_text")
_THOUGHT: Final = ("reasoning", "thinking")
_CALL: Final = ("tool_call", "function_call")


class Parts(NamedTuple):
    """What a turn's content holds; texts of one kind are joined as they stand."""

    content: str | None
    reasoning: str | None = None
    calls: list[Any] = []  # noqa: RUF012 - never changed


def parts_of(content: Any, where: str, extras: dict[str, Any]) -> Parts:
    """Take content apart; images and other media are refused, since records are text."""
    if content is None or isinstance(content, str):
        return Parts(content)
    if not isinstance(content, list):
        raise BadRecordError(f"{where} is {named(content)}; a text or a list of parts is right")
    texts: list[str] = []
    thoughts: list[str] = []
    calls: list[Any] = []
    for index, part in enumerate(content):
        place = f"{where}[{index}]"
        kind, value = _part(part, place, extras)
        if kind in _CALL:
            parsed = parsed_json(value, place) if isinstance(value, str) else value
            calls += parsed if isinstance(parsed, list) else [parsed]
        elif not isinstance(value, str):
            raise BadRecordError(f"{place} is {named(value)}; a text is right")
        else:
            (thoughts if kind in _THOUGHT else texts).append(value)
    return Parts("".join(texts) if texts else None, "".join(thoughts) if thoughts else None, calls)


def _part(part: Any, where: str, extras: dict[str, Any]) -> tuple[str, Any]:
    """The type and value of a part."""
    if isinstance(part, str):
        return "text", part
    if not isinstance(part, dict):
        raise BadRecordError(f"{where} is {named(part)}; a part is a text, or an object with type")
    kind = part.get("type")
    if kind not in _TEXT + _THOUGHT + _CALL:
        known = ", ".join(_TEXT + _THOUGHT + _CALL)
        raise BadRecordError(f"{where} is a part of type {kind!r}; records are text: {known}")
    names = [name for name in ("text", "value", kind) if part.get(name) is not None]
    value = part[names[0]] if names else None
    for name, left in part.items():
        if name != "type" and name not in names[:1] and left is not None:
            extras[f"{where}.{name}"] = left
    return kind, value
