"""A build: recipe and files in, one version out."""

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from curate.build.account import Account
from curate.build.arrow_file import read_arrow
from curate.build.cache import Cache, damaged
from curate.build.commit import Outcome, begin_ledger, commit, keep_measured, load_members
from curate.build.erased import drop_erased
from curate.build.families import families
from curate.build.given import with_made
from curate.build.hiding import hide
from curate.build.inputs import Input, inputs_of
from curate.build.judging import forget_measured, store_measured
from curate.build.leaking import check_leaks
from curate.build.manifest import greedy_steps, manifest_of, silent_rules, used_rules
from curate.build.opening import opening_of
from curate.build.options import Options
from curate.build.plan import plan
from curate.build.pool import LostContentError, cached_contents
from curate.build.reading import read_all
from curate.build.records import check_bad, load_records, quarantine_of
from curate.build.references import Named, named_references
from curate.build.segment import run_segment
from curate.build.sides import moved_sides
from curate.build.site import Site, connection_of
from curate.build.stored import StoredInput, load_stored, open_stored, stored_inputs
from curate.build.sweep import sweep
from curate.build.tidy import end_merges, forget_stored, merge
from curate.build.unchanged import is_unchanged
from curate.engines.collecting import seldom_collected
from curate.engines.local import LocalEngine
from curate.errors import LeakError
from curate.progress import Progress, Silent
from curate.recipe import Recipe, load_code
from curate.recipe.step import READ
from curate.store import Store, Version
from curate.store.catalog import Connection, row_of
from curate.store.disk import disk_errors
from curate.store.members import Members
from curate.store.tombstones import Tombstones


@dataclass
class Built:
    """What a build did: the version, and whether it is new."""

    version: Version | None
    """The new version, or the one that was there already; None for a dry run."""
    is_new: bool
    outcome: Outcome
    reused: list[str] = field(default_factory=list)
    """The steps that had nothing to do, since all they could say was known."""


def build(
    recipe: Recipe, store: Store, options: Options | None = None, progress: Progress | None = None
) -> Built:
    """Build a recipe into a store and commit the result as a new version.

    Raises a `CurateError` and commits nothing where input, operators, disk or the account fail.
    """
    options, progress = options or Options(), progress or Silent()
    with (
        disk_errors(store.folder),
        store.building(options.wait, progress.note),
        seldom_collected(),
    ):
        sweep(store)
        cache = Cache(store)
        try:
            end_merges(cache)
            return _run(recipe, store, options, progress, cache)
        finally:
            cache.close()


def _run(recipe: Recipe, store: Store, options: Options, progress: Progress, cache: Cache) -> Built:
    """Build; where the cache turns out to be damaged, build again without what is."""
    try:
        return _Build(recipe, store, options, progress, cache).run()
    except LostContentError:
        cache.clear()
    except LeakError:
        cache.clear()  # it holds what was left
        raise
    except (duckdb.Error, pa.ArrowException, OSError):
        unreadable = damaged(cache.folder)
        if not unreadable:
            raise
        cache.clear()
    progress.note("the cache was damaged: it is made anew")
    return _Build(recipe, store, options, progress, cache).run()


