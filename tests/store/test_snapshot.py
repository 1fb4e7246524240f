"""The snapshot id is that of docs/format.md, whatever the order, splits and copies."""

import hashlib

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.store.snapshot import snapshot_id

MEMBERS = st.lists(
    st.tuples(
        st.sampled_from([b"", b"a", b"\xff" * 16, b"\x80", b"aaaaaaaa", b"aaaaaaaab"]),
        st.integers(0, 3),
        st.binary(min_size=16, max_size=16),
        st.sampled_from([None, "", "train", "eval", "ü" * 50, "x"]),
    ),
    unique_by=lambda member: member[:2],
)


def plainly(members: list[tuple[bytes, int, bytes, str | None]]) -> str:
    """The definition, member by member."""
    parts = [b"curate.snapshot.1"]
    for one, copy, content, split in sorted(members, key=lambda member: member[:2]):
        name = ("train" if split is None else split).encode()
        parts += [one, copy.to_bytes(4, "little"), content, bytes([len(name)]), name]
    return hashlib.sha256(b"".join(parts)).hexdigest()


@settings(max_examples=60, deadline=None)
@given(MEMBERS, st.integers(1, 3))
def test_the_id_is_that_of_the_definition(
    members: list[tuple[bytes, int, bytes, str | None]], pieces: int
) -> None:
    rows = [(m[0].ljust(16, b"\0"), *m[1:]) for m in members]
    schema = pa.schema(
        [
            ("id", pa.binary(16)),
            ("copy", pa.int32()),
            ("hash", pa.binary(16)),
            ("split", pa.string()),
        ]
    )
    listed = [dict(zip(schema.names, row, strict=True)) for row in rows]
    parts = [pa.Table.from_pylist(listed[n::pieces], schema=schema) for n in range(pieces)]
    assert snapshot_id(pa.concat_tables(parts)) == plainly(rows)
