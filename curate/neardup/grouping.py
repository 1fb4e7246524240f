"""Groups of records that belong together: near-duplicates, and whatever else connects them."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.neardup import plain
from curate.neardup.candidates import FEW_PAIRS, Numbers
from curate.neardup.compiling import is_loaded, kernel


def lowest(ids: pa.Array, *edges: tuple[pa.Array, pa.Array]) -> Numbers:
    """For each id the place of the lowest one that edges connect it with; its own without any.

    `ids` ascend, each once; every edge is between two of them.
    """
    ones, others = (
        np.concatenate([np.zeros(0, np.int64), *(_places(each[end], ids) for each in edges)])
        for end in (0, 1)
    )
    places = np.arange(len(ids), dtype=np.int64)
    connect = kernel().connect if is_loaded() or len(ones) > FEW_PAIRS else plain.connect
    connect(ones, others, places)
    return places


def _places(some: pa.Array, ids: pa.Array) -> Numbers:
    found = pc.index_in(some, ids)
    if found.null_count:
        raise ValueError("an edge is of an id that is not there")
    return np.asarray(found.to_numpy(), np.int64)
