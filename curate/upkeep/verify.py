"""`curate verify`: whether all that the store promises is still there, as it was written."""

import duckdb
import orjson

from curate.errors import CurateError
from curate.progress import Progress, Silent
from curate.store import Store, Version
from curate.store.catalog import reading
from curate.store.delta import StoredFile
from curate.store.leftovers import leftovers
from curate.store.tombstones import Tombstones
from curate.upkeep.contents import Contents, check_contents
from curate.upkeep.files import Checked, check_files
from curate.upkeep.findings import Finding, Report
from curate.upkeep.measured import check_measured
from curate.upkeep.payloads import Payloads, find_payloads
from curate.upkeep.streams import check_streams
from curate.upkeep.versions import Seen, check_version

CATALOG = "catalog.duckdb"


def verify(
    store: Store, ref: str | None = None, deep: bool = False, progress: Progress | None = None
) -> Report:
    """Check a store, or one version of it, and name every damaged thing.

    Checked are: the catalog; of every file that it names the size, SHA-256, footer and number of
    rows; that every member has a payload or was erased; every snapshot id, made again from the
    members; that the counts of every step add up and agree with members and ledger; that no change
    is missing between versions. With `deep` also every payload's hash, made again from its content,
    the values that were measured, and kept streams; every file is then decoded whole.

    Reads only, and needs no lock. Raises `NotFoundError` where the REF names nothing.
    """
    progress = progress or Silent()
    try:
        _read_whole_catalog(store)
        versions = store.versions() if ref is None else [store.version(ref).with_split(None)]
        tombstones = Tombstones.load(store)
        files = _files_of(store, versions, everything=ref is None)
    except (duckdb.Error, orjson.JSONDecodeError, OSError) as error:
        return _of_damaged_catalog(deep, str(error))
    except CurateError as error:
        if error.exit_code != 6:
            raise
        return _of_damaged_catalog(deep, f"{error.where}: {error.found}")
    return _checked(store, versions, files, tombstones, deep, ref is None, progress)


def _checked(
    store: Store,
    versions: list[Version],
    files: list[StoredFile],
    tombstones: Tombstones,
    deep: bool,
    everything: bool,
    progress: Progress,
) -> Report:
    """Check what a catalog that is whole says there is."""
    checked = check_files(store.folder, files, progress)
    readable = [one.file for one in checked if one.is_readable]
    payloads = find_payloads(store.folder, checked, tombstones)
    contents = check_contents(store.folder, readable, progress) if deep else Contents()
    seen = _check_versions(versions, checked, payloads, contents, progress)
    findings = [finding for one in seen for finding in one.findings]
    findings += _of_files(checked, seen)
    findings += contents.findings(seen)
    if deep:
        findings += check_measured(store.folder, readable, progress)
        findings += check_streams(store.folder, progress)
    if everything:
        findings += _tags_without_version(store, versions)
    return Report(
        deep,
        len(files),
        sum(file.bytes for file in files),
        len(versions),
        payloads.stored,
        tuple(findings),
        {one.version.ref: one.erased for one in seen if one.erased},
        tuple(str(left.path.relative_to(store.folder)) for left in leftovers(store.folder)),
    )


def _read_whole_catalog(store: Store) -> None:
    """Read every row of the catalog: its blocks have checksums of their own."""
    with reading(store.folder) as connection:
        tables = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'cat' ORDER BY 1"
        ).fetchall()
        for (name,) in tables:
            connection.execute(f'SELECT * FROM cat.base."{name}"').fetchall()


def _of_damaged_catalog(deep: bool, found: str) -> Report:
    what = f"cannot be read, and without it nothing else can: {found}"
    return Report(deep, 0, 0, 0, 0, (Finding("catalog", CATALOG, what),))


def _files_of(store: Store, versions: list[Version], everything: bool) -> list[StoredFile]:
    if everything:
        return store.files()
    own = {file for version in versions for file in (*version.files, *version.segments)}
    return sorted(own, key=lambda file: (file.kind, file.path))


def _check_versions(
    versions: list[Version],
    checked: list[Checked],
    payloads: Payloads,
    contents: Contents,
    progress: Progress,
) -> list[Seen]:
    progress.stage("versions", len(versions))
    damaged = {one.file.path: one for one in checked if one.kind is not None}
    seen = []
    for version in versions:
        seen.append(check_version(version, damaged, payloads, contents.bad()))
        progress.advance(1)
    return seen


def _of_files(checked: list[Checked], seen: list[Seen]) -> list[Finding]:
    """Each damaged file with the versions that it hits."""
    found = []
    for one in checked:
        if one.kind is None:
            continue
        if one.file.kind == "segment":
            hit = [(s.version.ref, n) for s in seen if (n := s.segments.get(one.file.path, 0))]
        else:
            hit = [(s.version.ref, 0) for s in seen if one.file.path in s.needed]
        found.append(one.finding(hit))
    return found


def _tags_without_version(store: Store, versions: list[Version]) -> list[Finding]:
    known = {(version.dataset, version.number) for version in versions}
    return [
        Finding("tag", f"tag {tag['tag']}", f"names {tag['dataset']}@{tag['version']}: not there")
        for tag in store.tags()
        if (tag["dataset"], tag["version"]) not in known
    ]
