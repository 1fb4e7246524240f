"""Which records are reworded: a share of slices, by a hash."""

from collections.abc import Mapping
from fractions import Fraction
from math import ceil
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.hashing import digest
from curate.mixing.slicing import Slicing
from curate.synthetic import parents_of

_WHOLE: Final = 2**64


def chosen(
    batch: pa.RecordBatch,
    seed: int,
    share: float,
    slices: Mapping[str, float],
    slicing: Slicing,
) -> npt.NDArray[np.int64]:
    """The rows of a batch that are reworded: none that are synthetic already.

    `share` is that of all, or `slices` have shares by name; other slices have none then.
    """
    shares = np.full(len(batch), share)
    if slices:
        names = slicing.of(batch).to_pylist()
        shares = np.array([slices.get(name, 0.0) for name in names], np.float64)
    bounds = {each: ceil(Fraction(each) * _WHOLE) for each in np.unique(shares).tolist()}
    read = pc.is_null(parents_of(batch.column("meta"))).to_pylist()
    wanted = zip(read, batch.column("id").to_pylist(), shares.tolist(), strict=True)
    found = [is_read and position(id_, seed) < bounds[each] for is_read, id_, each in wanted]
    return np.flatnonzero(np.array(found, np.bool_))


def position(record: bytes, seed: int) -> int:
    """Where a record stands in the order in which a share is taken, as a count of 2^-64."""
    return int.from_bytes(digest(b"curate.augment.1", str(seed).encode(), record)[:8], "little")
