"""Payloads against their hashes: every segment is decoded whole."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curate.hashing import hash_batch
from curate.progress import Progress
from curate.store.delta import StoredFile
from curate.store.segments import SEGMENT
from curate.store.signals import hash_values
from curate.store.sizes import SIZES, sizes_of
from curate.upkeep.files import PARQUET_ERRORS
from curate.upkeep.findings import EXAMPLES, Finding
from curate.upkeep.payloads import NONE, Hashes
from curate.upkeep.versions import Seen

ROWS = 10_000
"""Payloads that are in memory at a time."""


class Damaged(NamedTuple):
    """What is wrong inside one segment."""

    path: str
    bad: Hashes
    """Payloads that are not what their hash or their sizes say."""
    unread: int
    """Payloads that cannot be decoded."""
    why: str


class Contents(NamedTuple):
    """What is wrong with the payloads of a store."""

    damaged: tuple[Damaged, ...] = ()
    repeated: int = 0
    """Payloads that are stored more than once."""

    def bad(self) -> Hashes:
        """All payloads that are not what their hash says."""
        return np.concatenate([NONE, *(one.bad for one in self.damaged)])

    def findings(self, seen: Sequence[Seen]) -> list[Finding]:
        """Say them, with the versions and members that they hit."""
        found = [_bad(one, seen) for one in self.damaged if len(one.bad)]
        for one in self.damaged:
            if one.unread:
                what = f"{one.unread:,} payloads cannot be decoded: {one.why}"
                hit = tuple(s.version.ref for s in seen if s.segments.get(one.path))
                found.append(Finding("content", one.path, what, hit, one.unread))
        if self.repeated:
            what = f"{self.repeated:,} payloads are stored more than once"
            found.append(Finding("content", "segments", what, records=self.repeated))
        return found


def _bad(one: Damaged, seen: Sequence[Seen]) -> Finding:
    hashes = {bytes(value).ljust(16, b"\0") for value in one.bad}
    hit = [s for s in seen if not hashes.isdisjoint(s.bad)]
    ids = {s.bad[value].hex() for s in hit for value in hashes & s.bad.keys()}
    shown = sorted(ids or {value.hex() for value in hashes})[:EXAMPLES]
    what = f"{len(hashes):,} payloads are not what their hash or sizes say"
    refs = tuple(s.version.ref for s in hit)
    return Finding("content", one.path, what, refs, len(hashes), tuple(shown))


def check_contents(folder: Path, files: Sequence[StoredFile], progress: Progress) -> Contents:
    """Hash the content of every payload again."""
    segments = [file for file in files if file.kind == "segment"]
    progress.stage("contents", sum(file.records for file in segments))
    every: list[Hashes] = [NONE]
    damaged = []
    for file in segments:
        checked, hashes = _check_segment(folder, file, progress)
        every.append(hashes)
        if len(checked.bad) or checked.unread:
            damaged.append(checked)
    joined = np.concatenate(every)
    return Contents(tuple(damaged), len(joined) - len(np.unique(joined)))


def _check_segment(folder: Path, file: StoredFile, progress: Progress) -> tuple[Damaged, Hashes]:
    bad: list[Hashes] = [NONE]
    every: list[Hashes] = [NONE]
    unread, why = 0, ""
    with pq.ParquetFile(folder / file.path) as opened:
        for group in range(opened.num_row_groups):
            rows = opened.metadata.row_group(group).num_rows
            try:
                for batch in opened.iter_batches(ROWS, [group], columns=SEGMENT.names):
                    (whole,) = pa.Table.from_batches([batch]).cast(SEGMENT).to_batches()
                    said = hash_values(whole.column("hash"))
                    every.append(said)
                    wrong = said != hash_values(hash_batch(whole))
                    bad.append(said[wrong | _wrong_sizes(whole)])
                    progress.advance(len(whole))
            except PARQUET_ERRORS as error:
                unread, why = unread + rows, str(error).splitlines()[0]
    return Damaged(file.path, np.concatenate(bad), unread, why), np.concatenate(every)


def _wrong_sizes(batch: pa.RecordBatch) -> npt.NDArray[np.bool_]:
    """Which payloads have other sizes than stand beside them."""
    made = sizes_of(batch)
    wrong = np.zeros(len(batch), np.bool_)
    for field in SIZES:
        none = pa.scalar("" if pa.types.is_string(field.type) else -1, field.type)
        pair = [pc.fill_null(one.column(field.name), none) for one in (batch, made)]
        wrong |= pc.not_equal(*pair).to_numpy(zero_copy_only=False)
    return wrong
