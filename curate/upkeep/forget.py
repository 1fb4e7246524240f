"""`curate forget`: contents erased wherever the store holds them (docs/format.md, "Erasure")."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from curate.progress import Progress, Silent
from curate.store import Store
from curate.store.catalog import Connection, row_of, utc_now
from curate.store.delta import StoredFile
from curate.store.disk import disk_errors
from curate.store.erasing import erasing
from curate.store.lock import BUILD_WAIT_SECONDS
from curate.store.tombstones import key_of, macs_of
from curate.store.writing import name_files
from curate.upkeep.holders import Asked, Holders, How, find_holders
from curate.upkeep.reach import Fed, Reach, find_reach
from curate.upkeep.rewriting import Keep, Rewritten, lacks, ledger_without_quotes, without
from curate.upkeep.traces import Traces, find_traces

ERASED = "(erased)"
"""What stands in the place of a warning that quoted an erased text."""


@dataclass(frozen=True)
class Erasure:
    """What an erasure removes, or has removed."""

    records: Mapping[str, How]
    """The records whose contents go, by id, and how each was found."""
    contents: int
    texts: int
    """Texts of which measured values go."""
    rows: Mapping[str, int]
    """Rows left out or changed, by kind of file."""
    versions: Mapping[str, int]
    """Members without content from now on, by version."""
    tags: tuple[str, ...]
    """Tags of these versions."""
    runs: tuple[Fed, ...]
    """Runs that were given any of the records, and those that started from their models."""
    similar: tuple[str, ...]
    """Records that a step found alike, such as near duplicates; they stay."""


@dataclass(frozen=True)
class _Plan:
    """All that an erasure needs to know."""

    holders: Holders
    traces: Traces
    reach: Reach
    source: str | None

    def erasure(self, rows: Mapping[str, int]) -> Erasure:
        """The same for a person."""
        return Erasure(
            {id_.hex(): how for id_, how in self.holders.records.items()},
            len(self.holders.hashes),
            len(self.traces.texts),
            dict(rows),
            self.reach.versions,
            self.reach.tags,
            self.reach.runs,
            tuple(id_.hex() for id_ in self.holders.similar),
        )


def plan_erasure(store: Store, asked: Asked, progress: Progress | None = None) -> Erasure:
    """Tell what `forget` would remove; changes nothing.

    Raises `NotFoundError` where nothing is known of what is asked for, `UsageError` where an id or
    a condition cannot be understood.
    """
    return _plan(store, asked, progress or Silent()).erasure({})


def forget(
    store: Store,
    asked: Asked,
    reason: str,
    wait: float | None = BUILD_WAIT_SECONDS,
    progress: Progress | None = None,
) -> Erasure:
    """Erase the contents of records, of their twins and of what was made of them.

    Files that hold any of it are written again without, the catalog is replaced, then the old
    files, all caches and kept streams are deleted: at once, so that a command in another process
    that is reading them ends with an error and can be run again. Ids stay in old versions, and
    tombstones keep later builds from taking the records in. A process that is killed on the way
    leaves the erasure undone or, from the commit on, to be finished by the next command.

    Waits `wait` seconds (None: without end) for a build to end. `reason` is kept in the catalog.
    """
    progress = progress or Silent()
    with disk_errors(store.folder), store.building(wait, progress.note), erasing(store.folder):
        plan = _plan(store, asked, progress)
        progress.stage("write again", len(store.files()))
        rewritten = _rewrite(store, plan, progress)
        with store.commit(afresh=True) as catalog:
            _replace(catalog, rewritten)
            _bury(catalog, plan, asked, reason)
            _clean_warnings(catalog, plan.traces)
    rows: dict[str, int] = {}
    for one in rewritten:
        rows[one.old.kind] = rows.get(one.old.kind, 0) + one.rows
    return plan.erasure(rows)


def _plan(store: Store, asked: Asked, progress: Progress) -> _Plan:
    holders = find_holders(store, asked, progress)
    traces = find_traces(store.folder, store.files(), holders.hashes)
    return _Plan(holders, traces, find_reach(store, holders), asked.source)


def _rewrite(store: Store, plan: _Plan, progress: Progress) -> list[Rewritten]:
    keeps: dict[str, Keep] = {
        "segment": lacks("hash", plan.holders.hashes),
        "signals": lacks("hash", plan.traces.texts),
        "texts": lacks("hash", plan.holders.hashes),
        "judged": lacks("hash", plan.holders.hashes),
        "quarantine": Keep(("source", "raw"), _unquoting(plan)),
    }
    ids = list(plan.holders.records)
    rewritten = []
    for file in store.files():
        found = None
        if file.kind == "ledger":
            found = ledger_without_quotes(store.folder, file, ids)
        elif file.kind in keeps:
            found = without(store.folder, file, keeps[file.kind])
        if found is not None:
            rewritten.append(found)
        progress.advance(1)
    return rewritten


def _unquoting(plan: _Plan) -> Callable[[pa.RecordBatch], npt.NDArray[np.bool_]]:
    """Keep the bad lines that are of another source and hold none of the texts."""

    def chosen(batch: pa.RecordBatch) -> npt.NDArray[np.bool_]:
        pairs = zip(batch["source"].to_pylist(), batch["raw"].to_pylist(), strict=True)
        return np.array(
            [
                source != plan.source and not plan.traces.quotes.are_in(raw or b"")
                for source, raw in pairs
            ],
            np.bool_,
        )

    return chosen


def _replace(catalog: Connection, rewritten: Sequence[Rewritten]) -> None:
    for one in rewritten:
        catalog.execute("DELETE FROM cat.base.files WHERE path = ?", [one.old.path])
    new: list[StoredFile] = [one.new for one in rewritten if one.new is not None]
    name_files(catalog, new)


def _bury(catalog: Connection, plan: _Plan, asked: Asked, reason: str) -> None:
    """Write the tombstones; of what was asked only what quotes no content is kept."""
    row = row_of(catalog, "SELECT coalesce(max(erasure), 0) + 1 FROM cat.base.erasures")
    number = int(row[0]) if row else 1
    how: dict[str, Any] = {"ids": list(asked.ids)} if asked.ids else {"source": asked.source}
    if asked.where is not None:
        how = {"where": True}
    hashes = [bytes(value).ljust(16, b"\0") for value in plan.holders.hashes]
    catalog.execute(
        "INSERT INTO cat.base.erasures VALUES (?, ?, ?, ?, ?, ?)",
        [
            number,
            reason,
            orjson.dumps(how).decode(),
            len(plan.holders.records),
            len(hashes),
            utc_now(),
        ],
    )
    key = key_of(catalog)
    macs = [*macs_of(key, "id", plan.holders.records), *macs_of(key, "content", hashes)]
    buried = pa.table({"mac": pa.array(macs, pa.binary()), "erasure": [number] * len(macs)})
    catalog.register("buried", buried)
    catalog.execute(
        "INSERT INTO cat.base.tombstones SELECT mac, erasure::INTEGER FROM buried "
        "ON CONFLICT DO NOTHING"
    )
    catalog.unregister("buried")


def _clean_warnings(catalog: Connection, traces: Traces) -> None:
    rows = catalog.execute("SELECT dataset, version, warnings FROM cat.base.versions").fetchall()
    for dataset, version, warnings in rows:
        said = orjson.loads(warnings)
        clean = [ERASED if traces.quotes.are_in(one.encode()) else one for one in said]
        if clean != said:
            catalog.execute(
                "UPDATE cat.base.versions SET warnings = ? WHERE dataset = ? AND version = ?",
                [orjson.dumps(clean).decode(), dataset, version],
            )
