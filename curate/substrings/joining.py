"""The exact join: which windows of words several documents have, and which of these are cut."""

import tempfile
from itertools import pairwise
from mmap import mmap
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.substrings import plain
from curate.substrings.compiling import is_loaded, kernel
from curate.substrings.winnowing import FEW_WORDS
from curate.substrings.words import Hashes, Numbers

WINDOWS_AT_ONCE: Final = 1 << 24
"""Windows in the table of one pass: it has twice as many slots of 12 bytes, 384 MiB."""

ROOM_BYTES: Final = 64 << 20
"""What takes more than this for all words together lies in a file that vanishes with it."""


class Documents(NamedTuple):
    """Texts in which windows are compared, document by document."""

    hashes: Hashes
    """Of the words of all texts, one after the other."""
    ends: Numbers
    """Where the words of each text end."""
    document_ends: Numbers
    """Where the texts of each document end."""


class Settled(NamedTuple):
    """What became of documents."""

    cut: npt.NDArray[np.uint8]
    """1 for each word that is cut (or would be, where its document is dropped)."""
    owner: npt.NDArray[np.int32]
    """The document that a dropped one is dropped for; -1 where it is kept."""
    owning: npt.NDArray[np.bool_]
    """Whether words of others are cut because it has them."""


def settle(
    documents: Documents,
    order: Numbers,
    fixed: npt.NDArray[np.bool_],
    words: int,
    compiled: bool | None = None,
) -> Settled:
    """Cut what a document before has, taken in order: all words in shared windows of `words`.

    A document of which a text would be left without any word is dropped, and nothing is cut of
    others for what it has; `fixed` ones are neither cut nor dropped. Equal windows are told by
    hashes of 64 bits: among 10^8 windows two different ones are taken for equal with a probability
    below 0.0003. Memory: 384 MiB at most and a byte for each word; 12 bytes more for each word lie
    in files where they are many.
    """
    if is_loaded() or len(documents.hashes) > FEW_WORDS if compiled is None else compiled:
        return _compiled(documents, order, fixed, words)
    return _plain(documents, order, fixed, words)


def _compiled(
    documents: Documents, order: Numbers, fixed: npt.NDArray[np.bool_], words: int
) -> Settled:
    count, compiled = len(documents.document_ends), kernel()
    groups, number = _grouped(documents, words)
    settled = Settled(
        np.zeros(len(documents.hashes), np.uint8),
        np.full(count, -1, np.int32),
        np.zeros(count, np.bool_),
    )
    owners = np.full(number, -1, np.int32)
    lay = (documents.ends, documents.document_ends, order.astype(np.int64), fixed)
    compiled.settle(groups, *lay, words, owners, *settled)
    return settled


def _grouped(documents: Documents, words: int) -> tuple[npt.NDArray[np.int32], int]:
    """By the place of its first word, the group of each window that several documents have.

    Others have -1. Windows of one hash make a group. There are as many passes as it takes, each
    over the windows of one part of all hashes.
    """
    compiled = kernel()
    texts = np.diff(documents.document_ends, prepend=0)
    of_text = np.repeat(np.arange(len(texts), dtype=np.int32), texts)
    windows = int(np.maximum(np.diff(documents.ends, prepend=0) - words + 1, 0).sum())
    parts = -(-windows // WINDOWS_AT_ONCE)
    size = 16
    while parts and size < 2 * (windows // parts):
        size *= 2
    groups, number = room(len(documents.hashes), np.int32), np.zeros(1, np.int64)
    groups[:] = -1
    keys = np.empty(size, np.uint64)
    for part in range(parts):
        slots = np.full(size, -1, np.int32)
        numbers = (words, np.uint64(part), np.uint64(parts))
        compiled.enter(documents.hashes, documents.ends, of_text, *numbers, keys, slots, groups)
        compiled.name(slots, groups, number)
    return groups, int(number[0])


def _plain(
    documents: Documents, order: Numbers, fixed: npt.NDArray[np.bool_], words: int
) -> Settled:
    texts = [part.tolist() for part in np.split(documents.hashes, documents.ends[:-1])][
        : len(documents.ends)
    ]
    starts = [0, *documents.document_ends.tolist()]
    listed = [texts[first:last] for first, last in pairwise(starts)]
    verdict = plain.settled(listed, order.tolist(), fixed.tolist(), words)
    cut = [
        place in lost
        for document, own in zip(listed, verdict.cut, strict=True)
        for text, lost in zip(document, own, strict=True)
        for place in range(len(text))
    ]
    return Settled(
        np.array(cut, np.uint8),
        np.array(verdict.owner, np.int32),
        np.array(verdict.owning, np.bool_),
    )


def room(number: int, kind: type[np.generic]) -> npt.NDArray[Any]:
    """Room for numbers: in memory, or in a file that vanishes with it."""
    size = number * np.dtype(kind).itemsize
    if size <= ROOM_BYTES:
        return np.empty(number, kind)
    with tempfile.TemporaryFile() as file:
        file.truncate(size)
        return np.frombuffer(mmap(file.fileno(), size), kind)
