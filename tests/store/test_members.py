"""What changed between members is what a comparison row by row finds."""

from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.store.delta import MEMBERS
from curate.store.keys import ABSENT, find_keys, keys_of, order_of
from curate.store.members import Members

ALIKE = [b"", b"\1", b"aaaaaaaa", b"aaaaaaaa\1", b"aaaaaaaa\2", b"aaaaaaab", b"\xff" * 16]
"""Ids of which some begin alike in all of the first eight bytes."""

ROWS = st.dictionaries(
    st.tuples(st.sampled_from(ALIKE), st.integers(0, 3)),
    st.tuples(st.sampled_from(ALIKE), st.sampled_from([None, "train", "eval"])),
    max_size=12,
)
SCHEMA = pa.schema(
    [
        *((name, pa.binary()) for name in ("id", "hash")),
        *((name, pa.string()) for name in ("split", "source", "file")),
        ("copy", pa.int32()),
        ("line", pa.int64()),
    ]
)


def padded(one: bytes) -> bytes:
    return one.ljust(16, b"\0")


def table_of(rows: dict[tuple[bytes, int], tuple[bytes, str | None]], file: str) -> pa.Table:
    """Members in an order that is not that of their ids, in several chunks."""
    listed = [
        {"id": padded(one), "copy": copy, "hash": padded(content), "split": split}
        | {"source": "s", "file": file, "line": len(one)}
        for (one, copy), (content, split) in rows.items()
    ]
    parts = [pa.Table.from_pylist(listed[n::2], SCHEMA) for n in range(2)]
    return pa.concat_tables(parts)


def plainly(
    before: dict[tuple[bytes, int], tuple[bytes, str | None]],
    after: dict[tuple[bytes, int], tuple[bytes, str | None]],
) -> list[tuple[Any, ...]]:
    """The changes, member by member: removed, id, copy, hash, split, file."""
    old, new = (
        {key: (one, split or "train") for key, (one, split) in side.items()}
        for side in (before, after)
    )
    gone = [
        (True, padded(k[0]), k[1], padded(old[k][0]), old[k][1], "old") for k in old.keys() - new
    ]
    come = [
        (False, padded(k[0]), k[1], padded(new[k][0]), new[k][1], "new")
        for k in new
        if old.get(k) != new[k]
    ]
    return sorted([*gone, *come], key=lambda row: row[1:3])


@settings(max_examples=150, deadline=None)
@given(ROWS, ROWS)
def test_changes_are_those_that_a_comparison_of_each_member_finds(
    before: dict[tuple[bytes, int], tuple[bytes, str | None]],
    after: dict[tuple[bytes, int], tuple[bytes, str | None]],
) -> None:
    changes = Members(table_of(after, "new")).changes(Members(table_of(before, "old")))
    assert changes.column_names == ["removed", *MEMBERS.columns]
    names = ("removed", "id", "copy", "hash", "split", "file")
    found = [tuple(row[name] for name in names) for row in changes.to_pylist()]
    assert found == plainly(before, after)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(ALIKE)), st.lists(st.sampled_from(ALIKE)))
def test_keys_are_found_where_they_stand_though_they_begin_alike(
    wanted: list[bytes], among: list[bytes]
) -> None:
    listed = sorted(padded(one) for one in among)
    found = find_keys(
        keys_of(pa.array([padded(one) for one in wanted], pa.binary(16))),
        keys_of(pa.array(listed, pa.binary(16))),
    )
    there = [listed.index(padded(one)) if one in among else ABSENT for one in wanted]
    assert found.tolist() == there


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ALIKE), st.integers(0, 3))))
def test_rows_are_ordered_by_key_then_number_then_place(rows: list[tuple[bytes, int]]) -> None:
    keys = keys_of(pa.array([padded(one) for one, _ in rows], pa.binary(16)))
    order = order_of(keys, np.array([number for _, number in rows], np.uint32))
    assert order.tolist() == sorted(
        range(len(rows)), key=lambda at: (padded(rows[at][0]), rows[at][1])
    )
