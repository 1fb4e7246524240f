"""Signals of the members of a version, without a build: what is measured is stored."""

from collections.abc import Sequence

from curate.build.account import Account
from curate.build.cache import Cache
from curate.build.commit import begin_ledger, keep_measured
from curate.build.judging import forget_measured, store_measured
from curate.build.options import Options
from curate.build.plan import plan
from curate.build.segment import run_segment
from curate.build.selecting import CURRENT
from curate.build.site import Site, connection_of
from curate.build.sweep import sweep
from curate.build.tidy import end_merges
from curate.engines.local import LocalEngine
from curate.errors import UsageError
from curate.operator import SignalOperator
from curate.progress import Progress, Silent
from curate.recipe import Step, load_code
from curate.store import Store, Version
from curate.store.catalog import Connection
from curate.store.delta import StoredFile
from curate.store.disk import disk_errors
from curate.store.parquet import parquet_sql


def score(
    store: Store,
    version: Version,
    steps: Sequence[Step],
    options: Options | None = None,
    progress: Progress | None = None,
) -> int:
    """Measure what signal steps do not know of a version's members; return how many values.

    It takes turns with builds, and is like one: what a killed run measured is kept, and the next
    run or build goes on from there. The version stays as it is. Raises UsageError where a step is
    no signal.
    """
    options, progress = options or Options(), progress or Silent()
    for step in steps:
        if not isinstance(step.operator, SignalOperator):
            found = f"{step.operator.name} is a step of the kind {step.operator.kind}"
            raise UsageError(f"step {step.name}", found, "Only signals can be added to a version.")
    with disk_errors(store.folder), store.building(options.wait, progress.note):
        sweep(store)
        cache = Cache(store, counts=False)
        try:
            end_merges(cache)
            return _run(store, version, steps, options, progress, cache)
        finally:
            cache.close()


def _run(
    store: Store,
    version: Version,
    steps: Sequence[Step],
    options: Options,
    progress: Progress,
    cache: Cache,
) -> int:
    def prepare() -> None:
        for path in options.allow_code:
            load_code(path)

    engine = LocalEngine(options.workers, prepare if options.allow_code else None)
    connection = connection_of(cache, options.workers)
    try:
        begin_ledger(connection)
        _load_members(connection, version, cache)
        site = Site(connection, cache, engine, progress, Account(), options.batch_size, seed=0)
        for segment in plan(steps):
            run_segment(site, segment)
        measured = store_measured(connection, store, cache)
        keep_measured(store, measured)
        cache.rest_on_commit()
        forget_measured(cache)
        return _values(measured)
    except KeyboardInterrupt:
        engine.stop()
        raise
    finally:
        engine.close()
        connection.close()


def _load_members(connection: Connection, version: Version, cache: Cache) -> None:
    """Make the table of current records of the members; what was erased has nothing to measure."""
    segments = cache.stored("segment")
    stored = parquet_sql(segments) if segments else "(SELECT NULL::BLOB AS hash WHERE false)"
    connection.execute(
        f"CREATE OR REPLACE TABLE {CURRENT} AS "
        f"SELECT id, copy, m.hash, split, source, file, line FROM ({version.members_sql()}) m "
        f"SEMI JOIN {stored} s ON s.hash = m.hash"
    )


def _values(measured: Sequence[StoredFile]) -> int:
    return sum(file.records for file in measured if file.kind == "signals")
