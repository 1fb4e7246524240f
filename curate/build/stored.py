"""Versions of the store as sources: their members as they are, and what no longer can be had twice.

Their contents are in the store already, so that none is read; only where a recipe has an opening
they pass it, as what is read of files does.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import orjson
import pyarrow as pa

from curate.build.account import Account, Count
from curate.build.cache import Cache, whole_folder
from curate.build.opening import Opening
from curate.build.reading import READ_FILE, PartTask, ReadResult, kept_result, write_part
from curate.build.selecting import CURRENT
from curate.engines.local import LocalEngine
from curate.errors import CurateError, NotFoundError
from curate.hashing import digest
from curate.progress import Progress
from curate.readers import Read
from curate.recipe import Recipe, Step, StoredSource
from curate.recipe.step import READ
from curate.record import QUARANTINE
from curate.store import Store, Version
from curate.store.catalog import Connection, quoted
from curate.store.snapshot import DEFAULT_SPLIT

REPEATED: Final = "repeated-id"
"""The rule by which a record goes that a source before had already."""


class StoredInput(NamedTuple):
    """A version, or a split of one, that a recipe names as a source."""

    name: str
    version: Version

    def described(self, records: int, quarantined: int) -> dict[str, Any]:
        """What a version says of it (docs/format.md, "Version"); its hash is the snapshot's id."""
        return {
            "source": self.name,
            "file": self.version.ref,
            "sha256": self.version.snapshot,
            "bytes": 0,
            "license": None,
            "records": records,
            "quarantined": quarantined,
        }

    def members_sql(self, limit: int | None) -> str:
        """The SELECT of its members, or the first ones by (id, copy)."""
        members = self.version.members_sql()
        return members if limit is None else f"{members} ORDER BY id, copy LIMIT {limit}"


def stored_inputs(recipe: Recipe, store: Store) -> list[StoredInput]:
    """Find the versions that a recipe names, in its order.

    Raises `NotFoundError` with all that are not there.
    """
    found, faults = [], []
    for source in recipe.sources:
        if not isinstance(source, StoredSource):
            continue
        try:
            found.append(StoredInput(source.name, store.version(source.ref)))
        except CurateError as error:
            faults.append(error)
    if len(faults) == 1:
        raise faults[0]
    if faults:
        lines = "\n  ".join(f"{one.where}: {one.found}. {one.right}" for one in faults)
        raise NotFoundError("sources", f"{len(faults)} are not there:\n  {lines}", "")
    return found


def open_stored(
    inputs: Sequence[StoredInput],
    cache: Cache,
    engine: LocalEngine,
    progress: Progress,
    batch_size: int,
    limit: int | None,
    steps: tuple[Step, ...],
) -> list[ReadResult]:
    """Let the contents of versions pass an opening; nothing is done where there is none."""
    if not steps:
        return []
    opening = Opening(steps, cache.group("steps"))
    return [_opened(one, cache, engine, progress, batch_size, limit, opening) for one in inputs]


def _opened(
    one: StoredInput,
    cache: Cache,
    engine: LocalEngine,
    progress: Progress,
    batch_size: int,
    limit: int | None,
    opening: Opening,
) -> ReadResult:
    made_of = [one.version.snapshot, one.version.split, limit, *opening.chain]
    folder = cache.group("read") / digest(b"curate.stored.1", orjson.dumps(made_of)).hex()
    result = kept_result(folder)
    if result is None:
        records = 0
        with whole_folder(folder) as half:
            batches = _first(one.version.batches(batch_size=batch_size), limit)
            parts = (
                PartTask(half, f"{number:06d}", Read(batch, _NOTHING_BAD), None, opening)
                for number, batch in enumerate(batches)
            )
            for came, _ in engine.map(write_part, parts):
                records += came
                progress.advance(came)
            counts = {"records": records, "quarantined": 0}
            (half / READ_FILE).write_bytes(orjson.dumps(counts))
        result = ReadResult(folder, records, 0)
    cache.use(folder)
    return result


_NOTHING_BAD: Final = pa.RecordBatch.from_pylist([], schema=QUARANTINE)


def _first(batches: Iterator[pa.RecordBatch], limit: int | None) -> Iterator[pa.RecordBatch]:
    left = limit
    for batch in batches:
        if left is not None:
            batch = batch.slice(0, left)
            left -= len(batch)
        yield batch
        if left == 0:
            return


def load_stored(
    connection: Connection, inputs: Sequence[StoredInput], account: Account, limit: int | None
) -> tuple[list[int], list[str]]:
    """Add the members of versions to the current records, and count them.

    Returns how many each version has, and warnings. A record that is there already, by a source
    before, is dropped, and the ledger says so of a copy that it does not get.
    """
    numbers, warnings = [], []
    for one in inputs:
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE came AS SELECT id, copy, hash, "
            f"nullif(split, {quoted(DEFAULT_SPLIT)}) AS split, source, file, line, "
            f"{quoted(one.name)} AS ref FROM ({one.members_sql(limit)})"
        )
        again = f"FROM came SEMI JOIN {CURRENT} USING (id)"
        came, twice = (_by_source(connection, rows) for rows in ("FROM came", again))
        account.add(
            {
                (READ, source): Count(
                    number, 0, number - twice.get(source, 0), twice.get(source, 0)
                )
                for source, number in came.items()
            }
        )
        numbers.append(sum(came.values()))
        if twice:
            _tell_repeated(connection)
            warnings.append(
                f"source {one.name}: {sum(twice.values()):,} of its {numbers[-1]:,} records are of "
                "a source before as well, by their id: they stand once, as they are there"
            )
        if not numbers[-1]:
            warnings.append(f"source {one.name}: it has no records")
        connection.execute(f"INSERT INTO {CURRENT} FROM came ANTI JOIN {CURRENT} USING (id)")
    return numbers, warnings


def _by_source(connection: Connection, rows: str) -> dict[str, int]:
    counted = f"SELECT source, count(*) {rows} GROUP BY source"
    return dict(connection.execute(counted).fetchall())


def _tell_repeated(connection: Connection) -> None:
    """Write into the ledger what of `came` is there already: `value` names what had it first."""
    connection.execute(
        "INSERT INTO new_ledger BY NAME SELECT m.id, "
        "(last + row_number() OVER (PARTITION BY m.id ORDER BY m.copy))::INTEGER AS copy, "
        "? AS step, 'drop' AS action, ? AS rule, to_json(l.ref)::VARCHAR AS value, "
        "m.hash AS before, m.source, m.file, m.line FROM came m JOIN ("
        f" SELECT id, any_value(ref) AS ref, greatest(max(copy), coalesce(max(told), 0)) AS last"
        f" FROM {CURRENT} LEFT JOIN (SELECT id, max(copy) AS told FROM new_ledger GROUP BY id)"
        "  USING (id) GROUP BY id) l ON l.id = m.id",
        [READ, REPEATED],
    )
