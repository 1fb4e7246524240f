"""Groups of records that belong together: near-duplicates, and whatever else connects them."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.neardup import plain
from curate.neardup.candidates import FEW_PAIRS, Numbers
from curate.neardup.compiling import is_loaded, kernel

TWINS: Final = (
    'SELECT id, min(id) OVER (PARTITION BY prompt) AS "of" FROM facts '
    "WHERE prompt IS NOT NULL QUALIFY count(*) OVER (PARTITION BY prompt) > 1"
)
"""Of `facts`, records with one that has an equal prompt."""

FAMILIES: Final = (
    'SELECT c.id, coalesce(p.id, min(c.id) OVER (PARTITION BY c.parent)) AS "of" FROM '
    "(SELECT DISTINCT id, parent FROM facts WHERE parent IS NOT NULL) c "
    "LEFT JOIN (SELECT DISTINCT id FROM facts) p ON p.id = c.parent"
)
"""Of `facts`, records that were made of others: with these, or with one another."""


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


def read_first(first: Numbers, read: pa.ChunkedArray) -> Numbers:
    """The same groups, each known by its lowest record that was read, where it has any.

    `first` is what `lowest` returns; `read` is false for records that were made of others.
    """
    places = np.arange(len(first), dtype=np.int64)
    best = np.full(len(first), len(first), np.int64)
    np.minimum.at(best, first, np.where(read.to_numpy(), places, len(first)))
    return np.asarray(np.where(best < len(first), best, places)[first], np.int64)


def edges(table: pa.Table) -> tuple[pa.Array, pa.Array]:
    """The columns `id` and `of` of a table, as `lowest` takes them."""
    ids, others = (
        pa.concat_arrays([pa.array([], pa.binary()), *table[name].cast(pa.binary()).chunks])
        for name in ("id", "of")
    )
    return ids, others


def _places(some: pa.Array, ids: pa.Array) -> Numbers:
    found = pc.index_in(some, ids)
    if found.null_count:
        raise ValueError("an edge is of an id that is not there")
    return np.asarray(found.to_numpy(), np.int64)
