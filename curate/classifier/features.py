"""The features of many texts as a sparse matrix, for training."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.classifier.words import kinds, lowered, scale
from curate.scan.compiling import loaded

KERNEL: Final = "curate.classifier.kernel"

TEXT_BYTES: Final = 4 * 2**20
"""Bytes of text looked at together: sixteen times as many hold what is found."""


class Buffers(NamedTuple):
    """Texts as the compiled code takes them."""

    data: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int32]


def kernel() -> Any:
    """The module `kernel`."""
    return loaded(KERNEL, "classifier")


def kernel_of_trees() -> Any:
    """The module `kernel_trees`."""
    return loaded(f"{KERNEL}_trees", "classifier")


def buffers(texts: pa.StringArray) -> Buffers:
    """The bytes of texts and where each begins, without a copy."""
    _, offsets, data = texts.buffers()
    if len(texts) == 0 or offsets is None or data is None:
        return Buffers(np.zeros(1, np.uint8), np.zeros(len(texts) + 1, np.int32))
    places = np.frombuffer(offsets, np.int32, len(texts) + 1, texts.offset * 4)
    return Buffers(np.frombuffer(data, np.uint8), places)


class Sparse(NamedTuple):
    """A matrix in compressed rows: a row a text, a column for each of `slots`."""

    slots: npt.NDArray[np.uint32]
    """The buckets of the features that are kept, ascending."""
    columns: npt.NDArray[np.int32]
    values: npt.NDArray[np.float64]
    """1 + ln n of a feature that is n times in a text; each row has length 1."""
    ends: npt.NDArray[np.int64]
    """Where each row begins, and the last ends."""


def sparse(texts: Sequence[str], pairs: bool, bits: int, least: int) -> Sparse:
    """Find the features of texts that at least `least` of them have.

    `bits` are those of a bucket's number.
    """
    every = np.arange(1 << bits, dtype=np.int32)
    parts = [_collected(some, pairs, bits, every) for some in _shares(texts)]
    found = np.concatenate([part[0] for part in parts])
    times = np.concatenate([part[1] for part in parts])
    numbers = np.concatenate([part[2] for part in parts])
    texts_with = np.bincount(found, minlength=1 << bits)
    kept = texts_with >= least
    slots = np.flatnonzero(kept)
    stays = kept[found]
    rows = np.repeat(np.arange(len(texts)), numbers)[stays]
    values = scale()[np.minimum(times[stays], len(scale()) - 1)]
    lengths = np.sqrt(np.bincount(rows, values**2, len(texts)))
    ends = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.bincount(rows, minlength=len(texts)), out=ends[1:])
    columns = (np.cumsum(kept) - 1)[found[stays]]
    return Sparse(slots.astype(np.uint32), columns.astype(np.int32), values / lengths[rows], ends)


def _shares(texts: Sequence[str]) -> list[pa.StringArray]:
    """The texts in arrays of not much more than `TEXT_BYTES` each."""
    shares: list[pa.StringArray] = []
    some: list[str] = []
    size = 0
    for text in texts:
        some.append(text)
        size += len(text)
        if size >= TEXT_BYTES:
            shares.append(pa.array(some, pa.string()))
            some, size = [], 0
    return [*shares, pa.array(some, pa.string())] if some else shares


def _collected(
    texts: pa.StringArray, pairs: bool, bits: int, rows: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """The features of texts, how often each is there, and how many different ones each text has."""
    data, offsets = buffers(texts)
    room = 2 * int(offsets[-1] - offsets[0]) + 1
    found, times = np.empty(room, np.int32), np.empty(room, np.int32)
    ends = np.zeros(len(texts), np.int64)
    mask = np.uint64((1 << bits) - 1)
    kernel().collect(data, offsets, kinds(), lowered(), pairs, mask, rows, found, times, ends)
    most = int(ends[-1])
    return found[:most].copy(), times[:most].copy(), np.diff(ends, prepend=0)
