"""The pass in plain Python: what the kernel gives, told by string methods and patterns."""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Final

from curate.scan.classes import (
    ALONE,
    CLOSING,
    DIGIT,
    LETTER,
    LOWER,
    MARK,
    PUNCTUATION,
    SPACE,
    TERMINAL,
    UPPER,
    classes,
)
from curate.scan.columns import (
    AGAINS,
    BULLETS,
    COUNTS,
    REPETITION,
    SHORT_LINE,
    STOP_WORDS,
    TOPS,
)

OfText = Callable[[str], list[int]]
"""The numbers of one text."""

_CORE: Final = re.compile(r"[A-Za-z]+")
_EAST_ASIAN: Final = frozenset("。．！？｡")


@cache
def flags_of(character: str) -> int:
    """The flags (`classes.Flag`) of a character."""
    return int(classes()[ord(character)])


def words_of(text: str) -> list[str]:
    """The words of a text (`COUNTS`).

    >>> words_of("Hello, 世界。ok"), words_of(" a-b  c ")
    (['Hello,', '世', '界。', 'ok'], ['a-b', 'c'])
    """
    found: list[str] = []
    for stretch in text.split():
        found += [stretch] if stretch.isascii() else _parts(stretch)
    return found


def _parts(stretch: str) -> Iterator[str]:
    """Cut what has no white space before letters that are words, and behind them."""
    start, alone = 0, False
    for place, character in enumerate(stretch):
        flags = flags_of(character)
        opens = flags & ALONE or (alone and flags & (LETTER | DIGIT))
        if opens:
            if place > start:
                yield stretch[start:place]
            start, alone = place, bool(flags & ALONE)
    yield stretch[start:]


def lines_of(text: str) -> list[list[str]]:
    r"""The paragraphs of a text, each a list of its lines (`COUNTS`).

    >>> lines_of("a\n b \n \n\nc")
    [['a', 'b'], ['c']]
    """
    paragraphs: list[list[str]] = []
    opens = True
    for raw in text.split("\n"):
        line = raw.strip()
        if not line:
            opens = True
            continue
        if opens:
            paragraphs.append([])
        paragraphs[-1].append(line)
        opens = False
    return paragraphs


def sentences_of(text: str) -> int:
    """How many sentences a text has (`COUNTS`).

    >>> sentences_of("J. Smith came. He saw 3.5 of them! (Yes.) Then e.g. this")
    4
    >>> sentences_of("好。好！")
    2
    """
    return sum(_sentences(line) for line in text.split("\n"))


def _sentences(line: str) -> int:
    number, content, ending, kind = 0, False, 0, ""
    for place, character in enumerate(line):
        flags = flags_of(character)
        if flags & SPACE:
            if ending and kind in _EAST_ASIAN:
                number, content, ending = number + 1, False, 0
            ending = 2 if ending else 0
            continue
        content = True
        if flags & TERMINAL:
            if not (character == "." and _is_initial(line, place)):
                ending, kind = 1, character
        elif ending and not flags & CLOSING:
            breaks = ending == 2 or kind in _EAST_ASIAN
            if breaks and not (kind in ".…" and flags & LOWER):
                number += 1
            ending = 0
    return number + content


def _is_initial(line: str, period: int) -> bool:
    """Whether a period stands behind a single capital."""
    if not (period and flags_of(line[period - 1]) & UPPER):
        return False
    return period == 1 or not flags_of(line[period - 2]) & (LETTER | DIGIT)


def counts_of(text: str) -> list[int]:
    """The numbers `COUNTS` of a text, in their order."""
    flags = [flags_of(character) for character in text]
    words, paragraphs = words_of(text), lines_of(text)
    lines = [line for paragraph in paragraphs for line in paragraph]
    hits = [core for core in map(_core, words) if core in STOP_WORDS]
    found = {
        COUNTS.CHARACTERS: len(text),
        COUNTS.TRIMMED: len(text.strip()),
        COUNTS.SOLID: sum(map(len, words)),
        COUNTS.WORDS: len(words),
        COUNTS.LONGEST_WORD: max(map(len, words), default=0),
        COUNTS.ALPHABETIC_WORDS: sum(any(map(_is_letter, word)) for word in words),
        COUNTS.LETTERS: sum(flag & LETTER > 0 for flag in flags),
        COUNTS.UPPER: sum(flag & UPPER > 0 for flag in flags),
        COUNTS.DIGITS: sum(flag & DIGIT > 0 for flag in flags),
        COUNTS.PUNCTUATION: sum(flag & PUNCTUATION > 0 for flag in flags),
        COUNTS.NON_ASCII: sum(not character.isascii() for character in text),
        COUNTS.HASHES: text.count("#"),
        COUNTS.ELLIPSES: text.count("...") + text.count("…"),
        COUNTS.STOP_WORDS: len(set(hits)),
        COUNTS.STOP_WORD_HITS: len(hits),
        COUNTS.FEEDS: text.count("\n"),
        COUNTS.LINES: len(lines),
        COUNTS.LINE_CHARACTERS: sum(map(len, lines)),
        COUNTS.BULLET_LINES: sum(map(_is_bullet, lines)),
        COUNTS.ELLIPSIS_LINES: sum(map(_ends_in_ellipsis, lines)),
        COUNTS.PUNCTUATED_LINES: sum(map(_is_punctuated, lines)),
        COUNTS.SHORT_LINES: sum(len(line) < SHORT_LINE for line in lines),
        COUNTS.PARAGRAPHS: len(paragraphs),
        COUNTS.SENTENCES: sentences_of(text),
    }
    return [found[column] for column in COUNTS]


