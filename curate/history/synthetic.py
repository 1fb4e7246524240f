"""The synthetic records of a version, with their parents."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from curate.store import Version
from curate.store.catalog import reading, table_of
from curate.synthetic import MAKER, PARENT


class Synthetic(NamedTuple):
    """A member that was made of another record, by its mark."""

    id: bytes
    copy: int
    split: str
    source: str
    maker: str
    parent: bytes
    hash: bytes
    parent_hash: bytes | None
    """None where the parent is no member."""


class Share(NamedTuple):
    """How many records of a slice are synthetic."""

    source: str
    split: str
    maker: str
    """What made them."""
    synthetic: int
    records: int
    """All of the source and split."""


def synthetic_members(version: Version) -> list[Synthetic]:
    """The synthetic members of a version or a split of one, by parent and id."""
    with reading(version.folder) as connection:
        rows = table_of(
            connection,
            f"WITH members AS ({version.members_sql()}), marked AS ("
            f" SELECT hash, json_extract_string(meta, '$.{MAKER}') AS maker,"
            f"  json_extract_string(meta, '$.{PARENT}') AS parent FROM {version.payloads_sql()}"
            f" WHERE contains(meta, '{PARENT}')) "
            "SELECT m.id, m.copy, m.split, m.source, k.maker, unhex(k.parent) AS parent, m.hash, "
            "p.hash AS parent_hash FROM members m JOIN marked k ON k.hash = m.hash "
            "LEFT JOIN (SELECT id, min(hash) AS hash FROM members GROUP BY id) p "
            "ON p.id = unhex(k.parent) "
            "WHERE regexp_full_match(k.parent, '[0-9a-f]{32}') ORDER BY parent, m.id, m.copy",
        ).to_pylist()
    return [Synthetic(**row) for row in rows]


def shares(version: Version, found: list[Synthetic]) -> list[Share]:
    """The synthetic records by source, split and maker."""
    with reading(version.folder) as connection:
        counted = connection.execute(
            f"SELECT source, split, count(*) FROM ({version.members_sql()}) GROUP BY ALL"
        ).fetchall()
    all_ = {(source, split): number for source, split, number in counted}
    by_maker: dict[tuple[str, str, str], int] = {}
    for one in found:
        key = (one.source, one.split, one.maker)
        by_maker[key] = by_maker.get(key, 0) + 1
    return [Share(*key, number, all_[key[:2]]) for key, number in sorted(by_maker.items())]


def contents_of(version: Version, some: list[Synthetic]) -> Mapping[bytes, Mapping[str, Any]]:
    """The contents of synthetic records and of their parents, by hash."""
    hashes = {each for one in some for each in (one.hash, one.parent_hash) if each is not None}
    return version.payloads(sorted(hashes))
