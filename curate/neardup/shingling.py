"""Shingles of records, and the signatures that are made of them.

The text is put in normal form (`signals.normal_form`: NFKC, lower case, white space evened out) and
cut into the words that the scan finds (`scan.plain.words_of`). From each word the punctuation
(general category P) before its first and behind its last other character is taken off; a word of
nothing else is none. A *shingle* is a sequence of `width` words, or of as many code points of the
words written one after the other; a place with fewer is one shingle, its whole. Shingles of
different places, or of different numbers of items, are different. They are told apart by a hash of
64 bits: in a pair of records of 1,000 shingles two different ones are taken for equal with a
probability below 10^-13.
"""

from functools import lru_cache
from typing import Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.neardup import plain
from curate.neardup.banding import Banding
from curate.neardup.compiling import is_loaded, kernel
from curate.neardup.lowering import lowered
from curate.neardup.parts import Parts
from curate.neardup.texts import Texts, buffers
from curate.scan.buffers import KERNEL_BYTES, WARM_BYTES
from curate.scan.classes import classes

Hashes = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int32]
Numbers32 = npt.NDArray[np.uint32]


class Keys(NamedTuple):
    """The permutations x -> factor * x + term mod 2^32, and the weights that fold a band.

    Linear permutations are not min-wise independent, but close to it for sets that are themselves
    random (Bohman, Cooper and Frieze 2000, "Min-wise independent linear permutations"), as the 32
    upper bits of hashes are; a product of 32 bits is what processors do sixteen at a time.
    """

    factors: npt.NDArray[np.uint32]
    """Odd."""
    terms: npt.NDArray[np.uint32]
    weights: Hashes
    """Odd."""

    @classmethod
    def of(cls, values: int) -> "Keys":
        """The first so many, always the same."""
        return _keys(values)


class Signatures(NamedTuple):
    """What is kept of each record."""

    bands: npt.NDArray[np.uint32]
    """A row a record, a column a band: the hash of the rows of the band."""
    sets: Hashes
    """The hash of the set of shingles: equal sets have equal ones."""
    sizes: npt.NDArray[np.int32]
    """How many shingles the set has; 0 where a record has no words."""


class ShingleSets(NamedTuple):
    """Sorted sets of shingles, one after the other; each ends at its place in `ends`."""

    shingles: Hashes
    ends: npt.NDArray[np.int64]
    sets: Hashes
    """Their hashes, as in `Signatures`."""


class Shingling(NamedTuple):
    """How records are cut into shingles."""

    unit: Literal["words", "characters"] = "words"
    width: int = 5
    """Five words: Lee et al. 2021 (arXiv 2107.06499) and FineWeb (Penedo et al. 2024, arXiv
    2406.17557)."""

    def sign(self, parts: Parts, banding: Banding, compiled: bool | None = None) -> Signatures:
        """The signatures of records. `compiled` says which way to go, else the size decides."""
        keys, records = Keys.of(banding.values), len(parts)
        found = Signatures(
            np.zeros((records, banding.bands), np.uint32),
            np.zeros(records, np.uint64),
            np.zeros(records, np.int32),
        )
        if _is_compiled(parts, compiled):
            texts = Texts.of(parts.texts)
            most = int(self._most_items(parts, texts).max(initial=0))
            rows = [np.ascontiguousarray(key.reshape(banding).T).ravel() for key in keys]
            kernel().sign(*self._arguments(parts, texts, most), *rows, banding.rows, *found)
            return found
        for record, shingles in enumerate(self._plain(parts)):
            found.bands[record] = plain.bands(shingles, *keys, banding.rows)
            found.sets[record] = plain.set_hash(shingles)
            found.sizes[record] = len(shingles)
        return found

    def gather(self, parts: Parts, compiled: bool | None = None) -> ShingleSets:
        """The sets of shingles of records."""
        if not _is_compiled(parts, compiled):
            listed = [sorted(each) for each in self._plain(parts)]
            every = [shingle for each in listed for shingle in each]
            ends = np.cumsum([len(each) for each in listed], dtype=np.int64)
            hashes = np.array([plain.set_hash(each) for each in listed], np.uint64)
            return ShingleSets(np.array(every, np.uint64), ends, hashes)
        texts = Texts.of(parts.texts)
        most = self._most_items(parts, texts)
        sets, ends = np.empty(len(parts), np.uint64), np.zeros(len(parts), np.int64)
        shingles = np.empty(int(most.sum()), np.uint64)
        arguments = self._arguments(parts, texts, int(most.max(initial=0)))
        kernel().gather(*arguments, shingles, sets, ends)
        return ShingleSets(shingles[: ends[-1] if len(ends) else 0], ends, sets)

    def _plain(self, parts: Parts) -> list[frozenset[int]]:
        texts, places = parts.texts.to_pylist(), parts.places.tolist()
        found, start = [], 0
        for end in parts.ends.tolist():
            part = slice(start, end)
            found.append(
                plain.shingles(texts[part], places[part], self.width, self.unit == "characters")
            )
            start = end
        return found

    def _arguments(self, parts: Parts, texts: Texts, most: int) -> tuple[object, ...]:
        """What both functions of the kernel begin with."""
        return (
            *(*texts, parts.places, parts.ends),
            *(classes(), lowered(), self.unit == "characters", self.width, most),
        )

    def _most_items(self, parts: Parts, texts: Texts) -> npt.NDArray[np.int64]:
        """The most items that each record can have."""
        lengths = texts.lengths()
        if self.unit == "words":
            # A word takes two bytes at least with what parts it from the next.
            lengths = (lengths + 1) // 2
        sums = np.concatenate([[0], np.cumsum(lengths)])
        return np.diff(sums[parts.ends], prepend=0)


@lru_cache(maxsize=8)
def _keys(values: int) -> Keys:
    # PCG64 gives the same numbers on every machine and in every version (NEP 19 keeps bit
    # generators unchanged; `bytes` of a Generator may change).
    raw = np.random.PCG64(_SEED).random_raw(3 * values).astype(np.uint64)
    one = np.uint64(1)
    return Keys(
        (raw[::3] >> np.uint64(32)).astype(np.uint32) | np.uint32(1),
        (raw[1::3] >> np.uint64(32)).astype(np.uint32),
        np.ascontiguousarray(raw[2::3]) | one,
    )


_SEED: Final = 5


def _is_compiled(parts: Parts, asked: bool | None) -> bool:
    if asked is not None:
        return asked
    offsets = buffers(parts.texts)[1]
    return int(offsets[-1] - offsets[0]) >= (WARM_BYTES if is_loaded() else KERNEL_BYTES)
