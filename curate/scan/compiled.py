"""What the compiled functions share: how they are compiled, their types, and how they hash."""

from collections.abc import Callable
from typing import Any, Final, cast

import numpy as np
from numba import njit, types

SEED: Final = np.uint64(0xCBF29CE484222325)
PRIME: Final = np.uint64(0x100000001B3)
"""FNV-1a (Fowler, Noll, Vo), over code points; `mixed` then spreads it over all bits. ASCII
letters behind one are taken up to eight at a time."""

MIX_1: Final = np.uint64(0xFF51AFD7ED558CCD)
MIX_2: Final = np.uint64(0xC4CEB9FE1A85EC53)
MIX_SHIFT: Final = np.uint64(33)
ONE: Final = np.uint64(1)

TURN: Final = np.uint64(0x9E3779B97F4A7C15)

BYTES, OFFSETS, CLASSES, FLAGS, NUMBERS = (
    types.Array(kind, 1, "C", readonly=True)
    for kind in (types.uint8, types.int32, types.uint16, types.boolean, types.int64)
)
HASHES, SIZES = (types.Array(kind, 1, "C") for kind in (types.uint64, types.int32))
OPENS, ENDS, TABLE = (
    types.boolean[::1],
    types.int64[::1],
    types.int64[:, ::1],
)


def compiled(signature: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Compile a function for one signature, so that nothing is compiled later."""

    def compile_(function: Callable[..., None]) -> Callable[..., None]:
        try:
            made = njit(signature, cache=True, nogil=True)(function)
        except RuntimeError:
            # Neither beside the package nor in the user's folder can anything be kept.
            made = njit(signature, nogil=True)(function)
        return cast("Callable[..., None]", made)

    return compile_


@njit(nogil=True, inline="always")
def mixed(value: Any) -> Any:
    """The finaliser of MurmurHash3 (Appleby), which turns every bit into half of the others."""
    value ^= value >> MIX_SHIFT
    value *= MIX_1
    value ^= value >> MIX_SHIFT
    value *= MIX_2
    value ^= value >> MIX_SHIFT
    return value


@njit(nogil=True, inline="always")
def code_point(data: Any, place: Any) -> Any:
    """The code point at a place that is not ASCII, and the place behind it."""
    byte = data[place]
    if byte < 0xE0:
        return (np.int32(byte & 0x1F) << 6) | np.int32(data[place + 1] & 0x3F), place + 2
    if byte < 0xF0:
        return (
            (np.int32(byte & 0x0F) << 12)
            | (np.int32(data[place + 1] & 0x3F) << 6)
            | np.int32(data[place + 2] & 0x3F)
        ), place + 3
    return (
        (np.int32(byte & 0x07) << 18)
        | (np.int32(data[place + 1] & 0x3F) << 12)
        | (np.int32(data[place + 2] & 0x3F) << 6)
        | np.int32(data[place + 3] & 0x3F)
    ), place + 4
