"""Walking through digits and punctuation in UTF-8 with an automaton of digits.

In plain Python, which serves few texts; `kernel_digits` does the same, compiled.
"""

import re
from typing import Any, Final

DIGIT, SIGN, CONTINUED = 1, 2, 3
"""Kinds of bytes: an ASCII digit, the first byte of punctuation, and any but the first byte of a
character. All others are 0."""

ACCEPTS: Final = 10
"""The column of the table that tells whether an automaton accepts."""
MOST_SIGNS: Final = 4
"""Of punctuation between two digits of a number."""
MOST_BYTES: Final = 1000
"""Of a number: `phonenumbers` refuses what is longer than 250 characters."""
MOST_DIGITS: Final = 20
"""In a row of a number: behind so many it may end within digits, and nowhere else."""
LEAST_BEFORE: Final = 6
"""A number begins behind a digit only where that is the last of so many in a row, or more: the
longest extension has nine, and without a label six."""
_RUN: Final = re.compile(b"[0-9]+")


def is_number(data: Any, start: Any, end: Any, before: Any, table: Any, kinds: Any) -> Any:
    """Whether a number may begin at a digit, `before` of which stand before it in a row.

    `data` are bytes of a text, `end` where it ends, `table` the automaton [states, 11], `kinds`
    those of bytes [256].
    """
    state, digits, signs = 1, before, 0
    for at in range(start, min(end, start + MOST_BYTES)):
        kind = kinds[data[at]]
        if kind == DIGIT:
            state = table[state, data[at] - 48]
            digits, signs = digits + 1, 0
            ends_here = at + 1 == end or kinds[data[at + 1]] != DIGIT
            if table[state, ACCEPTS] and (ends_here or digits >= MOST_DIGITS):
                return True
        elif kind == SIGN:
            digits, signs = 0, signs + 1
        if state == 0 or kind == 0 or signs > MOST_SIGNS:
            return False
    return False


def walk(data: bytes, ends: list[int], table: Any, kinds: bytes, found: Any) -> None:
    """Fill for each text where its first and its last number begins; -1 where there is none.

    `ends` are where the texts begin and end in the data [texts + 1], `found` the places [texts, 2].
    """
    found[:] = -1
    for row, end in enumerate(ends[1:]):
        for run in _RUN.finditer(data, ends[row], end):
            first, stop = run.span()
            for start in (first, *range(first + LEAST_BEFORE, stop)):
                if is_number(data, start, end, start - first, table, kinds):
                    found[row, 0] = start if found[row, 0] < 0 else found[row, 0]
                    found[row, 1] = start
