"""The words of a text as a classifier sees them, and the buckets they fall into.

A word is a run of letters, digits, marks and underscores in lower case; in scripts that are written
without spaces each letter is one. Every other character that is no white space is a word by itself,
and so is a line feed: on labelled answers (good against bad) signs and line ends tell much. A
feature is a word or a pair of neighbouring words; its bucket is the low bits of its hash.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.scan.classes import ALONE, CODES, DIGIT, LETTER, MARK, SPACE, classes

SPACE_KIND, WORD_KIND, SIGN_KIND, ALONE_KIND, MARK_KIND = range(5)

MOST_COUNTED: Final = 4095
"""A feature that is more often in a text counts as so many."""

LOWERED_CODES: Final = 0x20000
"""Code points from here on have no other case that is looked at."""

_SEED, _PRIME, _TURN = 0xCBF29CE484222325, 0x100000001B3, 0x9E3779B97F4A7C15
_MIX_1, _MIX_2, _BITS = 0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53, (1 << 64) - 1
"""Those of `curate.scan.compiled`, which takes a second to import."""


@lru_cache(maxsize=1)
def kinds() -> npt.NDArray[np.uint8]:
    """What each code point is for a word, by its number."""
    flags = classes()
    table = np.full(CODES, SIGN_KIND, np.uint8)
    table[(flags & (LETTER | DIGIT)) != 0] = WORD_KIND
    table[ord("_")] = WORD_KIND
    table[(flags & ALONE) != 0] = ALONE_KIND
    table[(flags & MARK) != 0] = MARK_KIND
    table[(flags & SPACE) != 0] = SPACE_KIND
    table[ord("\n")] = SIGN_KIND
    table.setflags(write=False)
    return table


@lru_cache(maxsize=1)
def lowered() -> npt.NDArray[np.int32]:
    """The lower case of each code point below `LOWERED_CODES`, where it is a single one."""
    codes = np.arange(LOWERED_CODES, dtype=np.int32)
    codes[0xD800:0xE000] = 0
    small = pc.utf8_lower(pa.array(map(chr, codes.tolist())))
    single = np.asarray(pc.equal(pc.utf8_length(small), 1).to_numpy(zero_copy_only=False), np.bool_)
    firsts = "".join(pc.utf8_slice_codeunits(small, 0, 1).to_pylist())
    table = np.where(single, np.frombuffer(firsts.encode("utf-32-le"), np.int32), codes)
    table.setflags(write=False)
    return np.asarray(table, np.int32)


@lru_cache(maxsize=1)
def scale() -> npt.NDArray[np.float64]:
    """What a feature weighs by how often it is in a text: 1 + ln n (float64, by n)."""
    table = np.zeros(MOST_COUNTED + 1)
    table[1:] = 1 + np.log(np.arange(1, MOST_COUNTED + 1))
    table.setflags(write=False)
    return table


def words_of(text: str) -> list[str]:
    r"""The words of a text, in their order.

    >>> words_of("Isn't it?\n東京 ok_1")
    ['isn', "'", 't', 'it', '?', '\n', '東', '京', 'ok_1']
    """
    found: list[str] = []
    kind_of, small = kinds(), lowered()
    opened = ""
    alone = False
    for character in text:
        code = ord(character)
        kind = kind_of[code]
        if opened and kind != MARK_KIND and (alone or kind != WORD_KIND):
            found.append(opened)
            opened = ""
        if kind == SIGN_KIND:
            found.append(character)
        elif kind != SPACE_KIND:
            alone = bool(kind == ALONE_KIND) or (alone and bool(opened))
            opened += chr(small[code]) if code < LOWERED_CODES else character
    return [*found, opened] if opened else found


def features_of(text: str, pairs: bool) -> Iterator[tuple[int, str]]:
    """The features of a text with their hashes (64 bits), in the order of the kernel."""
    before, last = 0, None
    for word in words_of(text):
        value = _hash(word)
        yield value, word
        if pairs and last is not None:
            yield _mixed((before * _TURN & _BITS) ^ value), f"{last} {word}"
        before, last = value, word


def _hash(word: str) -> int:
    value = _SEED
    for character in word:
        value = (value ^ ord(character)) * _PRIME & _BITS
    return _mixed(value)


def _mixed(value: int) -> int:
    value = (value ^ (value >> 33)) * _MIX_1 & _BITS
    value = (value ^ (value >> 33)) * _MIX_2 & _BITS
    return value ^ (value >> 33)
