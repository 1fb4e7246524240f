"""Which characters of which words are drawn, and what for them: `char_augmenter`, compiled."""

from typing import Any

import numpy as np
from numba import njit, types

from curate.augmenting.char_batches import ADJACENT, DELETE, INSERT, MIDDLE, SWAP
from curate.augmenting.kernel_draws import below, counted, python_seed, sample
from curate.augmenting.kernel_tokens import is_held, is_mark, tokens
from curate.scan.compiled import NUMBERS, compiled

_POINTS, _SIZES, _CLASSES = (
    types.Array(kind, 1, "C", readonly=True) for kind in (types.uint32, types.uint16, types.uint8)
)
_SHARES = types.Array(types.float64, 1, "C", readonly=True)


@njit(nogil=True)
def _other(place: Any, size: Any, mode: Any, state: Any, at: Any) -> Any:
    """The character that one is swapped with; `size` where a word has only one."""
    last = size - 1
    if mode == ADJACENT:
        if place == 0:
            return 1
        if place == last:
            return place - 1
        return place - 1 + 2 * below(2, state, at)
    first = 1 if mode == MIDDLE else 0
    inside = first <= place < last
    others = max(last - first, 0) - (1 if inside else 0)
    if others < 1:
        return place
    drawn = first + below(others, state, at)
    return drawn + 1 if inside and drawn >= place else drawn


@njit(nogil=True)
def _words(points: Any, number: Any, limits: Any, share: Any, classes: Any, room: Any) -> Any:
    """Draw words; returns how many, with their tokens in order in `picked`."""
    begins, ends, held, pool, picked, marks, state, at = room
    drawable = 0
    for token in range(number):
        begin, end = begins[token], ends[token]
        if end - begin < limits[3] or is_held(points, begin, classes):
            continue
        if limits[8] == 0 and is_mark(points, begin, end, classes):
            continue
        if len(held) and held[token]:
            continue
        pool[drawable] = token
        drawable += 1
    count = min(counted(number, limits[6], limits[7], share), drawable)
    sample(pool, drawable, count, marks, picked, state, at)
    picked[:count].sort()
    return count


@njit(nogil=True)
def _chars(
    points: Any, begin: Any, end: Any, sizes: Any, limits: Any, share: Any, room: Any
) -> Any:
    """Draw characters of a word; returns how many, with their places in `chosen`, as they change.

    What becomes of them is drawn later, but for a swap one by one.
    """
    pool, chosen, marks, state, at = room
    drawable = 0
    for place in range(begin, end):
        if limits[2] or sizes[points[place]]:
            pool[drawable] = place - begin
            drawable += 1
    count = min(counted(end - begin, limits[4], limits[5], share), drawable)
    sample(pool, drawable, count, marks, chosen, state, at)
    if limits[0] != SWAP:
        chosen[:count].sort()
    if limits[0] == INSERT:
        chosen[:count] = chosen[:count][::-1].copy()
    return count


@njit(nogil=True)
def _drawn(place: Any, begin: Any, end: Any, size: Any, limits: Any, state: Any, at: Any) -> Any:
    """What is drawn for a character at a place of the word [begin, end): -1 to leave it alone."""
    if limits[0] == DELETE:
        return 0
    if limits[0] != SWAP:
        return below(size, state, at)
    other = _other(place, end - begin, limits[1], state, at)
    if other >= end - begin:
        return -1
    below(size, state, at)
    return begin + other


@compiled(
    types.void(
        _POINTS, NUMBERS, _POINTS, _POINTS, _CLASSES, _SIZES, _CLASSES, NUMBERS, _SHARES,
        types.int64[:, ::1], types.int64[::1], types.boolean[::1],
    )
)  # fmt: skip
def draw_chars(
    points: Any,
    offsets: Any,
    seeds: Any,
    base: Any,
    classes: Any,
    sizes: Any,
    held: Any,
    limits: Any,
    shares: Any,
    found: Any,
    ends_of: Any,
    emptied: Any,
) -> None:
    """Draw the changes of texts: columns place, drawn, token, begin, end, by text.

    `points` are the code points of all texts, `sizes` how many replacements each code point has
    where `limits[2]`, the number of those that any has, is 0. `held` are the tokens of all texts
    that must not be drawn, or empty. `limits` are: action, swap mode, that number, fewest
    characters of a word, limits of characters and of words, whether signs are drawn. `shares` are
    those of characters and words. Changes of text n end at `ends_of[n]`; `emptied` tells where
    nothing is left of a token.
    """
    longest = 1
    for text in range(len(seeds)):
        longest = max(longest, offsets[text + 1] - offsets[text])
    begins, ends = np.empty(longest, np.int64), np.empty(longest, np.int64)
    pool, picked = np.empty(longest, np.int64), np.empty(longest, np.int64)
    chosen, marks = np.empty(longest, np.int64), np.zeros(longest, np.bool_)
    state, at = np.empty(624, np.uint32), np.zeros(1, np.int64)
    row = first = 0
    for text in range(len(seeds)):
        python_seed(seeds[text], base, state)
        at[0] = 0
        start = offsets[text]
        number = tokens(points, start, offsets[text + 1], classes, begins, ends)
        of_words = (begins, ends, held[first:], pool, picked, marks, state, at)
        first += number if len(held) else 0
        words = _words(points, number, limits, shares[1], classes, of_words)
        for each in range(words):
            begin, end = begins[picked[each]], ends[picked[each]]
            room = (pool, chosen, marks, state, at)
            count = _chars(points, begin, end, sizes, limits, shares[0], room)
            emptied[text] |= limits[0] == DELETE and count == end - begin
            for one in range(count):
                place = chosen[one]
                size = limits[2] if limits[2] else np.int64(sizes[points[begin + place]])
                drawn = _drawn(place, begin - start, end - start, size, limits, state, at)
                if drawn >= 0:
                    found[0, row] = begin + place - start
                    found[1, row] = drawn
                    found[2, row] = picked[each]
                    found[3, row] = begin - start
                    found[4, row] = end - start
                    row += 1
        ends_of[text] = row
