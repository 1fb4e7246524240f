"""Looking texts of records up in an index: which sequences they have, and where."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.contamination.index import Index, Numbers, Sizes
from curate.contamination.original import original_spans
from curate.contamination.passages import Passages, passages_of
from curate.contamination.shares import NEAR, Sequenced, shares
from curate.contamination.units import Units, compared, kernel, units_of

HIT: Final = pa.struct(
    [
        ("sequence", pa.int32()),
        ("whole", pa.bool_()),
        ("field", pa.string()),
        ("start", pa.int32()),
        ("end", pa.int32()),
    ]
)
"""A sequence of the index in a text: its number, whether the text has nothing else, the path of the
text, and [start, end) in code points."""

HITS: Final = pa.list_(HIT)


class Found(NamedTuple):
    """Sequences found in the passages of a batch, by row."""

    rows: Numbers
    sequences: Sizes
    whole: npt.NDArray[np.bool_]
    passages: Sizes
    starts: Sizes
    """Code points of the form that is compared."""
    stops: Sizes

    def filter(self, wanted: npt.NDArray[np.bool_]) -> "Found":
        """Those that are wanted."""
        return Found._make(each[wanted] for each in self)


def look_up(index: Index, passages: Passages, formed: pa.StringArray) -> Found:
    """Find every sequence of an index in passages, given in the form that is compared."""
    units = units_of(formed, index.rule.unit)
    room = max(1_000, len(formed))
    while True:
        texts, numbers, firsts, widths = (np.empty(room, np.int32) for _ in range(4))
        count = kernel().look_up(
            *(units.hashes, units.ends, index.widths),
            *(index.sequences.hashes, index.shift, index.bits, index.slots),
            *(texts, numbers, firsts, widths),
        )
        if count <= room:
            break
        room = count
    texts, numbers, firsts, widths = (each[:count] for each in (texts, numbers, firsts, widths))
    order = np.lexsort((firsts, texts, passages.rows[texts]))
    texts, numbers, firsts, widths = (each[order] for each in (texts, numbers, firsts, widths))
    return Found(
        passages.rows[texts],
        numbers,
        _lengths(units)[texts] == widths,
        texts,
        units.starts[firsts],
        units.stops[firsts + widths - 1],
    )


def hits_of(
    index: Index, batch: pa.RecordBatch, fields: Sequence[str], exempt: bool
) -> pa.ListArray:
    """The hits of each record of a batch (`HITS`); null where it has none that could matter.

    Where stock phrases are exempt, every sequence of a record matters to others.
    """
    passages = passages_of(batch, fields)
    formed = compared(passages.texts)
    found = look_up(index, passages, formed)
    if not exempt:
        found = _telling(index, found, len(batch))
    return _listed(found, passages, formed, len(batch))


def _telling(index: Index, found: Found, rows: int) -> Found:
    """What is found in records that may be hits or near misses.

    Others matter only where records are counted: for stock phrases.
    """
    counts = np.bincount(found.rows, minlength=rows)
    sequenced = Sequenced(np.cumsum(counts, dtype=np.int64), found.sequences, found.whole)
    wanted = np.zeros(rows, np.bool_)
    everything = np.ones(len(found.rows), np.bool_)
    for pairs in shares(index, sequenced, everything, index.rule.share * NEAR):
        wanted[pairs.records] = True
    wanted[found.rows[index.sequences.widths[found.sequences] < index.rule.n]] = True
    return found.filter(wanted[found.rows])


def _lengths(units: Units) -> Numbers:
    return np.diff(units.ends, prepend=0)


def _listed(found: Found, passages: Passages, formed: pa.StringArray, rows: int) -> pa.ListArray:
    starts, stops = original_spans(passages.texts, formed, found)
    named, which = np.unique(found.passages, return_inverse=True)
    paths = pa.array([passages.path(int(place)) for place in named], pa.string())
    columns = [
        pa.array(found.sequences, pa.int32()),
        pa.array(found.whole, pa.bool_()),
        paths.take(pa.array(which)),
        pa.array(starts, pa.int32()),
        pa.array(stops, pa.int32()),
    ]
    counts = np.bincount(found.rows, minlength=rows)
    offsets = np.zeros(rows + 1, np.int32)
    np.cumsum(counts, out=offsets[1:])
    values = pa.StructArray.from_arrays(columns, fields=list(HIT))
    none = pa.array(counts == 0)
    return pa.ListArray.from_arrays(pa.array(offsets), values, mask=none).cast(HITS)
