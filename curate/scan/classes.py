"""What each code point is: letters, white space, ends of sentences (Unicode 17.0, UAX #44)."""

from enum import IntFlag
from functools import lru_cache
from importlib.resources import files
from typing import Final

import numpy as np
import numpy.typing as npt


class Flag(IntFlag):
    """Properties of a code point; several may hold."""

    SPACE = 1
    """White space, as `str.isspace` has it."""
    LETTER = 2
    """General category L."""
    UPPER = 4
    """Lu."""
    LOWER = 8
    """Ll."""
    DIGIT = 16
    """Nd."""
    PUNCTUATION = 32
    """P."""
    TERMINAL = 64
    """Sentence_Terminal: may end a sentence."""
    CLOSING = 128
    """Closing brackets and quotes, which may stand behind the end of a sentence."""
    MARK = 256
    """M and the two joiners: goes with the character before it."""
    ALONE = 512
    """A letter of a script that is written without spaces: a word of its own."""


FILE: Final = files("curate.scan") / "classes.txt"
"""Runs of code points and their flags, made by `curate.scan.make_classes`."""

CODES: Final = 0x110000


@lru_cache(maxsize=1)
def classes() -> npt.NDArray[np.uint16]:
    """The flags of every code point, by its number."""
    table = np.zeros(CODES, np.uint16)
    for line in FILE.read_text(encoding="ascii").splitlines()[1:]:
        first, last, flags = (int(part, 16) for part in line.split(" "))
        table[first : last + 1] = flags
    table.setflags(write=False)
    return table


# As plain numbers: the members of an enumeration are slow to calculate with.
SPACE: Final = int(Flag.SPACE)
LETTER: Final = int(Flag.LETTER)
UPPER: Final = int(Flag.UPPER)
LOWER: Final = int(Flag.LOWER)
DIGIT: Final = int(Flag.DIGIT)
PUNCTUATION: Final = int(Flag.PUNCTUATION)
TERMINAL: Final = int(Flag.TERMINAL)
CLOSING: Final = int(Flag.CLOSING)
MARK: Final = int(Flag.MARK)
ALONE: Final = int(Flag.ALONE)
