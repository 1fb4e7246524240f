"""FineWeb's own filters (Penedo et al. 2024, arXiv 2406.17557, section 3.6), one by one."""

import regex

from tests.rules.reference.gopher import ends_sentence, ends_sentence_for_datatrove
from tests.rules.reference.reading import Choices, Reading, above, share

_CLOSING = regex.compile(r"[\p{Pe}\p{Pf}\p{Pi}\"'*_]")


def characters(text: str, _: Choices) -> float:
    """An empty text has no lines to speak of."""
    return len(text.strip())


def punctuated_lines(text: str, choices: Choices) -> float | None:
    """The fraction of lines ending with punctuation."""
    found = _lines(text, choices)
    return share(sum(_is_punctuated(line, choices) for line in found), len(found))


def duplicate_line_characters(text: str, choices: Choices) -> float | None:
    """The fraction of characters in duplicated lines."""
    found = _lines(text, choices)
    again = sum(len(line) for place, line in enumerate(found) if line in found[:place])
    if "all-characters" in choices:
        return share(again, len(text.replace("\n", "")))
    return share(again, sum(map(len, found)))


def short_lines(text: str, choices: Choices) -> float | None:
    """The fraction of lines shorter than 30 characters."""
    found = _lines(text, choices)
    longest = 30 if "thirty" in choices else 29
    return share(sum(len(line) <= longest for line in found), len(found))


def newlines(text: str, _: Choices) -> float | None:
    """Line feeds a word, which datatrove has and the paper has not."""
    return share(text.count("\n"), len(text.split()))


def _lines(text: str, choices: Choices) -> list[str]:
    filled = [line for line in text.split("\n") if line.strip()]
    return filled if "edges" in choices else [line.strip() for line in filled]


def _is_punctuated(line: str, choices: Choices) -> bool:
    if "bare" in choices:
        return ends_sentence_for_datatrove(line[-1])
    while line and (line[-1].isspace() or _CLOSING.match(line[-1])):
        line = line[:-1]
    return bool(line) and ends_sentence(line[-1])


def _few_punctuated(value: float, choices: Choices) -> bool:
    return value < 0.12 if "limits" in choices else value <= 0.12


def _many_again(value: float, choices: Choices) -> bool:
    return value > 0.01 if "limits" in choices else value >= 0.1


def _many_short(value: float, choices: Choices) -> bool:
    return value > 0.67 if "limits" in choices else value >= 0.67


READINGS = {
    "empty": Reading(characters, lambda value, _: value == 0),
    "punctuated-lines": Reading(punctuated_lines, _few_punctuated),
    "duplicate-line-characters": Reading(duplicate_line_characters, _many_again),
    "short-lines": Reading(short_lines, _many_short),
}

DATATROVES = {**READINGS, "newlines": Reading(newlines, above(0.3))}