def _is_letter(character: str) -> bool:
    return flags_of(character) & LETTER > 0


def _core(word: str) -> str:
    """The ASCII letters of a word, in lower case, where around them are only signs; else ""."""
    found = _CORE.search(word)
    if found is None:
        return ""
    rest = word[: found.start()] + word[found.end() :]
    worded = LETTER | DIGIT | MARK
    return "" if any(flags_of(each) & worded for each in rest) else found[0].lower()


def _is_bullet(line: str) -> bool:
    if line[0] not in BULLETS:
        return False
    return line[0] not in "-*" or len(line) == 1 or line[1].isspace()


def _ends_in_ellipsis(line: str) -> bool:
    return line.endswith(("...", "…"))


def _is_punctuated(line: str) -> bool:
    place = len(line)
    while place and not flags_of(line[place - 1]) & TERMINAL:
        place -= 1
    behind = CLOSING | SPACE
    return place > 0 and all(flags_of(each) & behind for each in line[place:])


def repetition_of(text: str, surprise: Sequence[int]) -> list[int]:
    """The numbers `REPETITION` of a text, in their order; `surprise` as the kernel takes it."""
    paragraphs = lines_of(text)
    lines = [line for paragraph in paragraphs for line in paragraph]
    words = words_of(text)
    ends = [0]
    for word in words:
        ends.append(ends[-1] + len(word))
    sizes = [sum(map(len, each)) for each in paragraphs]
    again, characters = _again(lines, list(map(len, lines)))
    paragraphs_again, characters_again = _again(list(map(tuple, paragraphs)), sizes)
    found = {
        REPETITION.LINES: again,
        REPETITION.LINE_CHARACTERS: characters,
        REPETITION.PARAGRAPHS: paragraphs_again,
        REPETITION.PARAGRAPH_CHARACTERS: characters_again,
        REPETITION.DISTINCT_WORDS: len(set(words)),
        REPETITION.SURPRISE: sum(surprise[times] for times in Counter(words).values()),
        REPETITION.MEDIAN_TWICE: _median_twice(sorted(map(len, words))),
    }
    for width in TOPS:
        found[REPETITION[f"TOP_{width}"]] = _top(words, ends, width)
    for width in AGAINS:
        found[REPETITION[f"AGAIN_{width}"]] = _covered_again(words, ends, width)
    return [found[column] for column in REPETITION]


def _again(items: Sequence[Hashable], sizes: Sequence[int]) -> tuple[int, int]:
    """How many items occurred before, and their characters."""
    seen: set[Hashable] = set()
    number = characters = 0
    for place, item in enumerate(items):
        if item in seen:
            number += 1
            characters += sizes[place]
        seen.add(item)
    return number, characters


def _median_twice(lengths: list[int]) -> int:
    count = len(lengths)
    return lengths[(count - 1) // 2] + lengths[count // 2] if count else 0


def _top(words: list[str], ends: list[int], width: int) -> int:
    places: dict[tuple[str, ...], list[int]] = {}
    for start in range(len(words) - width + 1):
        places.setdefault(tuple(words[start : start + width]), []).append(start)
    best = max(
        ((len(each), _covered(each, ends, width)) for each in places.values()), default=(0, 0)
    )
    return best[1] if best[0] > 1 else 0


def _covered_again(words: list[str], ends: list[int], width: int) -> int:
    seen: set[tuple[str, ...]] = set()
    again = []
    for start in range(len(words) - width + 1):
        part = tuple(words[start : start + width])
        if part in seen:
            again.append(start)
        seen.add(part)
    return _covered(again, ends, width)


def _covered(starts: list[int], ends: list[int], width: int) -> int:
    """The characters of the words from each start on, each word once."""
    total = sum(ends[start + width] - ends[start] for start in starts)
    shared = sum(
        ends[one + width] - ends[other] for one, other in pairwise(starts) if other < one + width
    )
    return total - shared
