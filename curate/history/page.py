"""Records and their changes as text for a terminal. Nothing here prints."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import orjson

from curate.history.pieces import Piece
from curate.history.words import ContentChange, TextChange
from curate.output import visible

if TYPE_CHECKING:
    from rich.padding import Padding
    from rich.text import Text

CONTEXT: Final = 48
"""Characters of an unchanged stretch that are shown beside a change."""

LONGEST: Final = 600
"""Characters of a turn or of a changed stretch that are shown."""

GAP: Final = " ... "
_STYLES: Final = {"equal": "", "delete": "red strike", "insert": "green"}
_MARKS: Final = {"equal": ("", ""), "delete": ("[-", "-]"), "insert": ("{+", "+}")}
_SPACES: Final = {" ": "·", "\t": "→", "\n": "↵"}
_ROLE_STYLES: Final = {"user": "bold cyan", "assistant": "bold green", "system": "bold yellow"}


def change_lines(change: ContentChange, marks: bool, indent: int = 2) -> Iterator["Padding"]:
    """What differs in a content, one line for each text and value that does.

    With `marks` deleted words stand in `[- -]` and inserted ones in `{+ +}`, for where there is no
    colour.
    """
    for text in change.texts:
        if text.state != "equal":
            yield indented(_changed_text(text, marks), indent)
    for value in change.values:
        old, new = (json_text(side) for side in (value.before, value.after))
        pieces = (Piece("delete", old), Piece("equal", " "), Piece("insert", new))
        yield indented(_assembled(f"{value.place}  ", pieces, marks), indent)


def indented(text: "Text", by: int) -> "Padding":
    """A text whose every line is indented, those that are wrapped too."""
    from rich.padding import Padding

    return Padding(text, (0, 0, 0, by), expand=False)


def _changed_text(change: TextChange, marks: bool) -> "Text":
    role = f" ({change.role})" if change.role else ""
    pieces = shown_pieces(change)
    return _assembled(f"{change.place}{role}{state_words(change)}  ", pieces, marks)


def state_words(change: TextChange) -> str:
    """What happened to a text, where it is more than an edit."""
    if change.state == "moved":
        return f" moved from {change.was}"
    return "" if change.state == "edited" else f" {change.state}"


def shown_pieces(change: TextChange, context: int = CONTEXT, longest: int = LONGEST) -> list[Piece]:
    """The pieces as `shortened` leaves them; of a text that only moved, its beginning."""
    if change.state != "moved":
        return shortened(change.pieces, context, longest)
    text = "".join(piece.text for piece in change.pieces)
    return [Piece("equal", f"{text[:context]}{GAP}" if len(text) > context + len(GAP) else text)]


def _assembled(head: str, pieces: Sequence[Piece], marks: bool) -> "Text":
    from rich.text import Text

    line = Text()
    line.append(visible(head), "dim")
    for kind, text in pieces:
        start, end = _MARKS[kind] if marks else ("", "")
        line.append(f"{start}{_in_line(kind, text)}{end}", _STYLES[kind])
    return line


def side_of(pieces: Sequence[Piece], kind: str, marks: bool) -> "Text":
    """One side of a comparison: what both have, and what went (`delete`) or came (`insert`)."""
    own = [piece for piece in pieces if piece.kind in ("equal", kind)]
    return _assembled("", own, marks)


def _in_line(kind: str, text: str) -> str:
    """A stretch within one line; changed white space is made visible."""
    if kind != "equal" and not text.strip():
        return visible("".join(_SPACES.get(character, character) for character in text))
    return visible(text.replace("\n", "↵ "))


def shortened(
    pieces: Sequence[Piece], context: int = CONTEXT, longest: int = LONGEST
) -> list[Piece]:
    """The pieces with only the ends of long unchanged stretches, next to what changed.

    Of what changed, at most `longest` characters of a stretch are left.

    >>> [piece.text[-8:] for piece in shortened([Piece("equal", "x" * 99), Piece("insert", "new")])]
    ['xxxxxxxx', 'new']
    """
    last = len(pieces) - 1
    short = []
    for at, (kind, text) in enumerate(pieces):
        if kind == "equal":
            head = text[:context] if at > 0 else ""
            tail = text[len(text) - context :] if at < last else ""
            cut = len(text) > len(head) + len(tail) + len(GAP)
            text = f"{head}{GAP}{tail}" if cut else text
        elif len(text) > longest:
            text = f"{text[:longest]}{GAP}"
        short.append(Piece(kind, text))
    return short


def content_lines(
    content: Mapping[str, Any], longest: int | None = LONGEST, with_values: bool = True
) -> Iterator["Padding"]:
    """A content, a turn a paragraph; `content` is a row of the schema `record.CONTENT`.

    Texts of more than `longest` characters are cut; `with_values` shows what stands beside them.
    """
    for name, role, text in spoken(content):
        yield indented(_paragraph(name, role, text, longest), 2)
    for name in ("desirable", "tools", "labels", "meta", "license"):
        value = content[name]
        if with_values and value not in (None, "{}"):
            yield indented(_paragraph(name, None, json_text(value), longest), 2)


def spoken(content: Mapping[str, Any]) -> Iterator[tuple[str, str | None, str]]:
    """The name, role and text of all that is said."""
    if content["text"] is not None:
        yield "text", None, content["text"]
    turns = content["messages"] or []
    boundary = content["prompt_turns"] if content["rejected"] is not None else len(turns)
    said = [("chosen " if at >= boundary else "", turn) for at, turn in enumerate(turns)]
    for prefix, turn in [*said, *(("rejected ", turn) for turn in content["rejected"] or [])]:
        for part in ("reasoning", "content", "tool_calls"):
            if turn[part] is not None:
                suffix = "" if part == "content" else f" {part.replace('_', ' ')}"
                yield f"{prefix}{turn['role']}{suffix}", turn["role"], turn[part]


def _paragraph(name: str, role: str | None, text: str, longest: int | None) -> "Text":
    from rich.text import Text

    cut = longest is not None and len(text) > longest
    line = Text()
    line.append(visible(name), _ROLE_STYLES.get(role or "", "bold"))
    if not text:
        return line.append("  (empty)", "dim")
    return line.append("  " + visible(text[:longest] + GAP if cut else text))


def json_text(value: Any) -> str:
    """A value as a person reads it: a text as it is, all else as JSON."""
    if value is None:
        return "null"
    return value if isinstance(value, str) else orjson.dumps(value).decode()
