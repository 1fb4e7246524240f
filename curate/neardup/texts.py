"""Texts as the kernel reads them: their bytes, and other bytes where that is not even."""

from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.neardup.compiling import kernel
from curate.neardup.lowering import lowered
from curate.signals.normal_form import normal_form

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.int64]


class Texts(NamedTuple):
    """The bytes of texts as they are, and of those in normal form that need it."""

    data: Bytes
    offsets: Offsets
    other: Bytes
    other_offsets: Offsets
    others: npt.NDArray[np.int64]
    """The number of each text in `other`; -1 where it is read from `data`."""

    @classmethod
    def of(cls, texts: pa.StringArray) -> Self:
        """Find the texts that are not even (`lowering`)."""
        data, offsets = buffers(texts)
        counts = np.zeros(len(texts), np.int64)
        # Few texts have any; where they have more than that, they are gone over again.
        begins, ends = np.empty((2, len(texts)), np.int64)
        kernel().stretches(data, offsets, lowered(), counts, begins, ends)
        found = int(counts.sum())
        if found > len(begins):
            begins, ends = np.empty((2, found), np.int64)
            kernel().stretches(data, offsets, lowered(), np.zeros_like(counts), begins, ends)
        rows = np.flatnonzero(counts)
        others = np.full(len(texts), -1)
        others[rows] = np.arange(len(rows))
        return cls(
            data, offsets, *_normal(data, offsets, rows, begins[:found], ends[:found]), others
        )

    def lengths(self) -> npt.NDArray[np.int64]:
        """The bytes of each text."""
        found = np.diff(self.offsets).astype(np.int64)
        uneven = self.others >= 0
        found[uneven] = np.diff(self.other_offsets)[self.others[uneven]]
        return found


def _normal(
    data: Bytes, offsets: Offsets, texts: Numbers, begins: Numbers, ends: Numbers
) -> tuple[Bytes, Offsets]:
    """The bytes of some texts with their stretches that are not even in normal form.

    No form reaches over a space: characters compose with one before, and none with a space.
    """
    if not len(texts):
        return np.zeros(0, np.uint8), np.zeros(1, np.int32)
    parts = [data[begin:end].tobytes().decode() for begin, end in zip(begins, ends, strict=True)]
    # Words end at white space of whatever form.
    patches, patch_ends = buffers(normal_form(pa.array(parts, pa.string()), ("nfkc", "case")))
    size = np.diff(offsets)[texts].sum() - (ends - begins).sum() + patch_ends[-1] - patch_ends[0]
    found, found_offsets = np.empty(size, np.uint8), np.zeros(len(texts) + 1, np.int32)
    kernel().patched(data, offsets, texts, begins, ends, patches, patch_ends, found, found_offsets)
    return found, found_offsets


def buffers(texts: pa.StringArray) -> tuple[Bytes, Offsets]:
    """The bytes of texts and where each begins and ends, without a copy."""
    count = len(texts)
    _, offsets, data = texts.buffers()
    if count == 0 or offsets is None or data is None:
        return np.empty(0, np.uint8), np.zeros(count + 1, np.int32)
    places = np.frombuffer(offsets, np.int32, count + 1, texts.offset * 4)
    return np.frombuffer(data, np.uint8), places
