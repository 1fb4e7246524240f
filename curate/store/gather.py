"""Payloads of members in their order, gathered from segments that lie in much the same order.

A segment lies in the order of the members that it was written for (`curate.store.segments`), so
that to read members in order is to read all segments side by side, a row group of each at a time.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from curate.store.keys import Places, keys_of
from curate.store.parquet import parquet_sql

READERS: Final = max(1, min(4, os.cpu_count() or 1))

PLACE: Final = ("segment", "row")
"""Columns that say where the payload of a member is: the number of the segment, and its row."""


def places_sql(folder: Path, segments: Sequence[str]) -> str:
    """All stored payloads as a SQL table: hash, and the columns `PLACE`."""
    source = parquet_sql([folder / path for path in segments], "file_row_number => true")
    return f"(SELECT hash, file_index AS segment, file_row_number AS row FROM {source})"


class Gatherer:
    """Reads payloads window by window; holds a row group of each segment."""

    def __init__(self, folder: Path, segments: Sequence[str], columns: Sequence[str]) -> None:
        """`columns` are those of the content that are wanted."""
        self._paths = [folder / path for path in segments]
        self._columns = list(columns)
        self._footers = [pq.read_metadata(path) for path in self._paths]
        sizes = [
            (number, group, footer.row_group(group).num_rows)
            for number, footer in enumerate(self._footers)
            for group in range(footer.num_row_groups)
        ]
        self._groups = [(number, group) for number, group, _ in sizes]
        ends = np.cumsum([0, *(rows for *_, rows in sizes)], dtype=np.int64)
        self._starts: Places = ends[:-1]
        rows = np.cumsum([0, *(footer.num_rows for footer in self._footers)], dtype=np.int64)
        self._first: Places = rows[:-1]
        self._held: dict[int, pa.Table] = {}
        self._reads = 0

    def is_scattered(self, window: pa.Table) -> bool:
        """Whether reading on to the end of a window means to read much more than once.

        That is so where members share contents that were written for others. Ids are evenly
        spread, so that the last one tells how much of the segments is due by now.
        """
        groups = np.unique(self._groups_of(window))
        reads = self._reads + sum(int(group) not in self._held for group in groups)
        done = float(keys_of(window.column("id")[-1:]).first[0]) / 2.0**64
        return reads > 2 * done * len(self._groups) + 4 * len(self._paths) + 8

    def rows(self, window: pa.Table, pool: ThreadPoolExecutor) -> pa.Table:
        """The content of the members of a window, which has the columns `PLACE`, row by row."""
        owners = self._groups_of(window)
        order = np.argsort(owners, kind="stable")
        groups, starts = np.unique(owners[order], return_index=True)
        wanted = self._rows_of(window)[order] - self._starts[owners[order]]
        pieces = [
            table.take(rows)
            for table, rows in zip(
                self._read(groups.tolist(), pool), np.split(wanted, starts[1:]), strict=True
            )
        ]
        back = np.empty_like(order)
        back[order] = np.arange(len(order))
        return pa.concat_tables(pieces).combine_chunks().take(back)

    def _rows_of(self, window: pa.Table) -> Places:
        """The row of each member's payload, counted through all segments."""
        segments = window.column("segment").to_numpy().astype(np.int64)
        return np.asarray(self._first[segments] + window.column("row").to_numpy(), np.int64)

    def _groups_of(self, window: pa.Table) -> Places:
        """The row group of each member's payload, counted through all segments."""
        found: npt.NDArray[np.int64] = np.searchsorted(self._starts, self._rows_of(window), "right")
        return found - 1

    def _read(self, groups: list[int], pool: ThreadPoolExecutor) -> Iterator[pa.Table]:
        """The row groups, ascending; the last of each segment is held for the next window."""
        missing = [group for group in groups if group not in self._held]
        self._reads += len(missing)
        read = dict(zip(missing, pool.map(self._load, missing), strict=True))
        tables = [read.get(group, self._held.get(group)) for group in groups]
        last = {self._groups[group][0]: group for group in groups}
        held = {self._groups[group][0]: group for group in self._held} | last
        now = self._held | read
        self._held = {group: now[group] for group in held.values()}
        yield from tables

    def _load(self, group: int) -> pa.Table:
        number, inside = self._groups[group]
        with pq.ParquetFile(self._paths[number], metadata=self._footers[number]) as file:
            return file.read_row_group(inside, self._columns, use_threads=False)
