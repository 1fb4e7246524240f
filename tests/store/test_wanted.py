"""Each wanted payload is taken once, wherever it comes first."""

import pyarrow as pa

from curate.store.wanted import Wanted


def _hashes(*beginnings: str) -> pa.Array:
    return pa.array([one.encode().ljust(16, b"\0") for one in beginnings], pa.binary(16))


def test_each_hash_is_taken_once_at_its_first_place() -> None:
    wanted = Wanted(_hashes("c", "a", "b", "never"))
    assert wanted.take(_hashes("x", "b", "a", "b")).rows.tolist() == [1, 2]
    assert wanted.take(_hashes("a", "c", "c")).rows.tolist() == [1]
    assert wanted.left() == [b"never".ljust(16, b"\0")]
    assert len(wanted) == 1


def test_hashes_that_begin_alike_are_told_apart() -> None:
    alike = [b"the same" + end for end in (b"\0" * 8, b"1" * 8, b"\xff" * 8)]
    wanted = Wanted(pa.array(alike[:2], pa.binary(16)))
    assert wanted.take(pa.array(alike[::-1], pa.binary(16))).rows.tolist() == [1, 2]
    assert len(wanted) == 0


def test_nothing_wanted_and_nothing_given_are_no_special_cases() -> None:
    assert Wanted(_hashes()).take(_hashes("a")).rows.tolist() == []
    assert Wanted(_hashes("a")).take(_hashes()).rows.tolist() == []
