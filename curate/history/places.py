"""Every value of a content under a path, such as `messages[1].content` or `labels.topic`."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Final, NamedTuple

from curate.history.words import object_of

_TURN: Final = ("role", "content", "reasoning", "tool_calls", "tool_call_id", "name", "train")
_TEXTS: Final = ("content", "reasoning")
_VALUES: Final = ("prompt_turns", "desirable", "tools", "license")


class Place(NamedTuple):
    """A value; `is_text` where its characters have origins of their own."""

    value: Any
    is_text: bool = False


def flattened(content: Mapping[str, Any]) -> dict[str, Place]:
    """All values of a content (a row of the schema `record.CONTENT`) but nulls, in its order."""
    found: dict[str, Place] = {}
    if content["text"] is not None:
        found["text"] = Place(content["text"], is_text=True)
    for column in ("messages", "rejected"):
        for at, turn in enumerate(content[column] or ()):
            for part in _TURN:
                if turn[part] is not None:
                    found[f"{column}[{at}].{part}"] = Place(turn[part], part in _TEXTS)
    found |= {name: Place(content[name]) for name in _VALUES if content[name] is not None}
    for name in ("labels", "meta"):
        values = object_of(content[name] or "{}")
        found |= {f"{name}.{key}": Place(value) for key, value in values.items()}
    return found


def aligned(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    """The paths of a content whose turn stood elsewhere in another, with the path there.

    Turns that say the same are the same; between them those of equal place are.
    """
    partners: dict[str, str] = {}
    for column in ("messages", "rejected"):
        old, new = (side[column] or [] for side in (before, after))
        for here, there in _moved(old, new).items():
            for part in _TURN:
                partners[f"{column}[{here}].{part}"] = f"{column}[{there}].{part}"
    return partners


def _moved(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """The place of each later turn in the earlier list; -1 where it is new."""
    before, after = ([(turn["role"], turn["content"]) for turn in side] for side in (old, new))
    places: dict[int, int] = {}
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        for number in range(j2 - j1):
            is_there = i1 + number < i2
            same_role = is_there and old[i1 + number]["role"] == new[j1 + number]["role"]
            places[j1 + number] = i1 + number if tag == "equal" or same_role else -1
    return places
