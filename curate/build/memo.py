"""What is known of contents and row-wise steps, so that no step sees a content twice.

Such a step is a function of the content alone. A memo is a folder of the cache that a worker
wrote for one task:

    chain.json        the fingerprints of the steps that ran, by position
    kept.parquet      contents that passed steps plainly: one row a content, however many steps
    decided.parquet   decisions that are not plain keeps; what a step is called is no part of them
    contents.arrow    what edits made, until the store has it
    signals.parquet, texts.parquet, judged/KEY.parquet   measured, until the store has it
"""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import orjson
import pyarrow as pa

from curate.build.arrow_file import ARROW
from curate.build.cache import Cache, folders, remove, whole_folder, write_fast
from curate.decision import LEDGER
from curate.store.catalog import Connection
from curate.store.parquet import parquet_sql

MOST_STEPS: Final = 60
"""Steps of one segment: each has a bit of a 64-bit mask."""

PASSED: Final = pa.schema([("hash", pa.binary(16)), ("first", pa.uint8()), ("last", pa.uint8())])
"""A content that the steps at [first, last) of the chain kept as it is."""

_DECISION: Final = ("action", "rule", "field", "value", "limit", "before", "after", "spans")
DECIDED: Final = pa.schema(
    [
        ("hash", pa.binary(16)),
        ("position", pa.uint8()),
        *(LEDGER.field(name) for name in _DECISION),
    ]
)
"""A decision on the content with this hash by the step at a position of the chain.

`hash` is the content as it came; `before` is another where an edit made what was then dropped.
"""

CHAIN: Final = "chain.json"
KEPT: Final = "kept.parquet"
DECISIONS: Final = "decided.parquet"
CONTENTS: Final = f"contents{ARROW}"


class Memo(NamedTuple):
    """A memo on disk."""

    folder: Path
    chain: tuple[str, ...]


def write_memo(group: Path, chain: Sequence[str], tables: dict[str, pa.Table]) -> None:
    """Write a memo whole, or not at all; tables without rows are left out."""
    filled = {name: table for name, table in tables.items() if len(table)}
    if not filled:
        return
    with whole_folder(group / uuid.uuid4().hex) as half:
        (half / CHAIN).write_bytes(orjson.dumps(list(chain)))
        for name, table in filled.items():
            write_fast(half / name, table)


def memos(cache: Cache) -> list[Memo]:
    """All memos; a folder that is none is removed."""
    found = []
    for folder in folders(cache.group("steps")):
        try:
            chain = tuple(str(each) for each in orjson.loads((folder / CHAIN).read_bytes()))
            found.append(Memo(folder, chain))
        except (OSError, ValueError, TypeError):
            remove(folder)
    return found


def load_memos(
    connection: Connection, cache: Cache, chain: Sequence[str], loaded: frozenset[Path]
) -> frozenset[Path]:
    """Put what is known of the steps of a chain into tables; return the memos that are in them.

    `loaded` are those that are in them already; where it is empty, the tables are made anew.
    `kept(hash, mask)`: bit n is set where the step at position n keeps the content as it is; a
    content may have several rows.
    `decided`: the columns of `DECIDED`, positions being those of the given chain.
    `outcomes(hash, position, dropped, after)`: the same in short, a row for each content and step.
    """
    found = [memo for memo in memos(cache) if set(memo.chain) & set(chain)]
    for memo in found:
        cache.use(memo.folder)
    if not loaded:
        _make_tables(connection)
    _insert(connection, [memo for memo in found if memo.folder not in loaded], chain)
    return frozenset(memo.folder for memo in found)


def _make_tables(connection: Connection) -> None:
    for name, schema in (("kept", _MASK), ("decided", DECIDED), ("outcomes", _OUTCOMES)):
        connection.register("no_rows", schema.empty_table())
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM no_rows")
        connection.unregister("no_rows")


