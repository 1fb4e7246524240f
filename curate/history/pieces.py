"""The words that differ between two texts.

Texts are compared from the coarse to the fine: lines, then sentences within lines that differ, then
words within sentences that differ. So a long text costs little, and what stayed is found even where
much was rewritten.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache
from typing import Final, Literal, NamedTuple

PieceKind = Literal["equal", "insert", "delete"]

POPULAR: Final = 1_000
"""Above this many units on both sides together, those that occur often are no anchors any more: a
comparison would take quadratic time."""

LARGEST: Final = 40_000
"""Above this many, nothing between the common ends is compared."""

_LINES: Final = re.compile(r"[^\n]*\n|[^\n]+")
_SENTENCES: Final = re.compile(r".*?(?:[.!?…]+(?=\s)|[。！？।]+|\n|\Z)\s*", re.DOTALL)
_SPACED: Final = re.compile(r"\s*\S+|\s+")
_ASCII: Final = re.compile(r"\s*(?:\w+|\S)|\s+")

_UNSPACED: Final = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19df"  # Thai to Tai Lue
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff"  # kana and Han
    "\U00020000-\U0003ffff"
)
"""Scripts that set no spaces between words: there a character is compared, with its marks."""


class Piece(NamedTuple):
    """A stretch of text that both sides have, or only one."""

    kind: PieceKind
    text: str


def word_pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Where two texts differ, by words.

    The equal and deleted pieces make up `before`, the equal and inserted ones `after`.

    >>> [tuple(piece) for piece in word_pieces("a red cat", "a black cat")]
    [('equal', 'a '), ('delete', 'red'), ('insert', 'black'), ('equal', ' cat')]
    """
    return tuple(_readable(_compared(before, after, 0)))


def _units(text: str, level: int) -> list[str]:
    """A text cut into units, the coarsest first: lines, sentences, what spaces part, words."""
    pattern = (_LINES, _SENTENCES, _SPACED, _ASCII if text.isascii() else _words())[level]
    return [unit for unit in pattern.findall(text) if unit]


_FINEST: Final = 3


@cache
def _words() -> re.Pattern[str]:
    """A word, or a character of a script without spaces, with its marks and the space before it.

    A mark (a Thai vowel, the sign of a tone, what joins an emoji) never stands apart from what it
    is written on.
    """
    joined = f"(?:[{_marks()}\ufe0e\ufe0f\u200c\U0001f3fb-\U0001f3ff]|\u200d[^\\s\\w]?)*"
    letter = f"[^\\W{_UNSPACED}]"
    flag = "[\U0001f1e6-\U0001f1ff]{2}"
    return re.compile(f"\\s*(?:{flag}|(?:{letter}{joined})+|\\S{joined})|\\s+")


def _marks() -> str:
    """The characters that are written on others, as ranges of a regular expression."""
    import unicodedata

    ranges: list[list[int]] = []
    for code in (*range(0x300, 0x20000), *range(0xE0100, 0xE01F0)):
        if unicodedata.category(chr(code)) in ("Mn", "Mc", "Me"):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


def _compared(before: str, after: str, level: int) -> Iterator[Piece]:
    old, new = _units(before, level), _units(after, level)
    # What is alike is found whatever the white space around it.
    keys = [[unit.strip() or unit for unit in side] for side in (old, new)]
    for tag, i1, i2, j1, j2 in _opcodes(*keys):
        if tag == "equal":
            for pair in zip(old[i1:i2], new[j1:j2], strict=True):
                yield from _spaced(*pair)
        elif i1 == i2 or j1 == j2 or level == _FINEST:
            yield from _replaced("".join(old[i1:i2]), "".join(new[j1:j2]))
        else:
            yield from _compared("".join(old[i1:i2]), "".join(new[j1:j2]), level + 1)


def _opcodes(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """What turns one list of units into another, as `SequenceMatcher` tells it."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    i, j = len(old) - end, len(new) - end
    left = i + j - 2 * start
    codes = [("equal", 0, start, 0, start)]
    if left > LARGEST:
        codes.append(("replace", start, i, start, j))
    else:
        matcher = SequenceMatcher(None, old[start:i], new[start:j], autojunk=left > POPULAR)
        codes += [
            (tag, i1 + start, i2 + start, j1 + start, j2 + start)
            for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        ]
    return [*codes, ("equal", i, len(old), j, len(new))]


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    limit = min(len(a), len(b))
    return next((at for at in range(limit) if a[at] != b[at]), limit)


def _spaced(old: str, new: str) -> Iterator[Piece]:
    """Two units that are alike but for the white space around them."""
    core = old.strip()
    if old == new or not core:
        yield Piece("equal", old)
        return
    sides = [unit.partition(core) for unit in (old, new)]
    yield from _replaced(sides[0][0], sides[1][0])
    yield Piece("equal", core)
    yield from _replaced(sides[0][2], sides[1][2])


def _replaced(old: str, new: str) -> Iterator[Piece]:
    """One text in place of another; white space that begins or ends both is kept."""
    start = _common(old[: len(old) - len(old.lstrip())], new[: len(new) - len(new.lstrip())])
    rest_old, rest_new = old[start:], new[start:]
    ends = (rest_old[len(rest_old.rstrip()) :][::-1], rest_new[len(rest_new.rstrip()) :][::-1])
    end = _common(*ends)
    yield Piece("equal", old[:start])
    yield Piece("delete", rest_old[: len(rest_old) - end])
    yield Piece("insert", rest_new[: len(rest_new) - end])
    yield Piece("equal", rest_old[len(rest_old) - end :])


class _Change(NamedTuple):
    """A stretch that differs, and the equal one after it."""

    deleted: str
    inserted: str
    equal: str


def _readable(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Join neighbours, and what is alike by chance between two changes with them.

    A few equal letters between two longer changes tell a reader nothing: half as many as in either
    change are counted as changed too, if they are within a line.
    """
    changes = [_Change("", "", "")]
    for kind, text in pieces:
        last = changes[-1]
        if kind == "equal":
            changes[-1] = last._replace(equal=last.equal + text)
            continue
        if last.equal:
            changes.append(_Change("", "", ""))
            last = changes[-1]
        name = "deleted" if kind == "delete" else "inserted"
        changes[-1] = last._replace(**{name: getattr(last, name) + text})
    kept = changes[:1]
    for change in changes[1:]:
        kept[-1:] = _merged(kept[-1], change)
    for change in kept:
        parts = (Piece("delete", change.deleted), Piece("insert", change.inserted))
        yield from (part for part in (*parts, Piece("equal", change.equal)) if part.text)


def _merged(first: _Change, second: _Change) -> list[_Change]:
    between = first.equal
    deleted = first.deleted + between + second.deleted
    inserted = first.inserted + between + second.inserted
    sizes = (max(len(one.deleted), len(one.inserted)) for one in (first, second))
    if (
        2 * len(between.strip()) > min(sizes)
        or "\n" in between
        or not (first.deleted or second.deleted)
        or not (first.inserted or second.inserted)
    ):
        return [first, second]
    return [_Change(deleted, inserted, second.equal)]
