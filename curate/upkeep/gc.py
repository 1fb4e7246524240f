"""`curate gc`: space freed that no version, tag or run needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from curate.progress import Progress, Silent
from curate.store import Store
from curate.store.catalog import Connection, utc_now
from curate.store.delta import StoredFile
from curate.store.disk import disk_errors
from curate.store.leftovers import GRACE, Leftover, drop_kept, leftovers, sweep
from curate.store.lock import BUILD_WAIT_SECONDS
from curate.store.writing import name_files
from curate.upkeep.chains import joined, links
from curate.upkeep.compacting import Compaction, compact_measured, compact_segments
from curate.upkeep.dropping import Chosen, Drop, choose
from curate.upkeep.needed import find_needed

OF_VERSIONS: Final = ("members", "ledger", "quarantine")


@dataclass(frozen=True)
class Collected:
    """What gc frees, or has freed."""

    dropped: tuple[str, ...]
    """Versions that are no more."""
    protected: Mapping[str, str]
    """Versions that would have gone by their age, and why they stay."""
    replaced: Mapping[str, tuple[int, int]]
    """By kind the files that go, and their bytes; what is still needed of them is in new files."""
    rows: Mapping[str, int]
    """Rows that nothing needs, by kind: contents, values, changes."""
    written: Mapping[str, tuple[int, int]]
    """By kind the new files and their bytes; empty in a dry run, which writes none."""
    leftovers: tuple[int, int]
    """Files, and bytes, that killed commands left or an earlier gc replaced."""
    kept: Mapping[str, int]
    """Bytes of kept streams, and of the cache where it goes too."""
    later: int
    """Bytes of files that stay for readers, and go by the next build or gc after the grace."""


class _Work:
    """What one collection will do, planned from the store as it is."""

    def __init__(self, store: Store, drop: Drop) -> None:
        self.store = store
        self.chosen: Chosen = choose(store, drop)
        files = store.files()
        gone = {(version.dataset, version.number) for version in self.chosen.dropped}
        datasets = {version.dataset for version in self.chosen.kept}
        self.links = [link for link in links(self.chosen.kept, files) if link.needs_writing()]
        merged = {file.path for link in self.links for file in link.files}
        self.removed = [
            file
            for file in files
            if file.kind in OF_VERSIONS
            and (
                file.path in merged
                or file.dataset not in datasets
                or ((file.dataset, file.version) in gone and file.whole)
            )
        ]
        needed = find_needed(store.folder, self.chosen.kept, files)
        self.compactions: list[Compaction] = [
            *compact_segments(store.folder, files, needed),
            *compact_measured(store.folder, files, needed),
        ]

    def write(self, progress: Progress) -> list[StoredFile]:
        """Write all new files."""
        progress.stage("write again", len(self.links) + len(self.compactions))
        new = []
        for link in self.links:
            new.append(joined(self.store.folder, link))
            progress.advance(1)
        for compaction in self.compactions:
            new += compaction.write()
            progress.advance(1)
        return new

    def old(self) -> list[StoredFile]:
        """All files that go."""
        return [*self.removed, *(file for one in self.compactions for file in one.old)]

    def rows(self) -> dict[str, int]:
        """Rows that nothing needs."""
        rows: dict[str, int] = {}
        for one in self.compactions:
            rows[one.kind] = rows.get(one.kind, 0) + one.rows
        return {kind: number for kind, number in rows.items() if number}


def plan_collection(store: Store, drop: Drop | None = None, cache: bool = False) -> Collected:
    """Tell what `collect` would do; changes nothing."""
    work = _Work(store, drop or Drop())
    due = [left for left in leftovers(store.folder) if left.is_due()]
    return _collected(work, [], due, _kept_bytes(store.folder, cache), 0)


def collect(
    store: Store,
    drop: Drop | None = None,
    cache: bool = False,
    grace: timedelta = GRACE,
    wait: float | None = BUILD_WAIT_SECONDS,
    progress: Progress | None = None,
) -> Collected:
    """Drop versions, and free what then nothing needs.

    Contents that no kept version names are left out of the segments, small files are joined, and
    changes between kept versions become one. A file that was replaced stays for `grace`, since a
    command in another process may be about to read it; the next build or gc after that deletes it.
    Kept streams are deleted, and with `cache` what builds keep. Where nothing needs to be written,
    nothing is. Killed at any moment, the store is as before or as after.
    """
    progress = progress or Silent()
    with disk_errors(store.folder), store.building(wait, progress.note):
        work = _Work(store, drop or Drop())
        new = work.write(progress)
        if work.old() or work.chosen.dropped:
            with store.commit() as catalog:
                _commit(catalog, work, new)
        kept = _kept_bytes(store.folder, cache)
        drop_kept(store.folder, cache)
        swept = sweep(store.folder, grace)
        later = sum(left.bytes for left in leftovers(store.folder))
        old = {store.folder / file.path for file in work.old()}
        return _collected(work, new, [s for s in swept if s.path not in old], kept, later)


def _commit(catalog: Connection, work: _Work, new: Sequence[StoredFile]) -> None:
    now = utc_now()
    for file in work.old():
        catalog.execute("DELETE FROM cat.base.files WHERE path = ?", [file.path])
        catalog.execute(
            "INSERT OR REPLACE INTO cat.base.dropped VALUES (?, ?, ?)",
            [file.path, file.bytes, now],
        )
    name_files(catalog, new)
    for version in work.chosen.dropped:
        catalog.execute(
            "DELETE FROM cat.base.versions WHERE dataset = ? AND version = ?",
            [version.dataset, version.number],
        )
    catalog.execute(
        "UPDATE cat.base.versions v SET parent = (SELECT max(o.version) FROM cat.base.versions o "
        "WHERE o.dataset = v.dataset AND o.version < v.version) WHERE parent IS NOT NULL"
    )
    rows = catalog.execute("SELECT path FROM cat.base.dropped").fetchall()
    gone = [[path] for (path,) in rows if not (work.store.folder / path).exists()]
    if gone:
        catalog.executemany("DELETE FROM cat.base.dropped WHERE path = ?", gone)


def _collected(
    work: _Work,
    new: Sequence[StoredFile],
    swept: Sequence[Leftover],
    kept: Mapping[str, int],
    later: int,
) -> Collected:
    return Collected(
        tuple(version.ref for version in work.chosen.dropped),
        work.chosen.protected,
        _by_kind(work.old()),
        work.rows(),
        _by_kind(new),
        (len(swept), sum(left.bytes for left in swept)),
        kept,
        later,
    )


def _by_kind(files: Sequence[StoredFile]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for file in files:
        number, size = found.get(file.kind, (0, 0))
        found[file.kind] = (number + 1, size + file.bytes)
    return found


def _kept_bytes(folder: Path, cache: bool) -> dict[str, int]:
    names = ("streams", "cache") if cache else ("streams",)
    sizes = {name: sum(p.stat().st_size for p in (folder / name).rglob("*")) for name in names}
    return {name: size for name, size in sizes.items() if size}
