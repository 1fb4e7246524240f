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
from curate.store.keys import ABSENT, Copies, Keys, Places, find_keys, keys_of, order_of
from curate.store.snapshot import DEFAULT_SPLIT, snapshot_id
from curate.store.version import Version

GROUP_ROWS: Final = 122_880
"""Of a row group of a file of members: what is looked up reads one."""

_HASH: Final = pa.binary(16)
_REPEATING: Final = ["split", "source", "file"]
_NAME: Final = pa.dictionary(pa.int32(), pa.string())
_TYPES: Final = {"id": _HASH, "hash": _HASH, "split": _NAME}


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
    def _sorted(self) -> _Sorted:
        ids, copies = keys_of(self.table["id"]), _copies(self.table)
        order = order_of(ids, copies)
        return _Sorted(order, ids.take(order), copies.take(order))

    @cached_property
    def snapshot(self) -> str:
        """The id of the snapshot that they are (docs/format.md, "Snapshot")."""
        return snapshot_id(self.table, self._sorted.order)

    def changes(self, before: "Members | None") -> pa.Table:
        """What changed since an earlier version: `removed`, then the columns.

        Sorted by (id, copy): the members that are new, or have another hash or split, and those
        that are gone, as they were. Without an earlier version all are new.
        """
        if before is None:
            return self.whole()
        (order, ids, copies), (others, other_ids, other_copies) = self._sorted, before._sorted
        places = find_keys(ids, other_ids, (copies, other_copies))
        there = np.flatnonzero(places != ABSENT)
        is_same = self._is_same(order.take(there), before, others.take(places.take(there)))
        new = self.table.take(pa.array(np.delete(order, there[is_same])))
        gone = before.table.take(pa.array(np.delete(others, places[there])))
        flags = pa.array(np.arange(len(new) + len(gone)) >= len(new))
        both = pa.concat_tables([new, gone.cast(new.schema)]).add_column(0, "removed", flags)
        return both.take(pa.array(_order(both)))

    def whole(self) -> pa.Table:
        """All members, with `removed` before the columns, sorted by (id, copy)."""
        rows = self.table.take(pa.array(self._sorted.order))
        return rows.add_column(0, "removed", pa.repeat(False, len(rows)))

    def holding(self, hashes: Sequence[bytes]) -> pa.Table:
        """The members that have one of some contents."""
        return self.table.filter(pc.is_in(self.table["hash"], pa.array(hashes, _HASH)))

    def _is_same(self, rows: Places, other: "Members", others: Places) -> npt.NDArray[np.bool_]:
        """Whether members have the hash and the split of those of another version."""
        mine, theirs = keys_of(self.table["hash"]), keys_of(other.table["hash"])
        same = mine.first.take(rows) == theirs.first.take(others)
        same &= mine.last.take(rows) == theirs.last.take(others)
        chunks = [*self.table["split"].chunks, *other.table["split"].chunks]
        named = pa.chunked_array(chunks, _NAME).unify_dictionaries().combine_chunks()
        splits = named.indices.to_numpy()
        return np.asarray(same & (splits.take(rows) == splits[len(self) :].take(others)), np.bool_)


def stored_members(connection: Connection, version: Version) -> Members:
    """The members of a version, whatever the split."""
    base, later = chain_of(MEMBERS, version.files)
    if later:
        return Members(table_of(connection, version.table_sql(MEMBERS)))
    # A whole copy as it lies: that the same few names come again and again is kept.
    names = list(MEMBERS.columns)
    return Members(
        pq.read_table(version.folder / base.path, columns=names, read_dictionary=_REPEATING)
    )


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
        )
        files.append(written(folder, path, MEMBERS, dataset, version, whole, len(rows)))
    return files


def _order(table: pa.Table) -> Places:
    return order_of(keys_of(table["id"]), _copies(table))


def _copies(table: pa.Table) -> Copies:
    return np.asarray(table["copy"].to_numpy(), np.uint32)


def _typed(table: pa.Table) -> pa.Table:
    """The columns of members, those that are compared in one type each."""
    table = table.select(MEMBERS.columns)
    for name, wanted in _TYPES.items():
        column = table[name]
        if column.null_count:
            column = pc.fill_null(column, DEFAULT_SPLIT)
        if column.type != wanted:
            column = column.dictionary_encode() if wanted is _NAME else column.cast(wanted)
        table = table.set_column(table.schema.get_field_index(name), name, column)
    return table
