"""Keys sort as their bytes do, whatever they have in common."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.store.keys import Keys, keys_of, order_of, words_of

EIGHT = st.sampled_from([b"\0" * 8, b"a" * 8, b"\xff" * 8, b"\x80" + b"\0" * 7])
ROWS = st.lists(st.tuples(st.tuples(EIGHT, EIGHT).map(b"".join), st.integers(0, 2)), max_size=12)


@settings(max_examples=100, deadline=None)
@given(ROWS, st.integers(0, 2))
def test_rows_are_ordered_by_key_then_number_then_place(
    rows: list[tuple[bytes, int]], cut: int
) -> None:
    keys = keys_of(pa.array([key for key, _ in rows], pa.binary(16))[cut:])
    kept = rows[cut:]
    then = np.array([number for _, number in kept], np.uint32)
    assert order_of(keys, then).tolist() == sorted(range(len(kept)), key=kept.__getitem__)
    plainly = sorted(range(len(kept)), key=lambda place: kept[place][0])
    assert order_of(keys).tolist() == plainly


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 300), st.sampled_from([0, 12, 28, 60]))
def test_keys_that_begin_alike_in_some_bits_are_ordered_by_the_others(
    seed: int, rows: int, alike: int
) -> None:
    first = np.random.default_rng(seed).integers(0, 2**64, rows, np.uint64) >> np.uint64(alike)
    keys = Keys(first, first[::-1].copy())
    pairs = [(int(one), int(other)) for one, other in zip(*keys, strict=True)]
    assert order_of(keys).tolist() == sorted(range(rows), key=pairs.__getitem__)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.binary(min_size=16, max_size=16), max_size=3), max_size=4))
def test_hashes_in_several_pieces_are_those_of_one(pieces: list[list[bytes]]) -> None:
    # Of each piece the first is cut off, so that it does not begin where its memory does.
    chunks = [pa.array([b"\xff" * 16, *piece], pa.binary(16))[1:] for piece in pieces]
    words = words_of(pa.chunked_array(chunks, pa.binary(16)))
    assert [row.tobytes() for row in words] == [one for piece in pieces for one in piece]
