"""The texts of contents, fetched as earlier rounds left them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.selection import Gathered
from curate.substrings.joining import Documents, room
from curate.substrings.passages import Passages
from curate.substrings.stretches import Stretch
from curate.substrings.words import Numbers, Words


class Read(NamedTuple):
    """The texts of contents, as they were fetched."""

    documents: Documents
    ranks: Numbers
    """Of each document its row in the table of what was wanted."""
    words: Numbers
    """How many words each has, those of its short texts included."""


class Texts(NamedTuple):
    """Where texts are fetched from, and what earlier rounds cut out of them."""

    gathered: Gathered
    fields: Sequence[str]
    words: int
    earlier: Mapping[tuple[bytes, str], list[Stretch]]
    """By content and path, in code points."""

    def read(self, wanted: pa.Table) -> Read:
        """Fetch contents, and lay out the words of their long texts."""
        hashes = wanted["hash"].combine_chunks()
        laid = room(pc.sum(wanted["long"]).as_py(), np.uint64)
        size = 0
        ends, texts, ranks, words = ([np.zeros(0, np.int64)] for _ in range(4))
        for batch, passages, found in self.fetch(hashes):
            long = np.flatnonzero(found.counts >= self.words)
            own, own_ends = found.pick(long)
            laid[size : size + len(own)] = own
            ends.append(own_ends + size)
            size += len(own)
            texts.append(np.bincount(passages.rows[long], minlength=len(batch)))
            ranks.append(places(batch, hashes))
            counts = np.bincount(passages.rows, found.counts, len(batch))
            words.append(counts.astype(np.int64))
        documents = Documents(laid[:size], np.concatenate(ends), np.cumsum(np.concatenate(texts)))
        return Read(documents, np.concatenate(ranks), np.concatenate(words))

    def fetch(self, hashes: pa.Array) -> Iterator[tuple[pa.RecordBatch, Passages, Words]]:
        """Contents, their texts as earlier rounds left them, and the words of these."""
        for batch in self.gathered.contents(hashes):
            passages = Passages.of(batch, self.fields)
            if self.earlier:
                passages = self._as_left(batch, passages)
            yield batch, passages, Words.of(passages.texts)

    def _as_left(self, batch: pa.RecordBatch, passages: Passages) -> Passages:
        owners = batch.column("hash").take(pa.array(passages.rows)).to_pylist()
        texts = passages.texts.to_pylist()
        for number, (text, owner) in enumerate(zip(texts, owners, strict=True)):
            earlier = self.earlier.get((owner, passages.path(number)))
            if earlier:
                ends = [0, *(each.end for each in earlier)]
                starts = [*(each.start for each in earlier), len(text)]
                texts[number] = "".join(
                    text[end:start] for end, start in zip(ends, starts, strict=True)
                )
        return passages._replace(texts=pa.array(texts, pa.string()))


def places(batch: pa.RecordBatch, hashes: pa.Array) -> Numbers:
    """The place of each content of a batch among hashes."""
    own = batch.column("hash").cast(hashes.type)
    return np.asarray(pc.index_in(own, hashes).to_numpy(zero_copy_only=False), np.int64)
