"""Finding semantic duplicates among the facts of all records of a build.

Facts have the columns of `facts`. Memory: all vectors, two bytes a dimension and record.
"""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.models.vectors import vectors_of
from curate.semantic.cosine import Places, squares
from curate.semantic.greedy import decide
from curate.semantic.index import Graph, Recall, recall
from curate.semantic.nearest import Exhaustive, Level
from curate.semantic.semdedup import semdedup

Method = Literal["neighbours", "semdedup"]

CURVE: Final = (0.8, 0.85, 0.9, 0.95)
"""Thresholds at which it is counted how many records would go."""

FOUND: Final = pa.schema(
    [
        ("id", pa.binary(16)),
        ("copy", pa.int32()),
        ("of", pa.binary(16)),
        ("similarity", pa.float64()),
    ]
)
"""A row for each record that is dropped, with the one that stands for it."""

WANTED: Final = (
    "SELECT id, copy, hash, source, characters AS measured, vector, false AS fixed FROM facts "
    "WHERE vector IS NOT NULL UNION ALL "
    "SELECT id, copy, hash, source, characters, vector, true FROM others WHERE vector IS NOT NULL"
)
"""The records that have a direction, and what they are compared with."""


class Found(NamedTuple):
    """What is dropped, and what the user should know of it."""

    table: pa.Table
    curve: tuple[tuple[float, int], ...]
    """How many records go at other thresholds; only the real one where an index was used."""
    recall: Recall | None
    """How well the index found them, where one was used."""
    how: str = "every pair compared"
    """Where duplicates were looked for."""

    def told(self) -> list[str]:
        """How many records go at other thresholds, or how well an index found those that go."""
        counts = ", ".join(f"{count:,} at {each:g}" for each, count in self.curve)
        if self.recall is None:
            return [f"records that would go, by threshold: {counts}"]
        found, there = self.recall
        share = f"{found / there:.1%}" if there else "all"
        return [f"recall: {share} of {there:,} duplicates in a sample were found; {counts} go"]


NOTHING: Final = Found(FOUND.empty_table(), (), None)
"""What is found where no record has a direction."""


def neighbours(
    records: pa.Table, ranks: npt.NDArray[np.int64], threshold: float, exact_up_to: int
) -> Found:
    """Decide greedily, in the order of ranks, against the most similar record that is kept.

    `records` has the columns of `WANTED`; those that are fixed have the lowest ranks.
    """
    ordered = np.argsort(ranks)
    vectors = vectors_of(records["vector"])[ordered]
    lengths, fixed = squares(vectors), int(pc.sum(records["fixed"]).as_py())
    quality = None
    if len(vectors) <= exact_up_to:
        others = [each for each in CURVE if each != threshold]
        levels = decide(vectors, lengths, fixed, (threshold, *others), Exhaustive(vectors, lengths))
    else:
        levels = decide(vectors, lengths, fixed, (threshold,), Graph(vectors, lengths))
        quality = recall(vectors, lengths, fixed, levels[0])
    gone = np.flatnonzero(levels[0].keepers >= 0)
    keepers = levels[0].keepers[gone]
    table = _table(records, ordered[gone], ordered[keepers], levels[0].similarities[gone])
    how = "every pair compared" if quality is None else "neighbours found by an index"
    return Found(table, _curve(levels), quality, how)


def by_clusters(records: pa.Table, threshold: float, clusters: int, seed: int) -> Found:
    """Decide as SemDeDup does, with an epsilon of 1 - threshold."""
    order = pc.sort_indices(
        records.select(["id", "copy"]), [("id", "ascending"), ("copy", "ascending")]
    ).to_numpy()
    vectors = vectors_of(records["vector"])[order]
    nearest, cosines = semdedup(vectors, squares(vectors), clusters, seed)
    gone = np.flatnonzero(cosines > threshold)
    table = _table(records, order[gone], order[nearest[gone]], cosines[gone])
    tried = sorted({*CURVE, threshold})
    curve = tuple((each, int(np.count_nonzero(cosines > each))) for each in tried)
    return Found(table, curve, None, f"{clusters:,} clusters")


def _curve(levels: Sequence[Level]) -> tuple[tuple[float, int], ...]:
    return tuple(sorted((level.threshold, level.dropped) for level in levels))


def _table(
    records: pa.Table, rows: Places, keepers: Places, similarities: npt.NDArray[np.float64]
) -> pa.Table:
    dropped, kept = pa.array(rows.astype(np.int64)), pa.array(keepers.astype(np.int64))
    return pa.table(
        [
            records["id"].take(dropped).cast(pa.binary(16)),
            records["copy"].take(dropped).cast(pa.int32()),
            records["id"].take(kept).cast(pa.binary(16)),
            pa.array(similarities),
        ],
        schema=FOUND,
    )
