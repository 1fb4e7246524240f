"""Keys sort as their bytes do, whatever they have in common."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.store.keys import keys_of, order_of

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
