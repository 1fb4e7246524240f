"""Shared passages in plain Python: what the kernel gives."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from curate.scan.plain import words_of

MASK: Final = (1 << 64) - 1
SEED, PRIME, TURN = 0xCBF29CE484222325, 0x100000001B3, 0x9E3779B97F4A7C15
"""As in `scan.compiled`."""


def mixed(value: int) -> int:
    """The finaliser of MurmurHash3, as `scan.compiled.mixed`."""
    value ^= value >> 33
    value = value * 0xFF51AFD7ED558CCD & MASK
    value ^= value >> 33
    value = value * 0xC4CEB9FE1A85EC53 & MASK
    return value ^ value >> 33


def word_hash(word: str) -> int:
    """The hash that the scan gives a word: ASCII letters behind one go in by up to eight."""
    value, place = SEED, 0
    while place < len(word):
        value = (value ^ ord(word[place])) * PRIME & MASK
        place += 1
        if not _is_letter(word[place - 1]):
            continue
        stop = place
        while stop < len(word) and _is_letter(word[stop]):
            stop += 1
        for start in range(place, stop, 8):
            eight = word[start : min(start + 8, stop)].encode()
            value = mixed(value ^ int.from_bytes(eight, "little"))
        place = stop
    return mixed(value)


def _is_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()


def places(text: str) -> list[tuple[int, int]]:
    """Where the words of a text start and stop, in bytes of UTF-8."""
    found, before, size = [], 0, 0
    for word in words_of(text):
        # Before it there is nothing but white space.
        start = text.index(word, before)
        size += len(text[before:start].encode())
        found.append((size, size + len(word.encode())))
        before, size = start + len(word), found[-1][1]
    return found


def rolled(hashes: Sequence[int], count: int) -> list[int]:
    """The hashes of all runs of so many words: polynomials in `TURN`, spread by `mixed`."""
    found = []
    for start in range(len(hashes) - count + 1):
        value = 0
        for each in hashes[start : start + count]:
            value = (value * TURN + each) & MASK
        found.append(mixed(value))
    return found


def winnowed(hashes: Sequence[int], gram: int, window: int) -> list[int]:
    """The least hash of each window of grams; one that the window before has too comes once."""
    grams, found = rolled(hashes, gram), list[int]()
    for start in range(len(grams) - window + 1):
        least = min(grams[start : start + window])
        if not found or found[-1] != least:
            found.append(least)
    return found


class Verdict(NamedTuple):
    """What became of documents."""

    cut: list[list[set[int]]]
    """Of each document and text the places of words that are cut."""
    owner: list[int]
    """The document that a dropped one is dropped for; -1 where it is kept."""
    owning: list[bool]
    """Whether words of others are cut because it has them."""


def settled(
    documents: Sequence[Sequence[Sequence[int]]],
    order: Sequence[int],
    fixed: Sequence[bool],
    words: int,
) -> Verdict:
    """Go over documents in order: what a kept one before has, in windows of `words`, is cut.

    A document is its texts, each the hashes of its words. One of which a text would be left without
    any word is dropped, and others are not cut for what it has. Fixed ones are never cut.
    """
    owners: dict[int, int] = {}
    count = len(documents)
    verdict = Verdict([[set() for _ in each] for each in documents], [-1] * count, [False] * count)
    for document in order:
        windows = [rolled(text, words) for text in documents[document]]
        for number, text in enumerate(windows if not fixed[document] else ()):
            known = [at for at, each in enumerate(text) if each in owners]
            lost = {place for at in known for place in range(at, at + words)}
            verdict.cut[document][number].update(lost)
            is_whole = len(lost) == len(documents[document][number]) > 0
            if is_whole and verdict.owner[document] < 0:
                verdict.owner[document] = owners[text[known[0]]]
        for each in {each for text in windows for each in text}:
            if each in owners:
                verdict.owning[owners[each]] = True
            elif verdict.owner[document] < 0:
                owners[each] = document
    return verdict
