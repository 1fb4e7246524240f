"""Everything of shared passages that is compiled (numba, which releases the GIL).

Importing this module compiles it, which takes some seconds, or loads what an earlier process
compiled and kept (`scan.compiling.loaded`).
"""

from typing import Any, Final

import numpy as np
from numba import njit, types

from curate.scan.compiled import ENDS, HASHES, ONE, TURN, compiled, mixed

GROUPS: Final = types.Array(types.int32, 1, "C")
FLAGS: Final = types.Array(types.boolean, 1, "C")
WORD: Final = types.int64

FREE, MANY, NAMED = -1, -2, -3
"""What a slot is: free, of several documents, or (from `NAMED` down) of a group of its own."""
HIGH: Final = np.uint64(32)


@njit(nogil=True, inline="always")
def _top(count: Any) -> Any:
    """The factor of the first of so many words in their hash."""
    factor = ONE
    for _ in range(count - 1):
        factor *= TURN
    return factor


@njit(nogil=True, inline="always")
def _opened(hashes: Any, start: Any, count: Any) -> Any:
    """The sum over the words before the last of a run, which `_rolled` goes on with."""
    value = np.uint64(0)
    for word in range(start, start + count - 1):
        value = value * TURN + hashes[word]
    return value


@compiled(types.void(HASHES, ENDS, WORD, WORD, HASHES, ENDS))
def winnow(hashes: Any, ends: Any, gram: Any, window: Any, prints: Any, stops: Any) -> None:
    """Fill `prints` with the fingerprints of texts, which end at `stops` (`plain.winnowed`)."""
    ring = np.empty(window, np.uint64)
    top = _top(gram)
    number = 0
    start = np.int64(0)
    for text in range(len(ends)):
        count = ends[text] - start - gram + 1
        if count >= window:
            value = _opened(hashes, start, gram)
            least = last = np.uint64(0)
            least_at = np.int64(-1)
            told = False
            for at in range(count):
                if at:
                    value -= hashes[start + at - 1] * top
                value = value * TURN + hashes[start + at + gram - 1]
                new = mixed(value)
                ring[at % window] = new
                if least_at < 0 or new <= least:
                    least, least_at = new, at
                elif least_at <= at - window:
                    least, least_at = ring[(at + 1) % window], at - window + 1
                    for before in range(at - window + 2, at + 1):
                        if ring[before % window] <= least:
                            least, least_at = ring[before % window], before
                if at >= window - 1 and not (told and least == last):
                    prints[number] = last = least
                    told = True
                    number += 1
        start = ends[text]
        stops[text] = number


@compiled(
    types.void(HASHES, ENDS, GROUPS, WORD, types.uint64, types.uint64, HASHES, GROUPS, GROUPS)
)
def enter(
    hashes: Any,
    ends: Any,
    documents: Any,
    words: Any,
    part: Any,
    parts: Any,
    keys: Any,
    slots: Any,
    groups: Any,
) -> None:
    """Enter the windows of one part into a table; `groups` has of each -2 less its slot.

    `documents` has the document of each text. A slot has the document of its window, or `MANY`.
    """
    mask = np.uint64(len(slots) - 1)
    top = _top(words)
    start = np.int64(0)
    for text in range(len(ends)):
        if ends[text] - start >= words:
            document = documents[text]
            value = _opened(hashes, start, words)
            for at in range(start, ends[text] - words + 1):
                if at > start:
                    value -= hashes[at - 1] * top
                value = value * TURN + hashes[at + words - 1]
                key = mixed(value)
                if (key >> HIGH) % parts != part:
                    continue
                slot = key & mask
                while slots[slot] != FREE and keys[slot] != key:
                    slot = (slot + ONE) & mask
                if slots[slot] == FREE:
                    keys[slot] = key
                    slots[slot] = document
                elif slots[slot] != document:
                    slots[slot] = MANY
                groups[at] = np.int32(-2 - np.int64(slot))
        start = ends[text]


@compiled(types.void(GROUPS, GROUPS, ENDS))
def name(slots: Any, groups: Any, number: Any) -> None:
    """Give windows that were entered the number of their group, -1 where only one document has it.

    `number[0]` is how many groups there are.
    """
    for at in range(len(groups)):
        if groups[at] < -1:
            slot = -2 - np.int64(groups[at])
            if slots[slot] == MANY:
                slots[slot] = np.int32(NAMED - number[0])
                number[0] += 1
            groups[at] = np.int32(NAMED - slots[slot] if slots[slot] <= NAMED else -1)


@njit(nogil=True)
def _own(document: Any, groups: Any, is_kept: Any, owners: Any, owning: Any) -> None:
    """Note of the groups of a document whose they are: those of a kept one may be its own."""
    for group in groups:
        if group < 0:
            continue
        if owners[group] >= 0 and owners[group] != document:
            owning[owners[group]] = True
        elif is_kept:
            owners[group] = document


@compiled(
    types.void(GROUPS, ENDS, ENDS, ENDS, FLAGS, WORD, GROUPS, types.uint8[::1], GROUPS, FLAGS)
)
def settle(
    groups: Any,
    ends: Any,
    document_ends: Any,
    order: Any,
    fixed: Any,
    words: Any,
    owners: Any,
    cut: Any,
    owner: Any,
    owning: Any,
) -> None:
    """Go over documents in order, as `plain.settled` does; `owners` has that of each group."""
    for document in order:
        first = document_ends[document - 1] if document else 0
        begin = ends[first - 1] if first else 0
        gone = -1
        start = begin
        for text in range(first, 0 if fixed[document] else document_ends[document]):
            until = start
            lost = 0
            cause = -1
            for at in range(start, ends[text] - words + 1):
                if groups[at] < 0 or owners[groups[at]] < 0:
                    continue
                if cause < 0:
                    cause = owners[groups[at]]
                for word in range(max(until, at), at + words):
                    cut[word] = 1
                    lost += 1
                until = at + words
            if lost == ends[text] - start and lost > 0 and gone < 0:
                gone = cause
            start = ends[text]
        owner[document] = gone
        end = ends[document_ends[document] - 1] if document_ends[document] else 0
        _own(document, groups[begin:end], gone < 0, owners, owning)
