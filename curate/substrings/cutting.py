"""What is cut out of contents, and the fingerprints of what comes together by it."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.substrings.joining import Documents, Settled
from curate.substrings.passages import Passages
from curate.substrings.reading import Texts, places
from curate.substrings.stretches import Stretch, in_characters, joined, seams, stretches, without
from curate.substrings.winnowing import Winnowing
from curate.substrings.words import Numbers, Words

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


class Batch(NamedTuple):
    """Contents that were fetched, by their hashes."""

    hashes: Sequence[bytes]
    passages: Passages
    words: Words


def cut(
    texts: Texts, wanted: pa.Array, laid: Numbers, documents: Documents, settled: Settled
) -> tuple[pa.Table, pa.Table]:
    """What is cut out of the contents `wanted` (`CUTS`), and fingerprints of its seams (`SEAMS`).

    `laid` has the place of each among the documents.
    """
    cuts, brought = [CUTS.empty_table()], [SEAMS.empty_table()]
    begins = np.concatenate([[0], documents.document_ends])
    ends = np.concatenate([[0], documents.ends])
    for batch, passages, found in texts.fetch(wanted):
        first = begins[laid[places(batch, wanted)]]
        long = np.flatnonzero(found.counts >= texts.words)
        rows = passages.rows[long]
        within = np.arange(len(long)) - np.searchsorted(rows, rows)
        flags = [
            settled.cut[ends[text] : ends[text + 1]] for text in (first[rows] + within).tolist()
        ]
        one = Batch(batch.column("hash").to_pylist(), passages, found)
        own, seamed = _cut_batch(texts, one, dict(zip(long.tolist(), flags, strict=True)))
        cuts.append(own)
        brought.append(seamed)
    return pa.concat_tables(cuts), pa.concat_tables(brought)


def _cut_batch(
    texts: Texts, batch: Batch, flags: Mapping[int, npt.NDArray[np.uint8]]
) -> tuple[pa.Table, pa.Table]:
    """The cuts of a batch, and the fingerprints of their seams; `flags` by text."""
    rows: list[tuple[bytes, str, Stretch]] = []
    met: list[Seam] = []
    passages, words = batch.passages, batch.words
    ends = np.concatenate([[0], words.ends])
    for text in range(len(passages.texts)) if texts.earlier else flags:
        owner, path = batch.hashes[passages.rows[text]], passages.path(text)
        earlier, flagged = texts.earlier.get((owner, path), []), flags.get(text, _NOTHING)
        if not flagged.any():
            rows += [(owner, path, each) for each in earlier]
            continue
        said = passages.texts[text].as_buffer().to_pybytes()
        part = slice(ends[text], ends[text + 1])
        made = stretches(flagged, words.starts[part], words.stops[part])
        own = in_characters(said, made)
        if earlier:
            gone = sum(each.end - each.start for each in earlier)
            own = joined(len(said.decode()) + gone, earlier, own)
        rows += [(owner, path, each) for each in own]
        met += [Seam(owner, without(said, made), place) for place in seams(said, made)]
    return _table(rows), _prints(met, texts.words)


class Seam(NamedTuple):
    """A place of a text, in bytes, where what did not follow each other does so now."""

    owner: bytes
    text: bytes
    place: int


def _prints(met: Sequence[Seam], words: int) -> pa.Table:
    """Fingerprints of the passages over each place (`SEAMS`)."""
    found = Words.of(pa.array([each.text.decode() for each in met], pa.string()))
    parts, begin, reach = [np.zeros(0, np.uint64)], 0, words - 1
    for end, seam in zip(found.ends.tolist(), met, strict=True):
        before = int(np.searchsorted(found.stops[begin:end], seam.place, "right"))
        behind = int(np.searchsorted(found.starts[begin:end], seam.place, "left"))
        first, last = max(begin, begin + before - reach), min(end, begin + behind + reach)
        parts.append(found.hashes[first:last])
        begin = end
    ends = np.cumsum([len(part) for part in parts[1:]], dtype=np.int64)
    prints, stops = Winnowing.for_passages(words).prints(np.concatenate(parts), ends)
    times = np.diff(stops, prepend=0)
    whose = [each.owner for each, number in zip(met, times, strict=True) for _ in range(number)]
    return pa.table([pa.array(whose, pa.binary(16)), pa.array(prints)], schema=SEAMS)


def _table(rows: Sequence[tuple[bytes, str, Stretch]]) -> pa.Table:
    columns = [
        [owner for owner, _, _ in rows],
        [path for _, path, _ in rows],
        *([each[part] for _, _, each in rows] for part in range(3)),
    ]
    arrays = [pa.array(column, field.type) for column, field in zip(columns, CUTS, strict=True)]
    return pa.table(arrays, schema=CUTS)
