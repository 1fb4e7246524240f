"""What two sets of records share: equal records, near-duplicates and equal prompts."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from curate.fields import field_texts
from curate.hashing import hash_texts
from curate.neardup import Banding, Shingling, finding, parts_of
from curate.neardup.joining import Way
from curate.operators.exact_dedup import ExactDedup
from curate.progress import Progress
from curate.record import WORKING
from curate.signals.normal_form import normal_form
from curate.store import Version
from curate.store.catalog import connect, table_of

Kind = Literal["exact", "near", "prompt"]
KINDS: Final[tuple[Kind, ...]] = ("exact", "near", "prompt")
BOILERPLATE: Final = 0.05
"""As `near_dedup` has it."""


class Leak(NamedTuple):
    """A record of the one version that the other has too, wholly or in part."""

    kind: Kind
    id: bytes
    hash: bytes
    other: bytes
    """The record of the other version; of several the most similar, then the one of lowest id."""
    similarity: float
    """The Jaccard similarity of word 5-grams; 1 of equal records, and NaN of equal prompts."""


class Leaks(NamedTuple):
    """What was found, each kind by falling similarity, then id."""

    records: int
    """The records that were looked at; copies count once."""
    others: int
    found: dict[Kind, tuple[Leak, ...]]

    def leaked(self) -> int:
        """How many records leak by any kind."""
        return len({leak.id for leaks in self.found.values() for leak in leaks})


class _Sides(NamedTuple):
    """The facts of both, `facts` of the one and `others` of the other (`selection.Gathered`)."""

    connection: duckdb.DuckDBPyConnection
    versions: Sequence[Version]

    def table(self, query: str) -> pa.Table:
        return table_of(self.connection, query)

    def contents(self, hashes: pa.Array) -> Iterator[pa.RecordBatch]:
        wanted = hashes.cast(pa.binary(16)).unique()
        for version in self.versions:
            for batch in version.batches():
                found = batch.filter(pc.is_in(batch.column("hash"), wanted))
                if len(found):
                    yield found


def leaks(one: Version, other: Version, threshold: float, progress: Progress) -> Leaks:
    """Find the records of `one` that `other` has too.

    Equal records say the same, as `exact_dedup` has it; near-duplicates reach the threshold, as
    `near_dedup` has it, and are not equal; prompts are equal but for case, compatibility forms and
    white space, and what is equal or near-duplicate besides is not told again.
    """
    banding = Banding.for_threshold(threshold)
    with connect() as connection:
        for name, version in (("facts", one), ("others", other)):
            progress.stage(f"facts of {version.ref}", version.count())
            connection.register(name, _facts(version, banding, progress))
        sides = _Sides(connection, (one, other))
        progress.stage("leaks", None)
        exact = _equal(sides, "exact", "key", 1.0)
        way = Way(threshold, chaining=False, own=False)
        looked = finding.Looked(("all",), Shingling(), banding, way, "lowest-id", BOILERPLATE)
        near = _near(sides, finding.find(sides, looked))
        prompt = _equal(sides, "prompt", "prompt", float("nan"))
        counts = [
            len(sides.table(f"SELECT DISTINCT id FROM {name}")) for name in ("facts", "others")
        ]
    told: set[bytes] = set()
    found: dict[Kind, tuple[Leak, ...]] = {}
    for kind, each in zip(KINDS, (exact, near, prompt), strict=True):
        found[kind] = tuple(leak for leak in each if leak.id not in told)
        told |= {leak.id for leak in each}
    return Leaks(counts[0], counts[1], found)


def _facts(version: Version, banding: Banding, progress: Progress) -> pa.Table:
    """Of each record `id`, `hash`, `key`, `prompt`, and what `finding.facts` keeps."""
    same = ExactDedup()
    tables = []
    for batch in [pa.RecordBatch.from_pylist([], WORKING), *version.batches()]:
        near = finding.facts(
            parts_of(batch), pa.nulls(len(batch), pa.float64()), Shingling(), banding
        )
        columns = {
            "id": batch.column("id").cast(pa.binary()),
            "copy": batch.column("copy"),
            "hash": batch.column("hash").cast(pa.binary()),
            "source": batch.column("source"),
            "key": same.facts(batch, 0).column("key").cast(pa.binary()),
            "prompt": hash_texts(normal_form(field_texts(batch, "prompt"))).cast(pa.binary()),
            **dict(zip(near.schema.names, near.columns, strict=True)),
        }
        tables.append(pa.table(columns))
        progress.advance(len(batch))
    return pa.concat_tables(tables)


def _count(sides: _Sides, name: str) -> int:
    return int(sides.table(f"SELECT count(DISTINCT id) AS n FROM {name}")["n"][0].as_py())


def _equal(sides: _Sides, kind: Kind, column: str, similarity: float) -> list[Leak]:
    rows = sides.table(
        "SELECT f.id, any_value(f.hash) AS hash, min(o.id) AS other FROM facts f "
        f"JOIN others o ON o.{column} = f.{column} GROUP BY f.id ORDER BY f.id"
    )
    return [
        Leak(kind, row["id"], row["hash"], row["other"], similarity) for row in rows.to_pylist()
    ]


def _near(sides: _Sides, found: pa.Table) -> list[Leak]:
    hashes = sides.table("SELECT id, any_value(hash) AS hash FROM facts GROUP BY id").to_pylist()
    content = {row["id"]: row["hash"] for row in hashes}
    rows = {row["id"]: row for row in found.to_pylist()}.values()
    leaked = [Leak("near", r["id"], content[r["id"]], r["of"], r["similarity"]) for r in rows]
    return sorted(leaked, key=lambda leak: (-leak.similarity, leak.id))
