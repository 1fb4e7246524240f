"""What texts are compared by: their words, or their letters and digits.

Texts are compared in NFKC and lower case. A word is what a scan finds in that form
(`curate.scan.columns.COUNTS`), from its first letter or digit to its last, with the marks behind
it; one without any is none. Within words the apostrophe and the dashes of typesetting are ' and -.
"""

from typing import Any, Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.contamination.forms import forms
from curate.scan.classes import classes
from curate.scan.compiling import loaded

Unit = Literal["word", "character"]

KERNEL: Final = "curate.contamination.kernel"


def kernel() -> Any:
    """The compiled parts."""
    return loaded(KERNEL, "contamination")


class Units(NamedTuple):
    """The units of texts, one after the other; those of text `i` end at `ends[i]`.

    Equal hashes mean equal units, but for one case in 2**64. Starts and stops are code points of
    the text in the form that is compared.
    """

    hashes: npt.NDArray[np.uint64]
    starts: npt.NDArray[np.int32]
    stops: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int64]


def compared(texts: pa.StringArray) -> pa.StringArray:
    """Texts in NFKC; few are not in it, and only these are gone through."""
    found = np.zeros(len(texts), np.bool_)
    kernel().unstable(*_buffers(texts), forms().unstable, found)
    mask = pc.and_(pa.array(found), texts.is_valid())
    if not pc.any(mask).as_py():
        return texts
    return pc.replace_with_mask(texts, mask, pc.utf8_normalize(texts.filter(mask), "NFKC"))


def units_of(texts: pa.StringArray, unit: Unit) -> Units:
    """Find the units of texts in NFKC; a null text has none."""
    data, offsets = _buffers(texts)
    count, size = len(texts), int(offsets[-1] - offsets[0])
    # A word takes two bytes at least, with what parts it from the next.
    most = size if unit == "character" else (size + count) // 2 + 1
    found = Units(
        _room(most, np.uint64), _room(most, np.int32), _room(most, np.int32), _room(count, np.int64)
    )
    valid = np.asarray(texts.is_valid().to_numpy(zero_copy_only=False), np.bool_)
    cut = kernel().characters if unit == "character" else kernel().words
    cut(data, offsets, valid, classes(), forms().plain, *found)
    number = int(found.ends[-1]) if count else 0
    return Units(found.hashes[:number], found.starts[:number], found.stops[:number], found.ends)


def _buffers(texts: pa.StringArray) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
    """The bytes of texts, and where each begins, without a copy."""
    count = len(texts)
    _, offsets, data = texts.buffers()
    if count == 0 or offsets is None or data is None:
        return np.empty(0, np.uint8), np.zeros(count + 1, np.int32)
    return np.frombuffer(data, np.uint8), np.frombuffer(
        offsets, np.int32, count + 1, texts.offset * 4
    )


def _room(number: int, kind: type[np.generic]) -> npt.NDArray[Any]:
    """Room from Arrow's pool, which hands out again what was given back."""
    size = number * np.dtype(kind).itemsize
    return np.frombuffer(pa.allocate_buffer(size), kind, number)
