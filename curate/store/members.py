"""The members of a version as numbers, which are sorted and compared far faster than rows."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curate.store.catalog import Connection, table_of
from curate.store.delta import (
    MEMBERS,
    StoredFile,
    chain_of,
    copies_due,
    place_for,
    written,
)
from curate.store.keys import (
    ABSENT,
    Copies,
    Keys,
    Places,
    find_keys,
    is_ascending,
    keys_in,
    keys_of,
    order_of,
)
from curate.store.parquet import read_columns
from curate.store.snapshot import DEFAULT_SPLIT, Covered, covered_of, id_of
from curate.store.version import Version

GROUP_ROWS: Final = 122_880
"""Of a row group of a file of members: what is looked up reads one."""

BLOCK_ROWS: Final = 32_768
"""Members that are compared at a time."""

_HASH: Final = pa.binary(16)
_REPEATING: Final = ["split", "source", "file"]


class _Sorted(NamedTuple):
    """The keys of members in ascending order, and the row of each."""

    order: Places
    ids: Keys
    copies: Copies


class Members:
    """A table with the columns of `delta.MEMBERS`, in any order of rows, and their order.

    Each pair of id and copy is there once. Threads may share one.
    """

    def __init__(self, table: pa.Table) -> None:
        """Take over a table, in which a null split becomes `train`."""
        self.table = _typed(table)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.table)

    def sort(self) -> None:
        """Sort now, in this thread, what is otherwise sorted when it is first needed."""
        assert self._sorted is not None

    @cached_property
    def covered(self) -> Covered:
        """What tells them apart from others, in the table's order of rows."""
        return covered_of(self.table)

    @cached_property
    def _sorted(self) -> _Sorted:
        ids, copies = keys_in(self.covered.ids), self.covered.copies
        order = order_of(ids, copies)
        if is_ascending(order):
            return _Sorted(order, ids, copies)
        return _Sorted(order, ids.take(order), copies.take(order))

    @cached_property
    def snapshot(self) -> str:
        """The id of the snapshot that they are (docs/format.md, "Snapshot")."""
        return id_of(self.covered, self._sorted.order)

    def changes(self, before: "Members | None") -> pa.Table:
        """What changed since an earlier version: `removed`, then the columns.

        Sorted by (id, copy): the members that are new, or have another hash or split, and those
        that are gone, as they were. Without an earlier version all are new.
        """
        if before is None or len(before) == 0:
            return self.whole()
        order, others = self._sorted.order, before._sorted.order
        same = _Same(self, before)
        changed = np.ones(len(order), np.bool_)
        gone = np.ones(len(others), np.bool_)
        # Block by block, so that what is made on the way stays in the processor's cache.
        for start in range(0, len(order), BLOCK_ROWS):
            places, is_same = same.of(slice(start, start + BLOCK_ROWS))
            changed[start : start + BLOCK_ROWS] = ~is_same
            gone[places[places != ABSENT]] = False
        new = _chosen(self.table, order[changed])
        old = _chosen(before.table, others[gone])
        flags = pa.array(np.arange(len(new) + len(old)) >= len(new))
        both = pa.concat_tables([new, old.cast(new.schema)]).add_column(0, "removed", flags)
        return both.take(pa.array(_order(both)))

    def whole(self) -> pa.Table:
        """All members, with `removed` before the columns, sorted by (id, copy)."""
        rows = self.table.take(pa.array(self._sorted.order))
        return rows.add_column(0, "removed", pa.repeat(False, len(rows)))

    def holding(self, hashes: Sequence[bytes]) -> pa.Table:
        """The members that have one of some contents."""
        return self.table.filter(pc.is_in(self.table["hash"], pa.array(hashes, _HASH)))


class _Same:
    """Which members are the same in two versions, by the order of the later one."""

    def __init__(self, members: Members, before: Members) -> None:
        self._new, self._old = members._sorted, before._sorted
        self._hashes = [side.covered.hashes for side in (members, before)]
        both = pa.chunked_array([side.covered.splits for side in (members, before)])
        self._splits = [one.indices.to_numpy() for one in both.unify_dictionaries().chunks]

    def of(self, rows: slice) -> tuple[Places, npt.NDArray[np.bool_]]:
        """Where some members are in the version before, or `ABSENT`, and whether as they are."""
        ids = Keys(self._new.ids.first[rows], self._new.ids.last[rows])
        copies = (self._new.copies[rows], self._old.copies)
        places = find_keys(ids, self._old.ids, copies)
        mine, theirs = self._new.order[rows], self._old.order.take(places)
        same = places != ABSENT
        same &= self._splits[0].take(mine) == self._splits[1].take(theirs)
        equal = self._hashes[0].take(mine, axis=0) == self._hashes[1].take(theirs, axis=0)
        same &= equal[:, 0] & equal[:, 1]
        return places, same


def stored_members(connection: Connection, version: Version) -> Members:
    """The members of a version, whatever the split, sorted already."""
    members = Members(_table_of_version(connection, version))
    members.sort()
    return members


def _table_of_version(connection: Connection, version: Version) -> pa.Table:
    base, later = chain_of(MEMBERS, version.files)
    if later:
        return table_of(connection, version.table_sql(MEMBERS))
    # A whole copy as it lies: that the same few names come again and again is kept.
    return read_columns(version.folder / base.path, MEMBERS.columns, _REPEATING)


def write_members(
    folder: Path, dataset: str, version: int, changes: pa.Table, members: Members
) -> list[StoredFile]:
    """Write the changes of members, and a whole copy where one is due; return the files."""
    files = []
    for whole in copies_due(version):
        path = place_for(folder, MEMBERS, dataset, version, whole)
        rows = members.whole() if whole else changes
        named = rows.add_column(0, "dataset", pa.repeat(dataset, len(rows))).add_column(
            1, "version", pa.repeat(pa.scalar(version, pa.int32()), len(rows))
        )
        pq.write_table(
            named,
            path,
            row_group_size=GROUP_ROWS,
            compression="zstd",
            compression_level=1,
            use_dictionary=["dataset", *_REPEATING],
            store_schema=False,  # a file says no more than what it holds
        )
        files.append(written(folder, path, MEMBERS, dataset, version, whole, len(rows)))
    return files


def _chosen(table: pa.Table, rows: Places) -> pa.Table:
    """Some rows, in the order of the table: Arrow would copy all chunks first to take them."""
    chosen = np.zeros(len(table), np.bool_)
    chosen[rows] = True
    return table.filter(pa.array(chosen))


def _order(table: pa.Table) -> Places:
    return order_of(keys_of(table["id"]), _copies(table))


def _copies(table: pa.Table) -> Copies:
    return np.asarray(table["copy"].to_numpy(), np.uint32)


def _typed(table: pa.Table) -> pa.Table:
    """The columns of members, those that are compared in one type each."""
    table = table.select(MEMBERS.columns)
    for name in ("id", "hash"):
        table = _with(table, name, table[name].cast(_HASH))
    split = table["split"]
    return _with(table, "split", pc.fill_null(split, DEFAULT_SPLIT)) if split.null_count else table


def _with(table: pa.Table, name: str, column: pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), name, column)
