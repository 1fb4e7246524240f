"""Turns: one message of a conversation, from the forms that data sets use."""

from typing import Any, Final, NamedTuple

from curate.readers.canonical import parsed_json, require_text
from curate.readers.problem import BadRecordError, named, quoted
from curate.readers.shapes.calls import calls_text
from curate.readers.shapes.parts import Parts, parts_of

ROLE_OF: Final = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "gpt": "assistant",
    "bot": "assistant",
    "chatgpt": "assistant",
    "model": "assistant",
    "tool": "tool",
    "function": "tool",
    "observation": "tool",
    "function_response": "tool",
    "tool_response": "tool",
    "function_call": "assistant",
    "tool_call": "assistant",
}
"""Names of roles in OpenAI's, ShareGPT's and related formats, and what they are here."""

_CALLING: Final = ("function_call", "tool_call")
"""Roles whose content is the call itself, as JSON."""

PLAIN_ROLE_OF: Final = {name: role for name, role in ROLE_OF.items() if name not in _CALLING}
"""Names of roles whose content is a text as it stands."""


class Turn(NamedTuple):
    """One turn, in the order of `record.MESSAGE`."""

    role: str
    content: str | None
    reasoning: str | None = None
    tool_calls: str | None = None
    tool_call_id: str | None = None
    name: str | None = None
    train: bool | None = None


def turns_of(value: Any, column: str, extras: dict[str, Any]) -> list[Turn]:
    """The turns of a conversation: a list of turns, one turn, or JSON text of either.

    What a turn carries beyond the fields of `Turn` is put into `extras` by its path.
    """
    if isinstance(value, str):
        value = parsed_json(value, column)
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        raise BadRecordError(f"{column} is {named(value)}; a list of turns is right")
    if not value:
        raise BadRecordError(f"{column} has no turns; a conversation has at least one")
    turns = []
    for index, raw in enumerate(value):
        if not isinstance(raw, dict):
            raise BadRecordError(
                f"{column}[{index}] is {named(raw)}; a turn is an object with role and content"
            )
        turns.append(_plain_turn(raw) or _turn(raw, f"{column}[{index}]", extras))
    return turns


def _plain_turn(raw: dict[str, Any]) -> Turn | None:
    """The turn where it is a role and a text and nothing else, as most are."""
    filled = raw if len(raw) == 2 else {name: raw[name] for name in raw if raw[name] is not None}
    if len(filled) != 2:
        return None
    name = filled.get("role") or filled.get("from")
    content = filled.get("content") or filled.get("value")
    if type(content) is type(name) is str and (role := PLAIN_ROLE_OF.get(name)):
        return Turn(role, content)
    return None


def _turn(raw: dict[str, Any], where: str, extras: dict[str, Any]) -> Turn:
    rest = dict(raw)
    role_name = _take(rest, "role", "from")
    role = _role(role_name, where)
    parts = _parts(rest, role_name, where, extras)
    turn = Turn(
        role,
        parts.content,
        _reasoning(rest, parts, where),
        calls_text(parts.calls, where, extras),
        _optional_text(rest, "tool_call_id", where),
        _optional_text(rest, "name", where),
        _train(rest, where, extras),
    )
    extras.update({f"{where}.{name}": left for name, left in rest.items() if left is not None})
    return turn


def _take(rest: dict[str, Any], *names: str) -> Any:
    """Remove and return the first of the named values that is not null."""
    for name in names:
        if rest.get(name) is not None:
            return rest.pop(name)
    for name in names:
        rest.pop(name, None)
    return None


def _role(name: Any, where: str) -> str:
    if name is None:
        raise BadRecordError(f"{where} has no role; a turn has `role` (or `from`)")
    if not isinstance(name, str):
        raise BadRecordError(f"{where}.role is {named(name)}; a text is right")
    role = ROLE_OF.get(name) or ROLE_OF.get(name.lower())
    if role is None:
        raise BadRecordError(
            f"{where} has the unknown role {quoted(name, 40)}; known are {', '.join(ROLE_OF)}"
        )
    return role


def _parts(rest: dict[str, Any], role: str, where: str, extras: dict[str, Any]) -> Parts:
    """The content of a turn, and the tool calls from wherever they stand."""
    says_nothing = not {"content", "value"} & rest.keys()
    parts = parts_of(_take(rest, "content", "value"), f"{where}.content", extras)
    calls = list(parts.calls)
    if role.lower() in _CALLING:
        calls += _as_list(parsed_json(parts.content or "", f"{where}, a {role},"))
        parts = parts._replace(content=None)
    given = _take(rest, "tool_calls") or None
    calls += _as_list(
        parsed_json(given, f"{where}.tool_calls") if isinstance(given, str) else given
    )
    calls += _as_list(_take(rest, "function_call"))
    if says_nothing and not calls:
        raise BadRecordError(f"{where} has neither content nor tool calls")
    return parts._replace(calls=calls)


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _reasoning(rest: dict[str, Any], parts: Parts, where: str) -> str | None:
    given = _take(rest, "reasoning_content", "thinking", "reasoning")
    if given is None:
        return parts.reasoning
    text = require_text(given, f"{where}.reasoning")
    return text if parts.reasoning is None else f"{text}{parts.reasoning}"


def _optional_text(rest: dict[str, Any], name: str, where: str) -> str | None:
    value = rest.pop(name, None)
    return None if value is None else require_text(value, f"{where}.{name}")


def _train(rest: dict[str, Any], where: str, extras: dict[str, Any]) -> bool | None:
    for name in ("train", "weight", "loss_weight"):
        value = rest.pop(name, None)
        if value is None or value != value:  # NaN, which tables write for null
            continue
        if not isinstance(value, bool | int | float):
            raise BadRecordError(f"{where}.{name} is {named(value)}; 0 or 1 is right")
        if value not in (0, 1):
            extras[f"{where}.{name}"] = value
        return value != 0
    return None
