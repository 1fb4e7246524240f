"""Finding near-duplicates among the facts of all records of a build.

Facts have the columns of `facts`. Memory: up to `ROWS_AT_ONCE` records all facts are held at a
time, about 200 bytes each. Of more, one band is (about 70 bytes a record: 700 MB of ten million),
then the records that come into question, and sets of shingles within `duplicates.BUDGET_BYTES`.
"""

from collections.abc import Iterable, Iterator
from math import ceil
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.neardup.banding import Banding
from curate.neardup.candidates import Candidates, connected, edges
from curate.neardup.duplicates import Duplicates, Records, duplicates, in_question
from curate.neardup.joining import Way
from curate.neardup.keeping import Keep, ranks
from curate.neardup.parts import Parts, parts_of
from curate.neardup.shingling import Hashes, Numbers32, ShingleSets, Shingling
from curate.selection import Gathered

ROWS_AT_ONCE: Final = 2_000_000

FOUND: Final = pa.schema(
    [
        ("id", pa.binary(16)),
        ("copy", pa.int32()),
        ("of", pa.binary(16)),
        ("similarity", pa.float64()),
        ("reached", pa.bool_()),
    ]
)
"""A row for each record that is dropped, with the one that stands for it (`Duplicates`)."""

_SETS: Final = "shingle_set, shingles"
_OF_RECORD: Final = f"id, copy, hash, source, measured, {_SETS}"


class Looked(NamedTuple):
    """How near-duplicates are looked for."""

    fields: tuple[str, ...]
    shingling: Shingling
    banding: Banding
    way: Way
    keep: Keep
    boilerplate: float


def facts(
    parts: Parts, measured: pa.Array, shingling: Shingling, banding: Banding
) -> pa.RecordBatch:
    """What is kept of each record: `measured`, `shingle_set` (its hash), `shingles`, and bands."""
    signed = shingling.sign(parts, banding)
    columns = {"measured": measured, "shingle_set": signed.sets, "shingles": signed.sizes}
    bands = {f"b{band}": signed.bands[:, band] for band in range(banding.bands)}
    return pa.RecordBatch.from_pydict({name: pa.array(c) for name, c in (columns | bands).items()})


def find(gathered: Gathered, looked: Looked) -> pa.Table:
    """The near-duplicates (`FOUND`) among `facts` and what they are compared with, `others`."""
    count = _count(gathered, "facts") + _count(gathered, "others")
    candidates, table = (_at_once if count <= ROWS_AT_ONCE else _in_turn)(gathered, looked)
    records = Records(
        table["shingle_set"].to_numpy(),
        table["shingles"].to_numpy(),
        ranks(looked.keep, table),
        table["fixed"].to_numpy(),
    )

    def fetch(sets: Hashes) -> Iterator[ShingleSets]:
        return _fetch(gathered, table, sets, looked)

    found = duplicates(records, candidates, fetch, looked.way, looked.boilerplate)
    if not looked.way.own:
        # Equal sets stand for each other before any other is compared.
        other = records.fixed[found.keepers]
        found = Duplicates(
            found.rows[other], found.keepers[other], found.similarities[other], found.reached[other]
        )
    return _rows(table, found)


def _count(gathered: Gathered, table: str) -> int:
    return int(gathered.table(f"SELECT count(*) AS n FROM {table}")["n"][0].as_py())


def _at_once(gathered: Gathered, looked: Looked) -> tuple[Candidates, pa.Table]:
    """The candidates, and the records that come into question, from all facts.

    They are asked for once: each time they are joined with the records that are left.
    """
    bands = _bands(looked)
    what = f"{_OF_RECORD}, {', '.join(bands)}"
    table = gathered.table(
        f"SELECT {what}, false AS fixed FROM facts "
        f"UNION ALL SELECT {what}, true AS fixed FROM others"
    )
    sets, sizes = table["shingle_set"].to_numpy(), table["shingles"].to_numpy()
    pairs = edges(sets, sizes, _columns(table, bands), looked.way.threshold)
    candidates = connected(pairs)
    chosen = np.zeros(len(table), np.bool_)
    chosen[in_question(sets, sizes, candidates)] = True
    # To take rows of a table in several chunks Arrow would copy it whole first.
    return candidates, table.drop_columns(bands).filter(pa.array(chosen)).combine_chunks()


def _in_turn(gathered: Gathered, looked: Looked) -> tuple[Candidates, pa.Table]:
    """The same of so many records that not all facts are held."""
    candidates = connected(_pairs(gathered, looked))
    return candidates, _records(gathered, candidates)


def _pairs(gathered: Gathered, looked: Looked) -> Hashes:
    """The edges between candidates, band after band."""
    found = []
    for band in _bands(looked):
        what = f"{_SETS}, {band}"
        table = gathered.table(f"SELECT {what} FROM facts UNION ALL SELECT {what} FROM others")
        sets, sizes = table["shingle_set"].to_numpy(), table["shingles"].to_numpy()
        found.append(edges(sets, sizes, _columns(table, [band]), looked.way.threshold))
    return np.concatenate(found)


def _bands(looked: Looked) -> list[str]:
    return [f"b{band}" for band in range(looked.banding.bands)]


def _columns(table: pa.Table, names: Iterable[str]) -> Iterator[Numbers32]:
    return (table[name].to_numpy() for name in names)


def _records(gathered: Gathered, candidates: Candidates) -> pa.Table:
    """The records that come into question, by ranges of their sets."""
    ranges = max(1, ceil(_count(gathered, "facts") / ROWS_AT_ONCE))
    found = []
    for number in range(ranges):
        first, last = (2**64 * n // ranges for n in (number, number + 1))
        where = f"shingles > 0 AND shingle_set >= {first} AND shingle_set <= {last - 1}"
        table = gathered.table(
            f"SELECT {_SETS} FROM facts WHERE {where} UNION ALL "
            f"SELECT {_SETS} FROM others WHERE {where}"
        )
        sets, sizes = table["shingle_set"].to_numpy(), table["shingles"].to_numpy()
        some = np.unique(sets[in_question(sets, sizes, candidates)])
        which = "SEMI JOIN in_question USING (shingle_set) WHERE shingles > 0"
        found.append(
            gathered.table(
                f"SELECT {_OF_RECORD}, false AS fixed FROM facts {which} "
                f"UNION ALL SELECT {_OF_RECORD}, true AS fixed FROM others {which}",
                {"in_question": pa.table({"shingle_set": some})},
            )
        )
    return pa.concat_tables(found).combine_chunks()


def _fetch(
    gathered: Gathered, table: pa.Table, sets: Hashes, looked: Looked
) -> Iterator[ShingleSets]:
    """The sets, each from a content that has it."""
    wanted = table.select(["shingle_set", "hash"]).filter(
        pc.is_in(table["shingle_set"], pa.array(sets))
    )
    hashes = wanted.group_by("shingle_set").aggregate([("hash", "min")])["hash_min"]
    for batch in gathered.contents(hashes.combine_chunks()):
        yield looked.shingling.gather(parts_of(batch, looked.fields))


def _rows(table: pa.Table, found: Duplicates) -> pa.Table:
    rows, keepers = pa.array(found.rows), pa.array(found.keepers)
    return pa.table(
        [
            table["id"].take(rows).cast(pa.binary(16)),
            table["copy"].take(rows),
            table["id"].take(keepers).cast(pa.binary(16)),
            pa.array(found.similarities),
            pa.array(found.reached),
        ],
        schema=FOUND,
    )
