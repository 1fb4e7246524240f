"""Shared passages of all records: candidates, the exact join, and again what the cuts brought."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.selection import Gathered
from curate.substrings import queries
from curate.substrings.cutting import CUTS, SEAMS, cut
from curate.substrings.joining import Documents, Settled, settle
from curate.substrings.reading import Read, Texts
from curate.substrings.stretches import Stretch
from curate.substrings.words import Numbers

LOST: Final = pa.schema([("hash", pa.binary(16)), ("of", pa.binary(16)), ("share", pa.float64())])
"""Contents that are dropped: the record for which, and the share of their words that it has."""


class Found(NamedTuple):
    """What is dropped, and what is cut out of what stays."""

    lost: pa.Table
    cuts: pa.Table


class Search:
    """Finds what of contents is cut, round by round.

    In the first round the texts are as they came. A cut brings together words that stood apart, and
    another record may have them just so; what has a fingerprint of such a place is looked at again,
    until nothing is shared any more. Once words of others were cut for what one of several texts of
    a record has, no later round drops that record; only a further step might.
    """

    def __init__(self, gathered: Gathered, fields: Sequence[str], words: int) -> None:
        """Look at nothing yet."""
        self._gathered, self._words = gathered, words
        self._lost, self._cuts = LOST.empty_table(), CUTS.empty_table()
        self._seams = SEAMS.empty_table()
        self._needed: set[bytes] = set()
        self._texts = Texts(gathered, fields, words, {})

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
            earlier = self._cuts_of(wanted["hash"].combine_chunks())
            self._texts = self._texts._replace(earlier=earlier)
        return Found(self._lost, self._cuts)

    def _round(self, wanted: pa.Table) -> pa.Table:
        """Settle some contents; return fingerprints of what the cuts brought together (`SEAMS`)."""
        read = self._texts.read(wanted)
        hashes = wanted["hash"].combine_chunks().take(pa.array(read.ranks))
        settled = self._settle(wanted, hashes, read)
        gone = _lost_words(read.documents, settled)
        self._lost = pa.concat_tables([self._lost, _lost(wanted, hashes, read, settled, gone)])
        texts = np.diff(read.documents.document_ends, prepend=0)
        needed = hashes.filter(pa.array(settled.owning & (texts > 1)))
        self._needed.update(needed.to_pylist())
        touched = np.flatnonzero(gone * (settled.owner < 0))
        if not len(touched):
            return SEAMS.empty_table()
        whose = hashes.take(pa.array(touched))
        cuts, brought = cut(self._texts, whose, touched, read.documents, settled)
        others = self._cuts.filter(pc.invert(pc.is_in(self._cuts["hash"], whose)))
        self._cuts = pa.concat_tables([others, cuts])
        return brought

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

    def _cuts_of(self, hashes: pa.Array) -> dict[tuple[bytes, str], list[Stretch]]:
        found: dict[tuple[bytes, str], list[Stretch]] = {}
        chosen = self._cuts.filter(pc.is_in(self._cuts["hash"], hashes.cast(pa.binary(16))))
        for row in chosen.to_pylist():
            each = Stretch(row["start"], row["end"], row["words"])
            found.setdefault((row["hash"], row["field"]), []).append(each)
        return found


def _lost_words(documents: Documents, settled: Settled) -> Numbers:
    """How many words of each document are cut, or would be."""
    ends = np.concatenate([[0], documents.ends])[documents.document_ends]
    starts = np.concatenate([[0], ends[:-1]])
    found, full = np.zeros(len(ends), np.int64), ends > starts
    if full.any():
        found[full] = np.add.reduceat(settled.cut, starts[full], dtype=np.int64)
    return found


def _lost(
    wanted: pa.Table, hashes: pa.Array, read: Read, settled: Settled, gone: Numbers
) -> pa.Table:
    """The documents that are dropped (schema `LOST`); `gone` is how many words each loses."""
    dropped = np.flatnonzero(settled.owner >= 0)
    left = (read.words - gone)[dropped]
    all_words = wanted["words"].to_numpy()[read.ranks[dropped]]
    owners = wanted["id"].combine_chunks().take(pa.array(read.ranks[settled.owner[dropped]]))
    columns = [
        hashes.take(pa.array(dropped)).cast(pa.binary(16)),
        owners.cast(pa.binary(16)),
        pa.array(np.round(1 - left / all_words, 4)),
    ]
    return pa.table(columns, schema=LOST)
