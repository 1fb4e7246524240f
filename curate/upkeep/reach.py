"""How far records went: versions, tags, and models that learned from them."""

from collections.abc import Mapping
from typing import NamedTuple

import pyarrow as pa

from curate.store import Run, Store
from curate.store.catalog import connect
from curate.store.runs import descendants
from curate.upkeep.holders import Holders


class Fed(NamedTuple):
    """A run that was given some of the records, or started from a model that was."""

    run: str
    kind: str
    dataset: str
    version: int
    split: str
    records: int
    """How many of them it was given; 0 for one that only started from such a model."""
    output: str
    """Where its model was written."""
    started_from: str | None
    """The run whose model it started from."""


class Reach(NamedTuple):
    """Where records are known."""

    versions: Mapping[str, int]
    """How many members each version has of them; versions without any are left out."""
    tags: tuple[str, ...]
    runs: tuple[Fed, ...]


def find_reach(store: Store, holders: Holders) -> Reach:
    """Find the versions that have the records as members, and the runs that read these."""
    splits = _members_by_split(store, holders)
    versions: dict[str, int] = {}
    for (dataset, number, _), ids in splits.items():
        ref = f"{dataset}@{number}"
        versions[ref] = versions.get(ref, 0) + len(ids)
    tags = tuple(
        tag["tag"] for tag in store.tags() if f"{tag['dataset']}@{tag['version']}" in versions
    )
    return Reach(versions, tags, _fed(store.runs(), splits))


Splits = Mapping[tuple[str, int, str], list[str]]
"""Of each version and split the records, as id, `:` and copy."""


def _members_by_split(store: Store, holders: Holders) -> Splits:
    found: dict[tuple[str, int, str], list[str]] = {}
    wanted = pa.table({"id": pa.array(list(holders.records), pa.binary())})
    for version in store.versions():
        with connect() as connection:
            connection.register("wanted", wanted)
            rows = connection.execute(
                f"SELECT m.split, lower(hex(m.id)) || ':' || m.copy FROM "
                f"({version.members_sql()}) m SEMI JOIN wanted w ON w.id = m.id ORDER BY ALL"
            ).fetchall()
        for split, member in rows:
            found.setdefault((version.dataset, version.number, split), []).append(member)
    return found


def _fed(runs: list[Run], splits: Splits) -> tuple[Fed, ...]:
    found: dict[str, Fed] = {}
    for run in runs:
        members = [
            member
            for (dataset, number, split), ids in splits.items()
            if (dataset, number) == (run.dataset, run.version) and run.split in ("", split)
            for member in ids
        ]
        given = set(members) - set(run.excluded)
        if given:
            found[run.run] = _as_fed(run, len(given), None)
    for run in [run for run in runs if run.run in found]:
        for heir in descendants(run, runs):
            found.setdefault(heir.run, _as_fed(heir, 0, run.run))
    return tuple(found.values())


def _as_fed(run: Run, records: int, started_from: str | None) -> Fed:
    place = (run.run, run.kind, run.dataset, run.version, run.split)
    return Fed(*place, records, run.output, started_from)
