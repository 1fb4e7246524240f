"""The random numbers of Python's `random` and of `numpy.random`, for compiled functions.

Both are the Mersenne Twister of Matsumoto and Nishimura (1998), seeded in two ways, by one number
of 32 bits; here a word is made when it is asked for, since a text takes few. `draws` says the same
in Python.
"""

from typing import Any, Final

import numpy as np
from numba import njit

WORDS: Final = 624
SHIFT: Final = 397
UPPER: Final = np.uint32(0x80000000)
LOWER: Final = np.uint32(0x7FFFFFFF)
TWIST: Final = np.uint32(0x9908B0DF)
MULTIPLIER: Final = np.uint32(1812433253)
FIRST: Final = np.uint32(1664525)
SECOND: Final = np.uint32(1566083941)
TEMPER_1: Final = np.uint32(0x9D2C5680)
TEMPER_2: Final = np.uint32(0xEFC60000)
BASE_SEED: Final = np.uint32(19650218)

_POOL_SIZE: Final = 21
_SMALL: Final = 5
"""`random.sample` draws from a list where that takes less memory than a set would."""


@njit(nogil=True)
def legacy_seed(seed: Any, state: Any) -> Any:
    """Fill a state as `numpy.random.seed` does (`init_genrand`)."""
    value = np.uint32(seed)
    for place in range(WORDS):
        state[place] = value
        value = np.uint32(MULTIPLIER * (value ^ (value >> np.uint32(30))) + np.uint32(place + 1))


@njit(nogil=True)
def python_seed(seed: Any, base: Any, state: Any) -> Any:
    """Fill a state as `random.seed` does (`init_by_array`); `base` is the state of `BASE_SEED`."""
    key = np.uint32(seed)
    before = base[0]
    state[0] = before
    for place in range(1, WORDS):
        mixed = np.uint32((before ^ (before >> np.uint32(30))) * FIRST)
        before = np.uint32((base[place] ^ mixed) + key)
        state[place] = before
    state[0] = before
    mixed = np.uint32((before ^ (before >> np.uint32(30))) * FIRST)
    before = np.uint32((state[1] ^ mixed) + key)
    state[1] = before
    for place in range(2, WORDS):
        mixed = np.uint32((before ^ (before >> np.uint32(30))) * SECOND)
        before = np.uint32((state[place] ^ mixed) - np.uint32(place))
        state[place] = before
    state[0] = before
    mixed = np.uint32((before ^ (before >> np.uint32(30))) * SECOND)
    state[1] = np.uint32((state[1] ^ mixed) - np.uint32(1))
    state[0] = UPPER


@njit(nogil=True)
def word(state: Any, at: Any) -> Any:
    """The next 32 bits; `at[0]` is the place of the next word."""
    place = at[0]
    after = place + 1 if place + 1 < WORDS else 0
    shifted = place + SHIFT if place + SHIFT < WORDS else place + SHIFT - WORDS
    both = np.uint32((state[place] & UPPER) | (state[after] & LOWER))
    value = np.uint32(state[shifted] ^ (both >> np.uint32(1)))
    if both & np.uint32(1):
        value = np.uint32(value ^ TWIST)
    state[place] = value
    at[0] = after
    value = np.uint32(value ^ (value >> np.uint32(11)))
    value = np.uint32(value ^ (np.uint32(value << np.uint32(7)) & TEMPER_1))
    value = np.uint32(value ^ (np.uint32(value << np.uint32(15)) & TEMPER_2))
    return np.uint32(value ^ (value >> np.uint32(18)))


@njit(nogil=True)
def below(size: Any, state: Any, at: Any) -> Any:
    """An integer of [0, size), as `random.sample` draws it: high bits, again until they fit."""
    bits = 0
    while size >> bits:
        bits += 1
    shift = np.uint32(32 - bits)
    drawn = np.int64(word(state, at) >> shift)
    while drawn >= size:
        drawn = np.int64(word(state, at) >> shift)
    return drawn


@njit(nogil=True)
def masked_below(size: Any, state: Any, at: Any) -> Any:
    """An integer of [0, size), as `numpy.random.randint` draws it: low bits, until they fit."""
    mask = np.uint32(0)
    while np.int64(mask) < size - 1:
        mask = np.uint32((mask << np.uint32(1)) | np.uint32(1))
    if mask == 0:
        return np.int64(0)
    drawn = np.int64(word(state, at) & mask)
    while drawn >= size:
        drawn = np.int64(word(state, at) & mask)
    return drawn


@njit(nogil=True)
def sample(pool: Any, number: Any, count: Any, marks: Any, picked: Any, state: Any, at: Any) -> Any:
    """Draw `count` of the first `number` of `pool` into `picked`, as `random.sample` does.

    `pool` is changed; `marks` is false, and left so.
    """
    enough = _POOL_SIZE
    if count > _SMALL:
        power = 1
        while power < 3 * count:
            power *= 4
        enough += power
    if number <= enough:
        for each in range(count):
            drawn = below(number - each, state, at)
            picked[each] = pool[drawn]
            pool[drawn] = pool[number - each - 1]
        return
    for each in range(count):
        drawn = below(number, state, at)
        while marks[drawn]:
            drawn = below(number, state, at)
        marks[drawn] = True
        picked[each] = drawn
    for each in range(count):
        marks[picked[each]] = False
        picked[each] = pool[picked[each]]


@njit(nogil=True)
def counted(size: Any, least: Any, most: Any, share: Any) -> Any:
    """How many of some things a share is; limits of 0 are none (`token_augmenter.count_of`)."""
    count = np.int64(np.ceil(share * size))
    if least and count < least:
        return least
    if most and count > most:
        return most
    return count
