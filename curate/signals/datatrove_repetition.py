"""What datatrove 0.10.1 measures in GopherRepetitionFilter, on words between white space.

The pack `gopher-repetition@datatrove` is made of these signals. They are slow, as those of
`datatrove`, and null where datatrove measures nothing.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

import pyarrow as pa

from curate.scan.columns import AGAINS, TOPS
from curate.signals.registry import each_signal

_PARAGRAPH_ENDS: Final = re.compile(r"\n{2,}")
_LINE_ENDS: Final = re.compile(r"\n+")


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _paragraphs(text: str) -> list[str]:
    return _PARAGRAPH_ENDS.split(text.strip())


def _lines(text: str) -> list[str]:
    """The lines as they are; before a first and behind a last line feed stands an empty one."""
    return _LINE_ENDS.split(text)


def _again(pieces: Sequence[str]) -> list[str]:
    """The pieces that stood before."""
    seen: set[str] = set()
    found = []
    for piece in pieces:
        if piece in seen:
            found.append(piece)
        seen.add(piece)
    return found


@each_signal("code points", pa.int64())
def datatrove_characters(text: str) -> int:
    """Length of the text in code points, white space at both ends counted."""
    return len(text)


@each_signal("share of paragraphs", pa.float64())
def datatrove_duplicate_paragraphs(text: str) -> float | None:
    """Share of what stands between two or more line feeds that stood before, as it is."""
    paragraphs = _paragraphs(text)
    return _share(len(_again(paragraphs)), len(paragraphs))


@each_signal("share of characters", pa.float64())
def datatrove_duplicate_paragraph_characters(text: str) -> float | None:
    """Share of all characters that is in paragraphs which stood before, as they are."""
    return _share(sum(map(len, _again(_paragraphs(text)))), len(text))


@each_signal("share of lines", pa.float64())
def datatrove_duplicate_lines(text: str) -> float | None:
    """Share of what stands between line feeds, one or more together, that stood before, as it is.

    A text that begins and ends with a line feed has an empty line that stood before.
    """
    lines = _lines(text)
    return _share(len(_again(lines)), len(lines))


@each_signal("share of characters", pa.float64())
def datatrove_duplicate_line_characters(text: str) -> float | None:
    """Share of all characters that is in lines which stood before, as they are."""
    return _share(sum(map(len, _again(_lines(text)))), len(text))


def _top(text: str, width: int) -> float | None:
    words = text.split()
    sequences = Counter(
        " ".join(words[start : start + width]) for start in range(len(words) - width + 1)
    )
    if not sequences:
        return None
    # Of equally frequent ones the first: `most_common` keeps the order in which they were met.
    [(sequence, times)] = sequences.most_common(1)
    return _share(len(sequence) * times, len(text))


def _jumped(text: str, width: int) -> float | None:
    """After a sequence that stood before, the next one begins behind it."""
    words = text.split()
    seen: set[str] = set()
    again = place = 0
    while place + width <= len(words):
        # Without spaces, as datatrove has it: "ab c" stood before where "a bc" did.
        sequence = "".join(words[place : place + width])
        if sequence in seen:
            again += len(sequence)
            place += width
        else:
            seen.add(sequence)
            place += 1
    return _share(again, len(text))


def _of_sequences(width: int, top: bool) -> None:
    def share(text: str) -> float | None:
        return _top(text, width) if top else _jumped(text, width)

    if top:
        share.__name__ = f"datatrove_top_{width}gram"
        share.__doc__ = (
            f"Length of the most frequent sequence of {width} words, even if it comes once, with"
            " the spaces in it, times how often it comes, by all characters."
        )
    else:
        share.__name__ = f"datatrove_duplicate_{width}gram"
        share.__doc__ = (
            f"Share of all characters that is in sequences of {width} words that stood before,"
            " the next one begun behind each."
        )
    each_signal("share of characters", pa.float64())(share)


for _width in TOPS:
    _of_sequences(_width, top=True)
for _width in AGAINS:
    _of_sequences(_width, top=False)
