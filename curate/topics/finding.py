"""Topics of records: found, named, and held against other ways of finding them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from curate.hashing import digest
from curate.mixing.choosing import positions
from curate.semantic.cosine import Floats, Places, Vectors
from curate.topics.clusters import SAMPLE, clustered
from curate.topics.names import Named, named
from curate.topics.quality import adjusted_rand, clustered_again, silhouettes, stability
from curate.topics.words import counted

READ: Final = 2_000
"""Records of a topic whose words are counted, at most; more change few names."""

Texts = Callable[[Places], Iterable[tuple[Places, Sequence[pa.StringArray]]]]
"""Given the places of records, gives these in parts, each with texts field by field.

Of records with equal texts a single one may come.
"""


class Topic(NamedTuple):
    """A topic, and how far it can be trusted."""

    name: str
    words: tuple[str, ...]
    """Those that tell it apart, the first ones first."""
    records: int
    silhouette: float
    """The mean over its records (`quality.silhouettes`)."""
    stability: float
    """`quality.stability`."""


class Topics(NamedTuple):
    """The topics of some records, the largest first."""

    topics: tuple[Topic, ...]
    assigned: Places
    """The topic of each record, by its number from 0."""
    similarity: Floats
    """Its cosine with the topic's centroid."""
    silhouette: float
    silhouettes: dict[int, float]
    """Of a sample, by the number of topics that is asked for: half as many, as many, and twice."""
    adjusted_rand: float
    """How much they are those of random halves of the records, from about 0 to 1."""
    key: bytes
    """What makes the topic of a vector: the centroids and their names."""

    def names(self) -> pa.StringArray:
        """The name of each record's topic."""
        each = pa.array([one.name for one in self.topics], pa.string())
        return each.take(pa.array(self.assigned))


def find_topics(vectors: Vectors, ids: pa.Array, count: int, seed: int, texts: Texts) -> Topics:
    """Find at most `count` topics among records, which come in the order of their ids.

    No vector is all zeros, and there is at least one.
    """
    drawn = np.argsort(positions(ids, seed), kind="stable")
    sample = np.sort(drawn[:SAMPLE])
    clusters = clustered(vectors, sample, count, seed)
    own = silhouettes(vectors, clusters.assigned)
    again = clustered_again(vectors[sample], ids.take(pa.array(sample)), count, seed)
    stable = stability(clusters.assigned[sample], again)
    sizes = np.bincount(clusters.assigned)
    names = _named(clusters.assigned, drawn, texts)
    means = np.bincount(clusters.assigned, weights=own) / sizes
    parts = zip(names, sizes.tolist(), means.tolist(), stable.tolist(), strict=True)
    indices = [adjusted_rand(clusters.assigned[sample], one) for one in again]
    return Topics(
        tuple(Topic(*name, *figures) for name, *figures in parts),
        clusters.assigned,
        clusters.similarity,
        float(own.mean()),
        _by_count(vectors, sample, count, seed),
        float(np.mean(indices)),
        digest(
            np.ascontiguousarray(clusters.centroids, "<i2").tobytes(),
            *(name.name.encode() for name in names),
        ),
    )


def _named(assigned: Places, drawn: Places, texts: Texts) -> list[Named]:
    read = np.zeros(int(assigned.max()) + 1, np.int64)

    def parts() -> Iterator[tuple[pa.Array, Sequence[pa.StringArray]]]:
        nonlocal read
        for rows, fields in texts(np.sort(_first_of_each(assigned, drawn))):
            # Of records with one content a single one may come.
            read = read + np.bincount(assigned[rows], minlength=len(read))
            yield pa.array(assigned[rows]), fields

    words = counted(parts())
    return named(words, np.maximum(read, 1).tolist())


def _first_of_each(assigned: Places, drawn: Places) -> Places:
    """So many records of each topic as are read, those that come first in the order drawn."""
    order = drawn[np.argsort(assigned[drawn], kind="stable")]
    sizes = np.bincount(assigned)
    turns = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return order[turns < READ]


def _by_count(vectors: Vectors, sample: Places, count: int, seed: int) -> dict[int, float]:
    """The mean silhouette of a sample at other numbers of topics too."""
    found = {}
    some, all_ = vectors[sample], np.arange(len(sample))
    for each in (count // 2, count, 2 * count):
        if 2 <= each <= len(sample) // 2:
            assigned = clustered(some, all_, each, seed).assigned
            found[each] = float(silhouettes(some, assigned).mean())
    return found
