"""Rewording whole texts: what must stay is left out, the rest goes to an augmenter at once."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from curate.augmenting.augmenter import Augmenter, Unit
from curate.augmenting.protecting import Stretch, merged
from curate.augmenting.sentences import passages, sentences

_GLUES = frozenset("/-_@#%=&+$~")
"""Signs that would become part of a URL or number that they are put next to."""


class _Piece(NamedTuple):
    """Something to reword: a stretch of one of the texts."""

    row: int
    start: int
    end: int


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
    held = [_clipped(stretches, text) for text, stretches in zip(texts, kept, strict=True)]
    pieces = [
        _Piece(row, start, end)
        for row, (text, stretches) in enumerate(zip(texts, held, strict=True))
        for start, end in pieces_of(text, stretches, augmenter.unit)
    ]
    given = [texts[row][start:end] for row, start, end in pieces]
    answers = augmenter.reword(given, [seed_at(seeds[row], start) for row, start, _ in pieces])
    if len(answers) != len(given):
        raise RuntimeError(f"{augmenter.name} gave {len(answers)} answers to {len(given)} texts")
    changed: list[list[tuple[int, int, str]]] = [[] for _ in texts]
    for piece, old, new in zip(pieces, given, answers, strict=True):
        if new.strip() and new != old:
            fitted = _fitted(old, new.strip(), texts[piece.row], piece)
            changed[piece.row].append((piece.start, piece.end, fitted))
    return [
        _checked(_assembled(text, edits), text, stretches) if edits else text
        for text, edits, stretches in zip(texts, changed, held, strict=True)
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