def _insert(connection: Connection, of_use: Sequence[Memo], chain: Sequence[str]) -> None:
    chains = {each: number for number, each in enumerate(sorted({m.chain for m in of_use}))}
    connection.register("masks", _masks(chains, chain))
    connection.register("positions", _positions(chains, chain))
    connection.execute(
        "INSERT INTO kept SELECT hash, bit_or(mask)::BIGINT AS mask "
        f"FROM ({_union(of_use, chains, KEPT, PASSED)}) JOIN masks USING (chain, first, last) "
        "GROUP BY hash"
    )
    columns = ", ".join(f'd."{name}"' for name in _DECISION)
    connection.execute(
        f"INSERT INTO decided SELECT DISTINCT d.hash, p.here AS position, {columns} "
        f"FROM ({_union(of_use, chains, DECISIONS, DECIDED)}) d "
        "JOIN positions p ON p.chain = d.chain AND p.there = d.position "
        "ANTI JOIN outcomes o ON o.hash = d.hash AND o.position = p.here"
    )
    connection.execute(
        "INSERT INTO outcomes SELECT d.hash, d.position, bool_or(action = 'drop') AS dropped, "
        "max(d.after) AS after FROM decided d ANTI JOIN outcomes USING (hash, position) "
        "GROUP BY ALL"
    )
    connection.unregister("masks")
    connection.unregister("positions")


def _union(
    of_use: Sequence[Memo], chains: dict[tuple[str, ...], int], name: str, schema: pa.Schema
) -> str:
    selects = [
        f"SELECT *, {number} AS chain FROM {parquet_sql(paths)}"
        for chain, number in chains.items()
        if (paths := [m.folder / name for m in of_use if m.chain == chain and _has(m, name)])
    ]
    empty = ", ".join(
        f'{_NULLS.get(field.name, "NULL::BLOB")} AS "{field.name}"' for field in schema
    )
    return " UNION ALL ".join([*selects, f"SELECT {empty}, -1 AS chain WHERE false"])


_SPANS: Final = (
    'NULL::STRUCT("start" INTEGER, "end" INTEGER, length INTEGER, detector VARCHAR, score FLOAT, '
    "surrogate VARCHAR, original BLOB)[]"
)
_NULLS: Final = {
    **dict.fromkeys(("first", "last", "position"), "NULL::UTINYINT"),
    **dict.fromkeys(("action", "rule", "field", "value", "limit"), "NULL::VARCHAR"),
    "spans": _SPANS,
}
"""Columns without rows, by name; all others are hashes."""


def _has(memo: Memo, name: str) -> bool:
    return (memo.folder / name).is_file()


def _masks(chains: dict[tuple[str, ...], int], here: Sequence[str]) -> pa.Table:
    """For each stretch of each chain the bits of the same steps here."""
    rows = []
    for chain, number in chains.items():
        for first in range(len(chain)):
            mask = 0
            for last in range(first, len(chain)):
                for position, fingerprint in enumerate(here):
                    mask |= (fingerprint == chain[last]) << position
                if mask:
                    rows.append({"chain": number, "first": first, "last": last + 1, "mask": mask})
    return pa.Table.from_pylist(rows, _MASKS)


def _positions(chains: dict[tuple[str, ...], int], here: Sequence[str]) -> pa.Table:
    """Which positions of each chain are which positions here."""
    rows = [
        {"chain": number, "there": there, "here": position}
        for chain, number in chains.items()
        for there, fingerprint in enumerate(chain)
        for position, wanted in enumerate(here)
        if fingerprint == wanted
    ]
    return pa.Table.from_pylist(rows, _POSITIONS)


_MASK: Final = pa.schema([("hash", pa.binary(16)), ("mask", pa.int64())])
_OUTCOMES: Final = pa.schema(
    [
        ("hash", pa.binary(16)),
        ("position", pa.uint8()),
        ("dropped", pa.bool_()),
        ("after", pa.binary(16)),
    ]
)
_MASKS: Final = pa.schema(
    [("chain", pa.int32()), ("first", pa.uint8()), ("last", pa.uint8()), ("mask", pa.int64())]
)
_POSITIONS: Final = pa.schema([("chain", pa.int32()), ("there", pa.uint8()), ("here", pa.uint8())])
