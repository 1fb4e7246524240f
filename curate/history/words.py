"""What differs between two contents of a record: its turns, aligned, and the values beside them."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Final, Literal, NamedTuple, cast

import orjson

from curate.history.pieces import Piece, PieceKind, word_pieces

TurnState = Literal["equal", "edited", "added", "removed", "moved"]

Turn = Mapping[str, Any]
_Pair = tuple[int | None, int | None]

PAIRS_COMPARED: Final = 2_500
"""Above this many pairs of turns that differ, they are paired by role and order alone."""

_TURN_TEXTS: Final = ("content", "reasoning", "tool_calls", "tool_call_id", "name")
_OTHER_FIELDS: Final = ("prompt_turns", "desirable", "tools", "license")
_OBJECTS: Final = ("labels", "meta")


class TextChange(NamedTuple):
    """One text of a record on both sides."""

    place: str
    """Its path, such as `messages[1].content`; on the later side, where it has one."""
    role: str | None
    state: TurnState
    pieces: tuple[Piece, ...]
    was: str | None = None
    """Its path on the earlier side, where the turn moved past others."""


class ValueChange(NamedTuple):
    """A value beside the texts, such as a label; None where a side has none."""

    place: str
    before: Any
    after: Any


class ContentChange(NamedTuple):
    """All that differs between two contents; equal texts are listed too, for their context."""

    texts: tuple[TextChange, ...]
    values: tuple[ValueChange, ...]


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> ContentChange:
    """Compare two contents, which are rows of the schema `record.CONTENT`."""
    texts: list[TextChange] = []
    if before["text"] is not None or after["text"] is not None:
        texts.append(_text_change("text", None, before["text"], after["text"]))
    for column in ("messages", "rejected"):
        texts += _turn_changes(column, before[column] or [], after[column] or [])
    return ContentChange(tuple(texts), tuple(_value_changes(before, after)))


def _turn_changes(
    column: str, before: Sequence[Turn], after: Sequence[Turn]
) -> Iterator[TextChange]:
    """The texts of turns, aligned: equal ones first, then those that say the most alike."""
    pairs = list(_aligned(before, after))
    gone = {_key(before[old]): old for old, new in pairs if old is not None and new is None}
    came = {_key(after[new]): new for old, new in pairs if new is not None and old is None}
    moved = {came[key]: gone[key] for key in gone.keys() & came.keys()}
    for old, new in pairs:
        if new is not None and new in moved:
            yield from _moved_turn(column, moved[new], new, after[new])
        elif old is None or new is None:
            if old not in moved.values() or old is None:
                yield from _lone_turn(column, old, new, before, after)
        else:
            yield from _turn_pair(column, new, before[old], after[new])


def _aligned(before: Sequence[Turn], after: Sequence[Turn]) -> Iterator[_Pair]:
    """Which turn became which, in order; None for those of one side only."""
    keys_before, keys_after = [_key(turn) for turn in before], [_key(turn) for turn in after]
    matcher = SequenceMatcher(None, keys_before, keys_after, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        old, new = range(i1, i2), range(j1, j2)
        if tag == "equal":
            yield from zip(old, new, strict=True)
        elif len(old) * len(new) > PAIRS_COMPARED:
            yield from _by_role(before, after, old, new)
        else:
            yield from _by_likeness(before, after, old, new)


def _key(turn: Turn) -> tuple[Any, ...]:
    return (turn["role"], *(turn[part] for part in _TURN_TEXTS), turn["train"])


def _by_likeness(
    before: Sequence[Turn], after: Sequence[Turn], old: range, new: range
) -> Iterator[_Pair]:
    """Pair turns of one role in their order, so that pairs have the most words in common.

    The alignment of two sequences of S. B. Needleman and C. D. Wunsch, "A general method applicable
    to the search for similarities in the amino acid sequence of two proteins", 1970, without a
    penalty for gaps.
    """
    words = [[_bag(turns[at]) for at in side] for turns, side in ((before, old), (after, new))]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    likeness = [
        [
            _likeness(before[old[i]], after[new[j]], words[0][i], words[1][j])
            for j in range(len(new))
        ]
        for i in range(len(old))
    ]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            paired = best[i + 1][j + 1] + likeness[i][j] if likeness[i][j] else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    i = j = 0
    while i < len(old) and j < len(new):
        if likeness[i][j] and best[i][j] == best[i + 1][j + 1] + likeness[i][j]:
            yield old[i], new[j]
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            yield old[i], None
            i += 1
        else:
            yield None, new[j]
            j += 1
    yield from ((at, None) for at in old[i:])
    yield from ((None, at) for at in new[j:])


def _bag(turn: Turn) -> Counter[str]:
    return Counter((turn["content"] or "").lower().split())


def _likeness(old: Turn, new: Turn, old_words: Counter[str], new_words: Counter[str]) -> float:
    """The share of words in common, and a little more; 0 for turns of different roles."""
    if old["role"] != new["role"]:
        return 0.0
    total = old_words.total() + new_words.total()
    return 0.01 + (2 * (old_words & new_words).total() / total if total else 1.0)


def _by_role(
    before: Sequence[Turn], after: Sequence[Turn], old: range, new: range
) -> Iterator[_Pair]:
    roles_old, roles_new = [before[at]["role"] for at in old], [after[at]["role"] for at in new]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, roles_old, roles_new).get_opcodes():
        if tag == "equal":
            yield from zip(old[i1:i2], new[j1:j2], strict=True)
        else:
            yield from ((at, None) for at in old[i1:i2])
            yield from ((None, at) for at in new[j1:j2])


def _moved_turn(column: str, old: int, new: int, turn: Turn) -> Iterator[TextChange]:
    for part in _TURN_TEXTS:
        if turn[part] is not None:
            place, was = f"{column}[{new}].{part}", f"{column}[{old}].{part}"
            yield TextChange(place, turn["role"], "moved", (Piece("equal", turn[part]),), was)


def _lone_turn(
    column: str, old: int | None, new: int | None, before: Sequence[Turn], after: Sequence[Turn]
) -> Iterator[TextChange]:
    """The texts of a turn that one side has."""
    if new is not None:
        turn, place, state = after[new], f"{column}[{new}]", "added"
    else:
        turn, place, state = before[old or 0], f"{column}[{old}]", "removed"
    kind: PieceKind = "insert" if new is not None else "delete"
    said = [(part, turn[part]) for part in _TURN_TEXTS if turn[part] is not None]
    for part, text in said or [("content", "")]:
        pieces = (Piece(kind, text),)
        yield TextChange(f"{place}.{part}", turn["role"], cast("TurnState", state), pieces)


def _turn_pair(column: str, at: int, old: Turn, new: Turn) -> Iterator[TextChange]:
    """The texts of a turn that both sides have."""
    place, role = f"{column}[{at}]", new["role"]
    for part in _TURN_TEXTS:
        if old[part] is not None or new[part] is not None:
            yield _text_change(f"{place}.{part}", role, old[part], new[part])
    if old["train"] != new["train"]:
        pieces = word_pieces(_shown(old["train"]), _shown(new["train"]))
        yield TextChange(f"{place}.train", role, "edited", pieces)


def _text_change(place: str, role: str | None, old: str | None, new: str | None) -> TextChange:
    if old == new:
        return TextChange(place, role, "equal", (Piece("equal", old or ""),))
    return TextChange(place, role, "edited", word_pieces(old or "", new or ""))


def _shown(value: bool | None) -> str:
    return "not said" if value is None else str(value).lower()


def _value_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[ValueChange]:
    changes = [
        ValueChange(name, before[name], after[name])
        for name in _OTHER_FIELDS
        if before[name] != after[name]
    ]
    for name in _OBJECTS:
        old, new = (object_of(side[name] or "{}") for side in (before, after))
        changes += [
            ValueChange(f"{name}.{key}", old.get(key), new.get(key))
            for key in sorted(old.keys() | new.keys())
            if old.get(key) != new.get(key)
        ]
    return changes


def object_of(text: str) -> dict[str, Any]:
    """The labels or meta of a content, which are JSON as text."""
    try:
        return dict(orjson.loads(text))
    except orjson.JSONDecodeError:  # half a surrogate pair, which may be escaped in JSON
        return {key: json.dumps(value) for key, value in json.loads(text).items()}
