"""Characters that somebody looks for, and which texts have any: most have none."""

import re
from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.scan.buffers import buffers
from curate.scan.classes import CODES
from curate.scan.compiling import kernel

BLANK: Final = 1
"""White space that ends no line: looked for at both ends of a text and before a line feed."""

PAIR: Final = 2
"""Two characters side by side that are not ASCII; no character has this mark."""

BLANK_LINES: Final = 3
"""With `BLANK`, line feeds are looked for at both ends of a text, and where more stand together."""

_RANGE: Final = re.compile("(.)(?:-(.))?", re.DOTALL)

Table = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]


def mark_table(marks: Iterable[tuple[int, str]]) -> Table:
    r"""The marks of every code point.

    `marks` are bits (4, 8, 16 ..., or `BLANK`), each with characters as they stand between the
    brackets of a pattern: single ones and ranges such as `a-z`, behind `^` all others.

    >>> table = mark_table([(BLANK, " \t"), (4, "\t0-9"), (8, "^\0-z")])
    >>> [table[ord(each)].item() for each in "\t5a{"]
    [5, 4, 0, 8]
    """
    table = np.zeros(CODES, np.uint8)
    for mark, characters in marks:
        table[_members(characters)] |= mark
    return table


def _members(characters: str) -> Flags:
    members = np.zeros(CODES, np.bool_)
    for first, last in _RANGE.findall(characters.removeprefix("^")):
        members[ord(first) : ord(last or first) + 1] = True
    return ~members if characters.startswith("^") else members


def has_marks(texts: pa.StringArray, table: Table, wanted: int) -> Flags:
    """Which texts have any of the wanted marks, which are bits; a null text has none."""
    found = np.zeros(len(texts), np.bool_)
    _, data, offsets = buffers(texts)
    kernel().marked(data, offsets, table, np.uint8(wanted), found)
    if texts.null_count:
        found &= texts.is_valid().to_numpy(zero_copy_only=False)
    return found
