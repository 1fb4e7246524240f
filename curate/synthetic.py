"""The mark of records that a build made of others: two entries of their meta.

It is part of the content, so that it goes wherever the record goes, into other versions and into
exports of whole records, and no model is given it: what trains reads texts alone.
"""

from typing import Final

import orjson
import pyarrow as pa
import pyarrow.compute as pc

MAKER: Final = "synthetic"
"""The entry that says what made a record, such as `SynonymAug`."""

PARENT: Final = "synthetic_of"
"""The entry that says of which record it was made, as 32 hex digits."""

_HEX_DIGITS: Final = 32


def marked(meta: str | None, maker: str, parent: bytes) -> str:
    """Meta with the mark, keys sorted.

    >>> marked('{"page": 3}', "SynonymAug", bytes(16))
    '{"page":3,"synthetic":"SynonymAug","synthetic_of":"00000000000000000000000000000000"}'
    """
    entries = orjson.loads(meta or "{}") | {MAKER: maker, PARENT: parent.hex()}
    return orjson.dumps(entries, option=orjson.OPT_SORT_KEYS).decode()


def parents_of(meta: pa.StringArray) -> pa.Array:
    """The id of the record that each was made of (fixed 16 bytes); null where it was read."""
    found: list[bytes | None] = [None] * len(meta)
    # Few records have the mark, and JSON takes longer than to look for a word.
    likely = pc.fill_null(pc.match_substring(meta, f'"{PARENT}"'), False)
    for row in pc.indices_nonzero(likely).to_pylist():
        found[row] = _id_of(orjson.loads(meta[row].as_py()).get(PARENT))
    return pa.array(found, pa.binary(16))


def _id_of(value: object) -> bytes | None:
    if not isinstance(value, str) or len(value) != _HEX_DIGITS:
        return None
    try:
        return bytes.fromhex(value)
    except ValueError:
        return None
