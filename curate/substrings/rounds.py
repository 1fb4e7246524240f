"""Shared passages of all records: candidates, the exact join, and again what the cuts brought."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.selection import Gathered
from curate.substrings import queries
from curate.substrings.joining import Documents, Settled, room, settle
from curate.substrings.passages import Passages
from curate.substrings.stretches import (
    Stretch,
    in_characters,
    joined,
    seams,
    stretches,
    without,
)
from curate.substrings.winnowing import Winnowing
from curate.substrings.words import Numbers, Words

LOST: Final = pa.schema([("hash", pa.binary(16)), ("of", pa.binary(16)), ("share", pa.float64())])
"""Contents that are dropped: the record for which, and the share of their words that it has."""

CUTS: Final = pa.schema(
    [
        ("hash", pa.binary(16)),
        ("field", pa.string()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("words", pa.int32()),
    ]
)
"""What is cut out of contents, in code points, and how many words it has."""

_NOTHING: Final = np.zeros(0, np.uint8)

SEAMS: Final = pa.schema([("hash", pa.binary(16)), ("print", pa.uint64())])


class Found(NamedTuple):
    """What is dropped, and what is cut out of what stays."""

    lost: pa.Table
    cuts: pa.Table


class Read(NamedTuple):
    """The texts of contents, as they were fetched."""

    documents: Documents
    ranks: Numbers
    """Of each document its row in the table of what was wanted."""
    words: Numbers
    """How many words each has, those of its short texts included."""


class Search:
    """Finds what of contents is cut, round by round.

    In the first round the texts are as they came. A cut brings together words that stood apart, and
    another record may have them just so; what has a fingerprint of such a place is looked at again,
    until nothing is shared any more. Once words of others were cut for what one of several texts of
    a record has, no later round drops that record.
    """

    def __init__(self, gathered: Gathered, fields: Sequence[str], words: int) -> None:
        """Look at nothing yet."""
        self._gathered, self._fields, self._words = gathered, fields, words
        self._lost, self._cuts = LOST.empty_table(), CUTS.empty_table()
        self._seams = SEAMS.empty_table()
        self._needed: set[bytes] = set()
        self._earlier: dict[tuple[bytes, str], list[Stretch]] = {}

    def run(self) -> Found:
        """Search until nothing is shared."""
        wanted = self._gathered.table(queries.FIRST)
        while len(wanted):
            brought = self._round(wanted)
            if not len(brought):
                break
            self._seams = pa.concat_tables([self._seams, brought])
            gone = self._lost.select(["hash"])
            tables = {"brought": brought, "seams": self._seams, "gone": gone}
            wanted = self._gathered.table(queries.AGAIN, tables)
            self._earlier = self._cuts_of(wanted["hash"].combine_chunks())
        return Found(self._lost, self._cuts)

    def _round(self, wanted: pa.Table) -> pa.Table:
        """Settle some contents; return fingerprints of what the cuts brought together (`SEAMS`)."""
        read = self._read(wanted)
        hashes = wanted["hash"].combine_chunks().take(pa.array(read.ranks))
        settled = self._settle(wanted, hashes, read)
        lost = _lost(wanted, hashes, read, settled)
        self._lost = pa.concat_tables([self._lost, lost])
        texts = np.diff(read.documents.document_ends, prepend=0)
        needed = hashes.filter(pa.array(settled.owning & (texts > 1)))
        self._needed.update(needed.to_pylist())
        touched = np.flatnonzero(_lost_words(read.documents, settled) * (settled.owner < 0))
        return self._cut(hashes, touched, read.documents, settled)

    def _settle(self, wanted: pa.Table, hashes: pa.Array, read: Read) -> Settled:
        """Settle contents so that none is dropped that others were cut for in another round.

        Those of them that would be are taken as they are, before the others.
        """
        fixed = ~wanted["own"].to_numpy()[read.ranks]
        needed = np.array([each in self._needed for each in hashes.to_pylist()], np.bool_)
        while True:
            order = np.lexsort((read.ranks, ~fixed))
            settled = settle(read.documents, order, fixed, self._words)
            spared = needed & (settled.owner >= 0)
            if not spared.any():
                return settled
            fixed |= spared

    def _read(self, wanted: pa.Table) -> Read:
        """Fetch contents, and lay out the words of their long texts."""
        hashes = wanted["hash"].combine_chunks()
        laid = room(pc.sum(wanted["long"]).as_py(), np.uint64)
        size = 0
        ends, texts, ranks, words = ([np.zeros(0, np.int64)] for _ in range(4))
        for batch, passages, found in self._fetch(hashes):
            long = np.flatnonzero(found.counts >= self._words)
            own, own_ends = found.pick(long)
            laid[size : size + len(own)] = own
            ends.append(own_ends + size)
            size += len(own)
            texts.append(np.bincount(passages.rows[long], minlength=len(batch)))
            ranks.append(_places(batch, hashes))
            counts = np.bincount(passages.rows, found.counts, len(batch))
            words.append(counts.astype(np.int64))
        documents = Documents(laid[:size], np.concatenate(ends), np.cumsum(np.concatenate(texts)))
        return Read(documents, np.concatenate(ranks), np.concatenate(words))

    def _fetch(self, hashes: pa.Array) -> Iterator[tuple[pa.RecordBatch, Passages, Words]]:
        """Contents, their texts as earlier rounds left them, and the words of these."""
        for batch in self._gathered.contents(hashes):
            passages = Passages.of(batch, self._fields)
            if self._earlier:
                passages = self._as_left(batch, passages)
            yield batch, passages, Words.of(passages.texts)

    def _as_left(self, batch: pa.RecordBatch, passages: Passages) -> Passages:
        owners = batch.column("hash").take(pa.array(passages.rows)).to_pylist()
        texts = passages.texts.to_pylist()
        for number, (text, owner) in enumerate(zip(texts, owners, strict=True)):
            earlier = self._earlier.get((owner, passages.path(number)))
            if earlier:
                ends = [0, *(each.end for each in earlier)]
                starts = [*(each.start for each in earlier), len(text)]
                texts[number] = "".join(
                    text[end:start] for end, start in zip(ends, starts, strict=True)
                )
        return passages._replace(texts=pa.array(texts, pa.string()))

    def _cut(
        self, hashes: pa.Array, touched: Numbers, documents: Documents, settled: Settled
    ) -> pa.Table:
        """Keep what is cut out of documents; return fingerprints as `_round` does."""
        wanted = hashes.take(pa.array(touched))
        cuts, brought = [CUTS.empty_table()], [SEAMS.empty_table()]
        begins = np.concatenate([[0], documents.document_ends])
        words = np.concatenate([[0], documents.ends])
        for batch, passages, found in self._fetch(wanted):
            places = touched[_places(batch, wanted)]
            long = np.flatnonzero(found.counts >= self._words)
            rows = passages.rows[long]
            within = np.arange(len(long)) - np.searchsorted(rows, rows)
            laid = begins[places[rows]] + within
            flags = [settled.cut[words[text] : words[text + 1]] for text in laid.tolist()]
            own, seamed = self._cut_batch(batch, passages, found, long, flags)
            cuts.append(own)
            brought.append(seamed)
        self._cuts = pa.concat_tables(
            [self._cuts.filter(pc.invert(pc.is_in(self._cuts["hash"], wanted))), *cuts]
        )
        return pa.concat_tables(brought)

    def _cut_batch(
        self,
        batch: pa.RecordBatch,
        passages: Passages,
        found: Words,
        long: Numbers,
        flags: Sequence[npt.NDArray[np.uint8]],
    ) -> tuple[pa.Table, pa.Table]:
        """The cuts of a batch, and the fingerprints of their seams."""
        rows: list[tuple[bytes, str, Stretch]] = []
        ends = np.concatenate([[0], found.ends])
        owners, left, places = [], [], []
        now = dict(zip(long.tolist(), flags, strict=True))
        for text in range(len(passages.texts)) if self._earlier else long.tolist():
            owner, path = batch.column("hash")[passages.rows[text]].as_py(), passages.path(text)
            earlier, cut = self._earlier.get((owner, path), []), now.get(text, _NOTHING)
            if not cut.any():
                rows += [(owner, path, each) for each in earlier]
                continue
            said = passages.texts[text].as_buffer().to_pybytes()
            part = slice(ends[text], ends[text + 1])
            made = stretches(cut, found.starts[part], found.stops[part])
            own = in_characters(said, made)
            if earlier:
                gone = sum(each.end - each.start for each in earlier)
                own = joined(len(said.decode()) + gone, earlier, own)
            rows += [(owner, path, each) for each in own]
            for seam in seams(said, made):
                owners.append(owner)
                left.append(without(said, made))
                places.append(seam)
        return _table(rows), self._prints(owners, left, places)

    def _prints(
        self, owners: Sequence[bytes], left: Sequence[bytes], places: Sequence[int]
    ) -> pa.Table:
        """Fingerprints of the passages over each place of a text."""
        found = Words.of(pa.array([each.decode() for each in left], pa.string()))
        parts, begin, reach = [], 0, self._words - 1
        for end, place in zip(found.ends.tolist(), places, strict=True):
            before = int(np.searchsorted(found.stops[begin:end], place, "right"))
            behind = int(np.searchsorted(found.starts[begin:end], place, "left"))
            first, last = max(begin, begin + before - reach), min(end, begin + behind + reach)
            parts.append(found.hashes[first:last])
            begin = end
        every = np.concatenate([np.zeros(0, np.uint64), *parts])
        ends = np.cumsum([len(part) for part in parts], dtype=np.int64)
        prints, stops = Winnowing.for_passages(self._words).prints(every, ends)
        counts = np.diff(stops, prepend=0)
        whose = [owner for owner, times in zip(owners, counts, strict=True) for _ in range(times)]
        return pa.table([pa.array(whose, pa.binary(16)), pa.array(prints)], schema=SEAMS)

    def _cuts_of(self, hashes: pa.Array) -> dict[tuple[bytes, str], list[Stretch]]:
        found: dict[tuple[bytes, str], list[Stretch]] = {}
        chosen = self._cuts.filter(pc.is_in(self._cuts["hash"], hashes.cast(pa.binary(16))))
        for row in chosen.to_pylist():
            each = Stretch(row["start"], row["end"], row["words"])
            found.setdefault((row["hash"], row["field"]), []).append(each)
        return found


def _places(batch: pa.RecordBatch, hashes: pa.Array) -> Numbers:
    """The place of each content of a batch among hashes."""
    own = batch.column("hash").cast(hashes.type)
    return np.asarray(pc.index_in(own, hashes).to_numpy(zero_copy_only=False), np.int64)


def _lost_words(documents: Documents, settled: Settled) -> Numbers:
    """How many words of each document are cut, or would be."""
    cut = np.concatenate([[0], np.cumsum(settled.cut, dtype=np.int64)])
    ends = np.concatenate([[0], documents.ends])[documents.document_ends]
    return np.asarray(np.diff(cut[ends], prepend=0), np.int64)


def _lost(wanted: pa.Table, hashes: pa.Array, read: Read, settled: Settled) -> pa.Table:
    """The documents that are dropped (schema `LOST`)."""
    dropped = np.flatnonzero(settled.owner >= 0)
    left = (read.words - _lost_words(read.documents, settled))[dropped]
    all_words = wanted["words"].to_numpy()[read.ranks[dropped]]
    owners = wanted["id"].combine_chunks().take(pa.array(read.ranks[settled.owner[dropped]]))
    columns = [
        hashes.take(pa.array(dropped)).cast(pa.binary(16)),
        owners.cast(pa.binary(16)),
        pa.array(np.round(1 - left / all_words, 4)),
    ]
    return pa.table(columns, schema=LOST)


def _table(rows: Sequence[tuple[bytes, str, Stretch]]) -> pa.Table:
    columns = [
        [owner for owner, _, _ in rows],
        [path for _, path, _ in rows],
        *([each[part] for _, _, each in rows] for part in range(3)),
    ]
    arrays = [pa.array(column, field.type) for column, field in zip(columns, CUTS, strict=True)]
    return pa.table(arrays, schema=CUTS)
