"""Rewording whole texts: what must stay is left out, the rest goes to an augmenter at once."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from curate.augmenting.augmenter import HELD, Augmenter, Unit
from curate.augmenting.protecting import Stretch, merged
from curate.augmenting.sentences import passages, sentences

_GLUES = frozenset("/-_@#%=&+$~")
"""Signs that would become part of a URL or number that they are put next to."""


class _Piece(NamedTuple):
    """Something to reword: a stretch of one of the texts."""

    row: int
    start: int
    end: int
    holds: bool
    """Whether stretches that must stay are in it, each as one `HELD`."""


def reworded(
    augmenter: Augmenter,
    texts: Sequence[str],
    kept: Sequence[Sequence[Stretch]],
    seeds: Sequence[int],
) -> list[str]:
    """Reword texts around the stretches that must stay (`protecting.protected`).

    `kept` are code points [start, end) of each text. White space around what is reworded stays, and
    what must stay does so byte for byte and in order. What becomes of a text depends on it, `kept`,
    its seed and the augmenter's settings alone. An answer that is empty leaves its piece as it was.
    """
    stays = [_clipped(stretches, text) for text, stretches in zip(texts, kept, strict=True)]
    pieces = [
        piece
        for row, (text, stretches) in enumerate(zip(texts, stays, strict=True))
        for piece in _pieces(augmenter, row, text, stretches)
    ]
    given = [_given(piece, texts[piece.row], stays[piece.row]) for piece in pieces]
    answers = augmenter.reword(given, [seed_at(seeds[piece.row], piece.start) for piece in pieces])
    if len(answers) != len(given):
        raise RuntimeError(f"{augmenter.name} gave {len(answers)} answers to {len(given)} texts")
    changed: list[list[tuple[int, int, str]]] = [[] for _ in texts]
    for piece, old, new in zip(pieces, given, answers, strict=True):
        if new.strip() and new != old:
            text, stretches = texts[piece.row], stays[piece.row]
            if piece.holds:
                put = _released(old, new.strip(), text, stretches)
            else:
                put = _fitted(old, new.strip(), text, piece)
            changed[piece.row].append((piece.start, piece.end, put))
    return [
        _checked(_assembled(text, edits), text, stretches) if edits else text
        for text, edits, stretches in zip(texts, changed, stays, strict=True)
    ]


def seed_at(seed: int, place: int) -> int:
    """The seed, of 32 bits, for what begins at a place of a text: SplitMix64 (Steele et al. 2014).

    >>> seed_at(7, 0) != seed_at(7, 1) != seed_at(8, 1)
    True
    """
    word = 2**64 - 1
    value = ((seed & word) + (place + 1) * 0x9E3779B97F4A7C15) & word
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & word
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & word
    return (value ^ (value >> 31)) >> 32


def pieces_of(text: str, kept: Sequence[Stretch], unit: Unit) -> Iterator[Stretch]:
    """What of a text an augmenter is given, by its unit; all has a letter or digit in it.

    `kept` is merged and sorted.
    """
    if unit == "stretch":
        found = _between(kept, len(text))
    elif unit == "sentence":
        found = iter(_free(sentences(text), kept))
    else:
        found = iter(passages(text, _free(sentences(text), kept)))
    for start, end in found:
        piece = text[start:end]
        stripped = piece.strip()
        if any(map(str.isalnum, stripped)):
            start += len(piece) - len(piece.lstrip())
            yield start, start + len(stripped)


def _pieces(augmenter: Augmenter, row: int, text: str, kept: Sequence[Stretch]) -> Iterator[_Piece]:
    """What of a text is reworded: all at once, or piece by piece."""
    found = list(pieces_of(text, kept, augmenter.unit))
    if augmenter.holds and found and kept and HELD not in text:
        start = min(len(text) - len(text.lstrip()), kept[0][0])
        yield _Piece(row, start, max(len(text.rstrip()), kept[-1][1]), True)
    else:
        yield from (_Piece(row, start, end, False) for start, end in found)


def _given(piece: _Piece, text: str, kept: Sequence[Stretch]) -> str:
    """A piece as the augmenter is given it."""
    if not piece.holds:
        return text[piece.start : piece.end]
    parts, place = [], piece.start
    for start, end in kept:
        parts += [text[place : max(start, place)], HELD]
        place = max(end, place)
    return "".join([*parts, text[place : piece.end]])


def _released(old: str, new: str, text: str, kept: Sequence[Stretch]) -> str:
    """An answer with what must stay in the place of each `HELD`. Raises where one was lost."""
    were, are = old.split(HELD), new.split(HELD)
    if len(were) != len(are):
        raise RuntimeError(f"{len(were) - 1} stretches of {text!r} became {len(are) - 1}")
    parts = [are[0]]
    for place, (start, end) in enumerate(kept):
        before, after = were[place][-1:], were[place + 1][:1]
        if _glues(are[place][-1:], before):
            parts.append(" ")
        parts.append(text[start:end])
        if _glues(are[place + 1][:1], after):
            parts.append(" ")
        parts.append(are[place + 1])
    return "".join(parts)


def _glues(new: str, old: str) -> bool:
    """Whether a sign sticks to what must stay, where there was none that did so."""
    return bool(new) and not (old and old.isalnum()) and _sticks(new, old)


def _clipped(stretches: Sequence[Stretch], text: str) -> list[Stretch]:
    return merged((max(start, 0), min(end, len(text))) for start, end in stretches if start < end)


def _between(kept: Sequence[Stretch], length: int) -> Iterator[Stretch]:
    """What lies between the stretches that must stay."""
    place = 0
    for start, end in kept:
        if start > place:
            yield place, start
        place = end
    if place < length:
        yield place, length


def _free(found: Sequence[Stretch], kept: Sequence[Stretch]) -> list[Stretch]:
    """The stretches in which nothing must stay; both lists are sorted."""
    free, at = [], 0
    for start, end in found:
        while at < len(kept) and kept[at][1] <= start:
            at += 1
        if at == len(kept) or kept[at][0] >= end:
            free.append((start, end))
    return free


def _fitted(old: str, new: str, text: str, piece: _Piece) -> str:
    """A piece that does not stick to what stays beside it, where it did not do so before."""
    before = text[piece.start - 1 : piece.start] if piece.start else ""
    after = text[piece.end : piece.end + 1]
    if before and not before.isspace() and not old[0].isalnum() and _sticks(new[0], old[0]):
        new = f" {new}"
    if after and not after.isspace() and not old[-1].isalnum() and _sticks(new[-1], old[-1]):
        new = f"{new} "
    return new


def _sticks(new: str, old: str) -> bool:
    return new != old and (new.isalnum() or new in _GLUES)


def _assembled(text: str, edits: Sequence[tuple[int, int, str]]) -> str:
    parts, place = [], 0
    for start, end, new in edits:
        parts += [text[place:start], new]
        place = end
    return "".join([*parts, text[place:]])


def _checked(result: str, text: str, kept: Sequence[Stretch]) -> str:
    """Raise where something that must stay is not there, in order: a defect of curate."""
    place = 0
    for start, end in kept:
        found = result.find(text[start:end], place)
        if found < 0:
            raise RuntimeError(f"{text[start:end]!r} was lost from {text!r}")
        place = found + end - start
    return result
