"""The definitions in plain Python: what the compiled code must give, number for number."""

from collections.abc import Iterable, Iterator, Sequence, Set
from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.scan.classes import PUNCTUATION
from curate.scan.plain import flags_of, words_of
from curate.signals.normal_form import normal_form

_SEED: Final = 0xCBF29CE484222325
_TURN: Final = 0x9E3779B97F4A7C15
_PLACE_TURN: Final = 0xD6E8FEB86659FD93
_TOP_BIT: Final = 1 << 63
_ALL: Final = (1 << 64) - 1


def words(text: str) -> list[str]:
    """The words of a text in normal form, without punctuation at their edges.

    >>> words("«Well-known», he said -- (twice)."), words("我爱 C++,很。")
    (['Well-known', 'he', 'said', 'twice'], ['我', '爱', 'C++', '很'])
    """
    return [bare for bare in map(_bare, words_of(text)) if bare]


def _bare(word: str) -> str:
    inner = [place for place, each in enumerate(word) if not flags_of(each) & PUNCTUATION]
    return word[inner[0] : inner[-1] + 1] if inner else ""


def shingles(
    texts: Sequence[str], places: Sequence[int], width: int, characters: bool
) -> frozenset[int]:
    """The set of shingles of one record, whose texts stand at places."""
    normal = normal_form(pa.array(texts, pa.string())).to_pylist()
    found: set[int] = set()
    for place in sorted(set(places)):
        each = [word for at, text in zip(places, normal, strict=True) if at == place
                for word in words(text)]  # fmt: skip
        items = [_character(c) for c in "".join(each)] if characters else list(map(_word, each))
        found.update(_of_items(items, place, width))
    return frozenset(found)


def _of_items(items: Sequence[int], place: int, width: int) -> Iterator[int]:
    if not items:
        return
    width = min(width, len(items))
    tag = _mixed((place << 32) + width * _PLACE_TURN)
    for start in range(len(items) - width + 1):
        value = 0
        for item in items[start : start + width]:
            value = (value * _TURN + item) & _ALL
        yield _mixed(value ^ tag)


def _word(word: str) -> int:
    value, place = _SEED, 0
    while place < len(word):
        run = 0
        while run < 8 and place + run < len(word) and word[place + run].isascii():
            run += 1
        part = word[place : place + max(run, 1)]
        number = int.from_bytes(part.encode(), "little") if run else ord(part) | _TOP_BIT
        value = _mixed(value ^ number)
        place += len(part)
    return (value + len(word.encode()) * _TURN) & _ALL


def _character(character: str) -> int:
    return _mixed(ord(character) + _TURN)


def _mixed(value: int) -> int:
    """The finaliser of MurmurHash3 (Appleby)."""
    value &= _ALL
    value ^= value >> 33
    value = value * 0xFF51AFD7ED558CCD & _ALL
    value ^= value >> 33
    value = value * 0xC4CEB9FE1A85EC53 & _ALL
    return value ^ value >> 33


def set_hash(found: Iterable[int]) -> int:
    """The hash of a set of shingles, whatever their order."""
    listed = list(found)
    return _mixed(sum(listed) + len(listed) * _TURN)


def bands(
    found: Iterable[int],
    factors: npt.NDArray[np.uint32],
    terms: npt.NDArray[np.uint32],
    weights: npt.NDArray[np.uint64],
    rows: int,
) -> list[int]:
    """The band hashes of a set (`shingling.Keys`)."""
    upper = np.array([each >> 32 for each in found], np.uint32)
    minima = np.full(len(factors), 0xFFFFFFFF, np.uint32)
    if len(upper):
        # In 32 bits, as the kernel: what is over is lost.
        minima = (upper[:, None] * factors[None, :] + terms[None, :]).min(axis=0)
    weighted = [(int(low) + 1) * int(weight) for low, weight in zip(minima, weights, strict=True)]
    return [_mixed(sum(weighted[at : at + rows])) >> 32 for at in range(0, len(weighted), rows)]


def join(
    ones: npt.NDArray[np.int64],
    others: npt.NDArray[np.int64],
    parents: npt.NDArray[np.int64],
    new: npt.NDArray[np.bool_],
) -> None:
    """Unite what edges connect, and tell which of them connect trees that were apart.

    `parents` has the trees of the edges before.
    """
    found = parents.tolist()
    for edge, (one, other) in enumerate(zip(ones.tolist(), others.tolist(), strict=True)):
        low, high = sorted((_root(found, one), _root(found, other)))
        new[edge] = low != high
        found[high] = low
    parents[:] = found


def connect(
    ones: npt.NDArray[np.int64], others: npt.NDArray[np.int64], parents: npt.NDArray[np.int64]
) -> None:
    """Give every node the first of those that edges connect it with; `parents` counts up from 0."""
    found = parents.tolist()
    for one, other in zip(ones.tolist(), others.tolist(), strict=True):
        low, high = sorted((_root(found, one), _root(found, other)))
        found[high] = low
    parents[:] = [_root(found, node) for node in range(len(found))]


def _root(parents: list[int], node: int) -> int:
    while parents[node] != node:
        parents[node] = parents[parents[node]]
        node = parents[node]
    return node


def similarity(one: Set[int], other: Set[int]) -> Fraction:
    """Jaccard's: how many elements two sets share, of all that they have; 1 of two empty ones."""
    union = len(one | other)
    return Fraction(len(one & other), union) if union else Fraction(1)


class Alike(NamedTuple):
    """Whether two sets are near-duplicates: with and without boiler-plate."""

    threshold: Fraction
    boilerplate: frozenset[int]

    def __call__(self, one: frozenset[int], other: frozenset[int]) -> bool:
        """Whether they reach the threshold both ways."""
        bare = similarity(one - self.boilerplate, other - self.boilerplate)
        return min(bare, similarity(one, other)) >= self.threshold


def chained(sets: Sequence[frozenset[int]], alike: Alike) -> list[int]:
    """For each set the first of those that it is connected with, by whatever many steps."""
    parents = list(range(len(sets)))
    for node, one in enumerate(sets):
        for before in range(node):
            low, high = sorted((_root(parents, node), _root(parents, before)))
            if low != high and alike(one, sets[before]):
                parents[high] = low
    return [_root(parents, node) for node in range(len(sets))]


def greedy(
    sets: Sequence[frozenset[int]], fixed: Sequence[bool], alike: Alike, own: bool = True
) -> list[int]:
    """For each set the most similar of those before it that are kept, where one is near enough.

    Without `own` only those count that are fixed.
    """
    keepers: list[int] = []
    for node, one in enumerate(sets):
        near = [] if fixed[node] else [
            (similarity(one, sets[kept]), -kept)
            for kept in range(node)
            if keepers[kept] == kept and (own or fixed[kept]) and alike(one, sets[kept])
        ]  # fmt: skip
        keepers.append(-max(near)[1] if near else node)
    return keepers
