"""Bags: subsets in which every slice is as large as is asked for, each drawn anew."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.hashing import digest
from curate.mixing.choosing import Numbers, positions

_ONCE_AT_MOST: Final = np.cumsum([1.0, 1.0, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720]) / np.e
"""The distribution function of Poisson's with a mean of 1, at 0 to 6."""


def bag(
    ids: pa.Array, codes: Numbers, wanted: Mapping[int, int], seed: int, replace: bool
) -> Numbers:
    """How often each record stands in a bag that has so many records of each slice.

    Records come in the order of a hash of seed and id, so that a bag stays when data grows. With
    `replace` each record comes as often as Poisson's distribution with a mean of 1 says, which is
    a bootstrap sample in the limit (Oza and Russell 2001, "Online Bagging and Boosting", section
    2), in rounds until the slice is full.
    """
    order = np.argsort(positions(ids, seed), kind="stable")
    times = np.zeros(len(codes), np.int64)
    for code, number in wanted.items():
        rows = order[codes[order] == code]
        if not len(rows):
            continue
        if replace:
            times[rows] = _filled(_drawn(ids.take(pa.array(rows)), seed), number)
        else:
            times[rows[:number]] = 1
    return times


def seed_of(seed: int, number: int) -> int:
    """The seed of a bag."""
    key = digest(b"curate.bag.1", str(seed).encode(), str(number).encode())
    return int.from_bytes(key[:8], "little")


def _drawn(ids: pa.Array, seed: int) -> Numbers:
    uniform = positions(ids, seed_of(seed, 0)).astype(np.float64) / 2.0**64
    return np.searchsorted(_ONCE_AT_MOST, uniform, side="right").astype(np.int64)


def _filled(drawn: Numbers, number: int) -> Numbers:
    """As many as were drawn, from the first on, until there are as many as are wanted."""
    if not drawn.any():
        drawn = np.ones(len(drawn), np.int64)
    rounds, rest = divmod(number, int(drawn.sum()))
    sums: npt.NDArray[np.int64] = np.cumsum(drawn)
    part = np.clip(rest - (sums - drawn), 0, drawn)
    return np.asarray(rounds * drawn + part, np.int64)
