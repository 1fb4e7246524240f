"""What each code point is compared as, and which ones a text must be normalised for."""

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.scan.classes import CODES, MARK, classes

SURROGATES: Final = slice(0xD800, 0xE000)
JAMO: Final = slice(0x1160, 0x1200)
"""Hangul vowels and finals, which join what stands before them."""

APOSTROPHES: Final = "‘’ʼ"
DASHES: Final = "‐‒–—−"
"""Signs that typesetting puts for ' and -; NFKC makes the first dash of the non-breaking one."""


class Forms(NamedTuple):
    """Tables by code point."""

    plain: npt.NDArray[np.int32]
    """Lower case (Unicode's simple mapping), with ' and - for the signs of typesetting."""
    unstable: npt.NDArray[np.bool_]
    """Whether NFKC may change it, alone or behind another."""


@lru_cache(maxsize=1)
def forms() -> Forms:
    """The tables, as Arrow knows Unicode."""
    codes = np.arange(CODES, dtype=np.uint32)
    known = np.ones(CODES, np.bool_)
    known[SURROGATES] = False
    each = _texts(codes[known])
    plain = codes.astype(np.int32)
    lower = str(pc.utf8_lower(each).buffers()[2], "utf-8").encode("utf-32-le")
    plain[known] = np.frombuffer(lower, np.int32)
    for sign, others in (("'", APOSTROPHES), ("-", DASHES)):
        for other in others:
            plain[ord(other)] = ord(sign)
    changed = pc.not_equal(each, pc.utf8_normalize(each, "NFKC"))
    unstable = (classes() & MARK) != 0
    unstable[known] |= changed.to_numpy(zero_copy_only=False)
    unstable[JAMO] = True
    return Forms(plain, unstable)


def joins(character: str) -> bool:
    """Whether a character in NFKC may join what stands before it, or change places with it."""
    code = ord(character)
    return bool(classes()[code] & MARK) or JAMO.start <= code < JAMO.stop


def _texts(codes: npt.NDArray[np.uint32]) -> pa.StringArray:
    """A text of each code point."""
    sizes = 1 + (codes >= 0x80) + (codes >= 0x800) + (codes >= 0x10000)
    offsets = np.zeros(len(codes) + 1, np.int32)
    np.cumsum(sizes, out=offsets[1:])
    data = codes.astype("<u4").tobytes().decode("utf-32-le").encode()
    return pa.StringArray.from_buffers(len(codes), pa.py_buffer(offsets), pa.py_buffer(data))
