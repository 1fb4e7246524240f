"""A changed record as HTML: what it is, why it changed, and its words."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from curate.history.causes import SIGNS
from curate.history.examples import Example
from curate.history.html_text import escaped, marked
from curate.history.page import json_text, shown_pieces, spoken, state_words
from curate.history.pieces import Piece
from curate.history.report import measured_words
from curate.history.words import ContentChange

CONTEXT: Final = 200
"""Characters of an unchanged stretch that stand beside a change."""
LONGEST: Final = 4_000
"""Characters of a turn, or of a changed stretch, that a page holds."""


def record(one: Example, cause: int) -> str:
    """A record that opens to its texts; `cause` is the number of its cause."""
    change = one.change
    copy = f" copy {change.copy}" if change.copy else ""
    place = f"{change.source}/{change.file}:{change.line}"
    said = f"{one.cause.what}{measured_words(change)}"
    inner = "".join(_inner(one))
    return (
        f'<details class="record" data-change="{change.change}" data-cause="{cause}">'
        f'<summary><span class="id {change.change}">{SIGNS[change.change]} {change.id.hex()}{copy}'
        f'</span> <span class="dim">{escaped(place)}</span> {escaped(said)}</summary>'
        f"{inner}</details>\n"
    )


def _inner(one: Example) -> Iterator[str]:
    if one.words is not None:
        yield from _changed(one.words)
    elif one.content is None or one.change.change == "edited":
        yield '<p class="dim">Its content is not stored any more.</p>'
    else:
        yield from turns(one.content)
    if one.change.change == "moved":
        yield _turn("split", f"{one.change.split_before} → {one.change.split_after}")
    if one.change.twin is not None:
        twin = one.change.twin.hex()
        yield f'<p class="dim">twin <code>{twin}</code></p>'


def _changed(change: ContentChange) -> Iterator[str]:
    for text in change.texts:
        if text.state == "equal":
            continue
        role = f" ({text.role})" if text.role else ""
        pieces = shown_pieces(text, CONTEXT, LONGEST)
        yield _words(f"{text.place}{role}{state_words(text)}", marked(pieces))
    unchanged = sum(text.state == "equal" for text in change.texts)
    for value in change.values:
        sides = (Piece("delete", json_text(value.before)), Piece("equal", " "))
        yield _words(value.place, marked((*sides, Piece("insert", json_text(value.after)))))
    if unchanged:
        noun = "text" if unchanged == 1 else "texts"
        yield f'<p class="turn dim">{unchanged} unchanged {noun} not shown</p>'


def turns(content: Mapping[str, Any]) -> Iterator[str]:
    """All that is said in a content, with its labels and licence."""
    for name, _, text in spoken(content):
        yield _turn(name, text)
    for name in ("labels", "license"):
        if content[name] not in (None, "{}"):
            yield _turn(name, content[name])


def _turn(name: str, text: str) -> str:
    cut = f'<span class="cut"> ... {len(text) - LONGEST:,} more characters</span>'
    return _words(name, escaped(text[:LONGEST]) + (cut if len(text) > LONGEST else ""))


def _words(name: str, inner: str) -> str:
    return f'<div class="turn"><span>{escaped(name)}</span><div class="words">{inner}</div></div>'