class _Build:
    """The state of one build, from its inputs to the commit."""

    def __init__(
        self, recipe: Recipe, store: Store, options: Options, progress: Progress, cache: Cache
    ) -> None:
        self.recipe, self.store, self.options, self.progress = recipe, store, options, progress
        self.cache, self.tombstones = cache, Tombstones.load(store)
        prepare = partial(_load_all_code, options.allow_code) if options.allow_code else None
        self.engine = LocalEngine(options.workers, prepare)
        self.account = Account()
        self.reused: list[str] = []

    def run(self) -> Built:
        """Build from the inputs on, or say that there is nothing to do."""
        inputs = inputs_of(self.recipe)
        stored = stored_inputs(self.recipe, self.store)
        references = named_references(self.recipe, self.store)
        manifest = manifest_of(self.recipe, self.options, self.engine, self.tombstones)
        manifest["references"] = {
            step: [one.described() for one in named] for step, named in references.items()
        }
        newest = self.store.latest(self.recipe.dataset)
        if newest and is_unchanged(newest, self.recipe, [*inputs, *stored], manifest, self.options):
            reused = [READ, *(step.name for step in self.recipe.steps)]
            version = None if self.options.dry_run else newest
            return Built(version, False, Outcome.of(self.recipe, newest), reused)
        connection = connection_of(self.cache, self.options.workers)
        try:
            return self._build(connection, inputs, stored, references, manifest)
        except KeyboardInterrupt:
            self.engine.stop()
            raise
        finally:
            self.engine.close()
            connection.close()

    def _build(
        self,
        connection: Connection,
        inputs: list[Input],
        stored: list[StoredInput],
        references: dict[str, list[Named]],
        manifest: dict[str, Any],
    ) -> Built:
        options = self.options
        how = (self.cache, self.engine, self.progress, options.batch_size, options.limit)
        opening = opening_of(self.recipe.steps)
        of_files = read_all(inputs, *how, opening)
        results = [*of_files, *open_stored(stored, *how, opening)]
        self._reused([] if any(result.is_new for result in results) else [READ])
        check_bad(results, options.max_bad)
        begin_ledger(connection)
        warnings = load_records(connection, inputs, of_files, self.account)
        numbers, told = load_stored(connection, stored, self.account, options.limit)
        warnings += told
        drop_erased(connection, self.cache, self.tombstones, self.account, results)
        site = Site(
            connection,
            self.cache,
            self.engine,
            self.progress,
            self.account,
            options.batch_size,
            self.recipe.seed,
            references,
            tombstones=self.tombstones,
        )
        for segment in plan(self.recipe.steps, fuse=options.fuse):
            self._reused(run_segment(site, segment))
        hide(connection, results)
        members = load_members(connection)
        warnings += check_leaks(site, self.recipe.steps, results)
        self.engine.close()  # what is left needs the workers' memory, and no workers
        self.progress.stage("commit", None)
        described = [
            one.described(result.records, result.quarantined)
            for one, result in zip(inputs, of_files, strict=True)
        ]
        described += [one.described(n, 0) for one, n in zip(stored, numbers, strict=True)]
        manifest["notes"] = site.notes
        manifest["rules"] = used_rules(with_made(self.recipe.steps, site.made))
        outcome = self._outcome(
            connection, members, described, warnings, manifest, site.certificates
        )
        return self._finish(connection, outcome, members, quarantine_of(results))

    def _reused(self, names: list[str]) -> None:
        if names:
            self.reused += names
            self.progress.note(f"{' + '.join(names)}: nothing new")

    def _outcome(
        self,
        connection: Connection,
        members: Members,
        inputs: list[dict[str, Any]],
        warnings: list[str],
        manifest: dict[str, Any],
        certificates: list[dict[str, Any]],
    ) -> Outcome:
        steps = [step.name for step in self.recipe.steps]
        rows = connection.execute("SELECT source, count(*) FROM new_members GROUP BY source")
        self.account.check(steps, dict(rows.fetchall()))
        edited = row_of(
            connection, "SELECT count(DISTINCT id) FROM new_ledger WHERE action = 'edit'"
        )
        counts = self.account.rows(steps)
        return Outcome(
            self.recipe,
            members.snapshot,
            len(members),
            self.account.total("dropped"),
            edited[0] if edited else 0,
            self.account.total("quarantined"),
            inputs,
            counts,
            [
                {"kind": "accounting", "holds": True, "steps": [READ, *steps]},
                *certificates,
                *families(connection),
            ],
            [
                *warnings,
                *filter(None, [self.recipe.overtaken]),
                *greedy_steps(connection, counts),
                *silent_rules(connection, self.recipe),
                *moved_sides(connection, self.store.latest(self.recipe.dataset), members),
                *(
                    f"step {step.name}: {warning}"
                    for step in self.recipe.steps
                    for warning in step.operator.warnings()
                ),
            ],
            manifest,
        )

    def _finish(
        self,
        connection: Connection,
        outcome: Outcome,
        members: Members,
        quarantine: list[Path],
    ) -> Built:
        if self.options.dry_run:
            return Built(None, False, outcome, self.reused)
        version = self.store.latest(self.recipe.dataset)
        is_new = not outcome.is_like(version)
        measured = store_measured(connection, self.store, self.cache)
        if is_new:
            payloads = map(read_arrow, cached_contents(self.cache))
            new = (connection, self.store, outcome, members)
            version = commit(*new, payloads, quarantine, measured)
        else:
            keep_measured(self.store, measured)
        self.cache.rest_on_commit()
        forget_measured(self.cache)
        forget_stored(connection, self.cache)
        merge(connection, self.cache)
        return Built(version, is_new, outcome, self.reused)


def _load_all_code(paths: tuple[Path, ...]) -> None:
    for path in paths:
        load_code(path)
