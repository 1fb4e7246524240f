"""Gopher's repetition rules (Rae et al. 2021, arXiv 2112.11446, table A1), one by one."""

import re
from collections import Counter
from collections.abc import Hashable, Sequence
from functools import partial

from tests.rules.reference.reading import Choices, Reading, above, below, share
from tests.rules.reference.words import lines, words


def duplicate_lines(text: str, choices: Choices) -> float | None:
    """Duplicate line fraction."""
    found = _lines(text, choices)
    return share(len(_again(found)), len(found))


def duplicate_line_characters(text: str, choices: Choices) -> float | None:
    """Duplicate line character fraction."""
    found = _lines(text, choices)
    whole = _whole(text, choices, sum(map(len, found)))
    return share(sum(map(len, _again(found))), whole)


def duplicate_paragraphs(text: str, choices: Choices) -> float | None:
    """Duplicate paragraph fraction."""
    found = _paragraphs(text, choices)
    return share(len(_again(found)), len(found))


def duplicate_paragraph_characters(text: str, choices: Choices) -> float | None:
    """Duplicate paragraph character fraction."""
    found = _paragraphs(text, choices)
    again = sum(_size(paragraph, choices) for paragraph in _again(found))
    whole = sum(_size(paragraph, choices) for paragraph in found)
    return share(again, _whole(text, choices, whole))


def top_sequence(width: int, text: str, choices: Choices) -> float | None:
    """Fraction of characters contained in the most common n-gram."""
    found = words(text, choices)
    times = Counter(_sequences(found, width))
    if "once" in choices and not times:
        return None
    most = max(times.values(), default=0)
    best = [sequence for sequence in times if times[sequence] == most]
    if most < 2 and "once" not in choices:
        characters = 0
    elif "joined" in choices:
        characters = len(" ".join(best[0])) * most
    else:
        characters = max(_characters_in(found, each) for each in best)
    return share(characters, _whole(text, choices, sum(map(len, found))))


def duplicate_sequences(width: int, text: str, choices: Choices) -> float | None:
    """Fraction of characters in all duplicate n-grams, none counted twice for overlaps."""
    found = words(text, choices)
    if "jump" in choices:
        characters = _characters_by_jumps(found, width)
    else:
        covered: set[int] = set()
        for start in _places_again(_sequences(found, width)):
            covered.update(range(start, start + width))
        characters = sum(len(found[place]) for place in covered)
    return share(characters, _whole(text, choices, sum(map(len, found))))


def _characters_in(found: Sequence[str], wanted: tuple[str, ...]) -> int:
    """The characters of the words in any occurrence of a sequence, each word once."""
    width = len(wanted)
    covered = {
        place
        for start, sequence in enumerate(_sequences(found, width))
        if sequence == wanted
        for place in range(start, start + width)
    }
    return sum(len(found[place]) for place in covered)


def _characters_by_jumps(found: Sequence[str], width: int) -> int:
    seen: set[str] = set()
    characters = place = 0
    while place <= len(found) - width:
        glued = "".join(found[place : place + width])
        if glued in seen:
            characters, place = characters + len(glued), place + width
        else:
            seen.add(glued)
            place += 1
    return characters


def _sequences(found: Sequence[str], width: int) -> list[tuple[str, ...]]:
    return [tuple(found[start : start + width]) for start in range(len(found) - width + 1)]


def _again(found: Sequence[str]) -> list[str]:
    """What stood before: everything from its second occurrence on."""
    return [found[place] for place in _places_again(found)]


def _places_again(found: Sequence[Hashable]) -> list[int]:
    seen: set[Hashable] = set()
    places = []
    for place, each in enumerate(found):
        if each in seen:
            places.append(place)
        seen.add(each)
    return places


def _lines(text: str, choices: Choices) -> list[str]:
    return re.split(r"\n+", text) if "pieces" in choices else lines(text)


def _paragraphs(text: str, choices: Choices) -> list[str]:
    """Lines without a blank one between them, joined by line feeds."""
    if "pieces" in choices:
        return re.split(r"\n{2,}", text.strip())
    blocks: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line.strip():
            blocks[-1].append(line.strip())
        elif blocks[-1]:
            blocks.append([])
    return ["\n".join(block) for block in blocks if block]


def _size(paragraph: str, choices: Choices) -> int:
    """The characters of a paragraph, in curate's reading those of its lines."""
    return len(paragraph) if "pieces" in choices else len(paragraph.replace("\n", ""))


def _whole(text: str, choices: Choices, counted: int) -> int:
    return len(text) if "all-characters" in choices else counted


TOPS = {2: 0.2, 3: 0.18, 4: 0.16}
DUPLICATES = {5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.1}

READINGS = {
    "duplicate-lines": Reading(duplicate_lines, above(0.3)),
    "duplicate-paragraphs": Reading(duplicate_paragraphs, above(0.3)),
    "duplicate-line-characters": Reading(duplicate_line_characters, above(0.2)),
    "duplicate-paragraph-characters": Reading(duplicate_paragraph_characters, above(0.2)),
    **{
        f"top-{width}gram": Reading(partial(top_sequence, width), above(limit))
        for width, limit in TOPS.items()
    },
    **{
        f"duplicate-{width}gram": Reading(partial(duplicate_sequences, width), above(limit))
        for width, limit in DUPLICATES.items()
    },
}

DATATROVES = {
    "empty": Reading(lambda text, _: len(text), below(1)),
    **READINGS,
}
"""datatrove drops a text without any character; the paper has no such rule."""
