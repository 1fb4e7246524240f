"""Which words are drawn, and what for them: `token_augmenter.WordAugmenter`, compiled."""

from typing import Any

import numpy as np
from numba import njit, types

from curate.augmenting.kernel_draws import (
    below,
    counted,
    legacy_seed,
    masked_below,
    python_seed,
    sample,
)
from curate.augmenting.kernel_tokens import is_held, is_mark, tokens
from curate.augmenting.word_batches import CROP, DELETE, LOOKED_UP, RISING, SPLIT, SWAP
from curate.scan.compiled import NUMBERS, ONE, PRIME, SEED, compiled, mixed

_POINTS, _CLASSES, _COUNTS, _HASHES = (
    types.Array(kind, 1, "C", readonly=True)
    for kind in (types.uint32, types.uint8, types.uint16, types.uint64)
)
_SHARES = types.Array(types.float64, 1, "C", readonly=True)


@njit(nogil=True)
def _hash(points: Any, begin: Any, end: Any) -> Any:
    value = SEED
    for place in range(begin, end):
        value = (value ^ np.uint64(points[place])) * PRIME
    return mixed(value) | ONE


@compiled(types.void(_POINTS, NUMBERS, _COUNTS, types.uint64[::1], types.uint16[::1]))
def fill_table(points: Any, offsets: Any, counts: Any, slots: Any, held: Any) -> None:
    """Put words with the numbers of their replacements into a table of 2^n slots, 0 for free."""
    last = len(slots) - 1
    for each in range(len(counts)):
        key = _hash(points, offsets[each], offsets[each + 1])
        slot = np.int64(key) & last
        while slots[slot] != 0 and slots[slot] != key:
            slot = (slot + 1) & last
        slots[slot] = key
        held[slot] = counts[each]


@njit(nogil=True)
def _looked_up(key: Any, slots: Any, counts: Any) -> Any:
    last = len(slots) - 1
    slot = np.int64(key) & last
    while slots[slot] != 0:
        if slots[slot] == key:
            return np.int64(counts[slot])
        slot = (slot + 1) & last
    return np.int64(0)


@njit(nogil=True)
def _drawable(points: Any, number: Any, limits: Any, classes: Any, table: Any, room: Any) -> Any:
    """Write the tokens that may be drawn to `pool`, and their replacements to `sizes`."""
    begins, ends, held, pool, sizes = room
    slots, counts = table
    count = 0
    for token in range(number):
        begin, end = begins[token], ends[token]
        if end - begin < limits[2] or is_mark(points, begin, end, classes):
            continue
        if (len(held) and held[token]) or is_held(points, begin, classes):
            continue
        sizes[token] = limits[1]
        if limits[1] == LOOKED_UP:
            sizes[token] = _looked_up(_hash(points, begin, end), slots, counts)
            if sizes[token] == 0:
                continue
        pool[count] = token
        count += 1
    return count


@njit(nogil=True)
def _run(number: Any, count: Any, picked: Any, state: Any, at: Any) -> Any:
    """The tokens of a run, from its end of the two that is greater; below 0 from the end."""
    if count == 0:
        return 0
    step = 2 * below(2, state, at) - 1
    if number < count:
        return 0
    start = below(number - count + 1, state, at)
    for each in range(count):
        picked[each] = start + each * step
    return count


@njit(nogil=True)
def _for(token: Any, number: Any, size: Any, length: Any, action: Any, random: Any) -> Any:
    """What is drawn for a token."""
    state, at, other_state, other_at = random
    if action == SPLIT:
        return 1 + masked_below(length - 2, other_state, other_at)
    if action == SWAP:
        if token == 0:
            return 1
        return token - 1 if token == number - 1 else token - 1 + 2 * below(2, state, at)
    return 0 if action in (DELETE, CROP) else below(size, state, at)


@compiled(
    types.void(
        _POINTS, NUMBERS, _POINTS, _POINTS, _CLASSES, _CLASSES, _HASHES, _COUNTS, NUMBERS,
        types.float64, types.int64[:, ::1], types.int64[::1],
    )
)  # fmt: skip
def draw_words(
    points: Any,
    offsets: Any,
    seeds: Any,
    base: Any,
    classes: Any,
    held: Any,
    slots: Any,
    counts: Any,
    limits: Any,
    share: Any,
    found: Any,
    ends_of: Any,
) -> None:
    """Draw the changes of texts: columns token and drawn, by text, in the order they are made.

    `points` are the code points of all texts; `held` the tokens that must not be drawn, or empty;
    `slots` and `counts` the table that tells how many replacements a word has, where `limits[1]` is
    `LOOKED_UP`. `limits` are: action, replacements of any word, fewest characters, fewest and most
    words. Changes of text n end at `ends_of[n]`.
    """
    longest = 1
    for text in range(len(seeds)):
        longest = max(longest, offsets[text + 1] - offsets[text])
    begins, ends = np.empty(longest, np.int64), np.empty(longest, np.int64)
    pool, picked = np.empty(longest, np.int64), np.empty(longest, np.int64)
    sizes, marks = np.empty(longest, np.int64), np.zeros(longest, np.bool_)
    state, other_state = np.empty(624, np.uint32), np.empty(624, np.uint32)
    at, other_at = np.zeros(1, np.int64), np.zeros(1, np.int64)
    random = (state, at, other_state, other_at)
    action, row, first = limits[0], 0, 0
    for text in range(len(seeds)):
        python_seed(seeds[text], base, state)
        at[0] = other_at[0] = 0
        if action == SPLIT:
            legacy_seed(seeds[text], other_state)
        number = tokens(points, offsets[text], offsets[text + 1], classes, begins, ends)
        room = (begins, ends, held[first:], pool, sizes)
        first += number if len(held) else 0
        count = counted(number, limits[3], limits[4], share)
        if action == CROP:
            count = _run(number, count, picked, state, at)
        else:
            drawable = _drawable(points, number, limits, classes, (slots, counts), room)
            count = min(count, drawable)
            sample(pool, drawable, count, marks, picked, state, at)
        if action != SWAP:
            picked[:count].sort()
        for each in range(count):
            token = picked[each if action in (SWAP, RISING) else count - 1 - each]
            length = ends[token] - begins[token] if token >= 0 else 0
            size = sizes[token] if token >= 0 else 0
            found[0, row] = token
            found[1, row] = _for(token, number, size, length, action, random)
            row += 1
        ends_of[text] = row
