"""The words that differ between two contents of a record, turn by turn."""

import json
import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Final, Literal, NamedTuple

import orjson

PieceKind = Literal["equal", "insert", "delete"]
TurnState = Literal["equal", "edited", "added", "removed"]

_TOKEN: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|\w+|[^\S\n]+|\n|[^\w\s]")
"""Words; where a script sets no spaces between them, characters."""

TOKENS_COMPARED: Final = 4_000
"""Above this many tokens between the common ends, lines are compared: words take quadratic time."""

_TURN_TEXTS: Final = ("content", "reasoning", "tool_calls", "tool_call_id", "name")
_OTHER_FIELDS: Final = ("prompt_turns", "desirable", "tools", "license")
_OBJECTS: Final = ("labels", "meta")


class Piece(NamedTuple):
    """A stretch of text that both sides have, or only one."""

    kind: PieceKind
    text: str


class TextChange(NamedTuple):
    """One text of a record on both sides."""

    place: str
    """Its path, such as `messages[1].content`; on the later side, where it has one."""
    role: str | None
    state: TurnState
    pieces: tuple[Piece, ...]


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


def word_pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Where two texts differ, by words.

    The equal and deleted pieces make up `before`, the equal and inserted ones `after`.

    >>> [tuple(piece) for piece in word_pieces("a red cat", "a black cat")]
    [('equal', 'a '), ('delete', 'red'), ('insert', 'black'), ('equal', ' cat')]
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    head, tail = old[:start], old[len(old) - end :]
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    if len(old) + len(new) > TOKENS_COMPARED:
        old, new = "".join(old).splitlines(keepends=True), "".join(new).splitlines(keepends=True)
    middle = _compared(old, new) if len(old) + len(new) <= TOKENS_COMPARED else _replaced(old, new)
    whole = [Piece("equal", "".join(head)), *middle, Piece("equal", "".join(tail))]
    return tuple(_joined(whole))


def _replaced(old: Sequence[str], new: Sequence[str]) -> list[Piece]:
    return [Piece("delete", "".join(old)), Piece("insert", "".join(new))]


def _compared(old: Sequence[str], new: Sequence[str]) -> list[Piece]:
    pieces = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("equal", "".join(old[i1:i2])))
        else:
            pieces += _replaced(old[i1:i2], new[j1:j2])
    return pieces


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Join neighbours; a mere space between two changes belongs to both, which reads better."""
    joined: list[Piece] = []
    deleted, inserted, space = "", "", ""

    def close() -> None:
        joined.extend(Piece("delete", deleted) for _ in range(bool(deleted)))
        joined.extend(Piece("insert", inserted) for _ in range(bool(inserted)))
        joined.extend(Piece("equal", space) for _ in range(bool(space)))

    for kind, text in pieces:
        if not text:
            continue
        if kind == "equal" and not space and deleted and inserted and text.strip(" ") == "":
            space = text
        elif kind == "equal":
            close()
            deleted, inserted, space = "", "", text
        else:
            if space and (deleted or inserted):
                deleted, inserted, space = deleted + space, inserted + space, ""
            elif space:
                joined.append(Piece("equal", space))
                space = ""
            deleted += text if kind == "delete" else ""
            inserted += text if kind == "insert" else ""
    close()
    return joined


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    limit = min(len(a), len(b))
    return next((at for at in range(limit) if a[at] != b[at]), limit)


def _turn_changes(
    column: str, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> list[TextChange]:
    """The texts of turns, aligned: equal turns first, then those of one role in their order."""
    keys_before, keys_after = [_key(turn) for turn in before], [_key(turn) for turn in after]
    matcher = SequenceMatcher(None, keys_before, keys_after, autojunk=False)
    changes: list[TextChange] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        pairs: list[tuple[int | None, int | None]] = [(i1 + n, j1 + n) for n in range(i2 - i1)]
        if tag != "equal":
            pairs = _paired(before, after, range(i1, i2), range(j1, j2))
        for old, new in pairs:
            changes += _one_turn(
                column,
                new if new is not None else old,
                before[old] if old is not None else None,
                after[new] if new is not None else None,
            )
    return changes


def _key(turn: Mapping[str, Any]) -> tuple[Any, ...]:
    return (turn["role"], *(turn[part] for part in _TURN_TEXTS), turn["train"])


def _paired(
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
    old_turns: range,
    new_turns: range,
) -> list[tuple[int | None, int | None]]:
    """Pair turns of one role in their order; what has no partner stands alone, in its place."""
    roles_old = [before[at]["role"] for at in old_turns]
    roles_new = [after[at]["role"] for at in new_turns]
    pairs: list[tuple[int | None, int | None]] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, roles_old, roles_new).get_opcodes():
        if tag == "equal":
            pairs += zip(old_turns[i1:i2], new_turns[j1:j2], strict=True)
        else:
            pairs += [(at, None) for at in old_turns[i1:i2]]
            pairs += [(None, at) for at in new_turns[j1:j2]]
    return pairs


def _one_turn(
    column: str, at: int | None, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> list[TextChange]:
    role = (new or old or {})["role"]
    place = f"{column}[{at}]"
    if old is None or new is None:
        state: TurnState = "added" if old is None else "removed"
        kind: PieceKind = "insert" if old is None else "delete"
        said = [(part, (new or old or {})[part]) for part in _TURN_TEXTS]
        texts = [(part, text) for part, text in said if text is not None]
        return [
            TextChange(f"{place}.{part}", role, state, (Piece(kind, text),))
            for part, text in texts or [("content", "")]
        ]
    changes = [
        _text_change(f"{place}.{part}", role, old[part], new[part])
        for part in _TURN_TEXTS
        if old[part] is not None or new[part] is not None
    ]
    if old["train"] != new["train"]:
        pieces = word_pieces(_shown(old["train"]), _shown(new["train"]))
        changes.append(TextChange(f"{place}.train", role, "edited", pieces))
    return changes


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
