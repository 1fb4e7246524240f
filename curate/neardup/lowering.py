"""Lower case and compatibility forms, without a call for texts that need only the former.

A text of *even* characters is its own NFKC form: each is unchanged by it, and none acts together
with what stands before it. `normal_form` of such a text puts single characters in lower case and
evens white space out; the kernel does the same on its way. The rest goes through `normal_form`.
"""

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.scan.classes import MARK, SPACE, classes

MOST: Final = 0x20000
"""Code points from here on are never even."""

_JOINING: Final = ((0x1100, 0x1200), (0xD7B0, 0xD800), (0x11000, 0x1F000))
"""Ranges that hold, beside marks, characters that compose with the one before (UAX #15, section 9:
NFC_Quick_Check=Maybe): the parts of Hangul syllables, and letters of historic scripts."""


@lru_cache(maxsize=1)
def lowered() -> npt.NDArray[np.int32]:
    """The lower case of every even code point below `MOST`; 0 of the others.

    White space counts as even, whatever its form: it only ends words.
    """
    codes = np.arange(MOST, dtype=np.int32)
    codes[0xD800:0xE000] = 0
    each = pa.array(map(chr, codes.tolist()))
    small = pc.utf8_lower(each)
    firsts = "".join(pc.utf8_slice_codeunits(small, 0, 1).to_pylist())
    found = np.frombuffer(firsts.encode("utf-32-le"), np.int32).copy()
    even = (classes()[:MOST] & MARK) == 0
    for first, end in _JOINING:
        even[first:end] = False
    for same in (
        pc.equal(pc.utf8_normalize(each, "NFKC"), each),
        pc.equal(pc.utf8_normalize(small, "NFKC"), small),
        pc.equal(pc.utf8_length(small), 1),
        # The hash of a word has its bytes in it.
        pc.equal(pc.binary_length(small), pc.binary_length(each)),
        pc.equal(pc.utf8_lower(small), small),
    ):
        even &= same.to_numpy(zero_copy_only=False)
    even |= (classes()[:MOST] & SPACE) != 0
    found[~even] = 0
    found.setflags(write=False)
    return found
