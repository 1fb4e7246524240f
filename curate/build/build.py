"""A build: recipe and files in, one version out."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from curate.build.account import Account
from curate.build.commit import Outcome, commit, keep_signals, load_tables
from curate.build.manifest import greedy_steps, manifest_of, silent_rules
from curate.build.measuring import new_signals, rescue, write_known
from curate.build.options import Options
from curate.build.parts import part_path, parts_of
from curate.build.plan import Segment, plan
from curate.build.reading import READER_VERSION, Input, check_bad, inputs_of, read_all
from curate.build.rowwise import run_part
from curate.build.selecting import CURRENT, load_current, select, write_apply
from curate.build.stage import Stage, find_or_make, forget_others, stage_key
from curate.build.sweep import sweep
from curate.build.task import RowTask
from curate.engines.local import LocalEngine
from curate.progress import Progress, Silent
from curate.recipe import Recipe, load_code
from curate.store import Store, Version
from curate.store.catalog import Connection, connect, quoted, row_of
from curate.store.disk import disk_errors


@dataclass
class Built:
    """What a build did: the version, and whether it is new."""

    version: Version | None
    """The new version, or the one that was there already; None for a dry run."""
    is_new: bool
    outcome: Outcome
    reused: list[str] = field(default_factory=list)
    """The stages that were found finished."""


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
    ):
        sweep(store)
        return _Build(recipe, store, options, progress).run()


class _Build:
    """The state of one build, from its inputs to the commit."""

    def __init__(self, recipe: Recipe, store: Store, options: Options, progress: Progress) -> None:
        self.recipe, self.store, self.options, self.progress = recipe, store, options, progress
        self.home = store.folder / "cache" / recipe.dataset
        prepare = partial(_load_all_code, options.allow_code) if options.allow_code else None
        self.engine = LocalEngine(options.workers, prepare)
        self.account = Account()
        self.stages: list[Stage] = []
        self.ledgers: list[pa.Table] = []
        self.reused: list[str] = []

    def run(self) -> Built:
        """Run all stages, check the account, and commit."""
        inputs = inputs_of(self.recipe)
        rescue(self.home)
        connection = self._connection()
        try:
            self._read(inputs)
            segments = plan(self.recipe.steps, fuse=self.options.fuse)
            for number, segment in enumerate(segments):
                self._run_segment(connection, number, segment)
            if not segments:
                load_current(connection, self.stages[-1])
            return self._finish(connection)
        except KeyboardInterrupt:
            self.engine.stop()
            raise
        finally:
            self.engine.close()
            connection.close()

    def _connection(self) -> Connection:
        connection = connect()
        self.home.mkdir(parents=True, exist_ok=True)
        connection.execute(f"SET temp_directory = {quoted(str(self.home / 'spill'))}")
        connection.execute(
            f"SET threads = {max(1, min(self.options.workers, os.cpu_count() or 1))}"
        )
        return connection

    def _stage(self, name: str, key: str, make: Callable[[Stage], None]) -> Stage:
        existed = (self.home / key).is_dir()
        stage = find_or_make(self.home, key, make)
        if existed:
            self.reused.append(name)
            self.progress.note(f"{name}: reused from the last build")
        self.account.add(stage.counts)
        self.stages.append(stage)
        return stage

    def _read(self, inputs: list[Input]) -> None:
        declared = [
            [
                one.source.model_dump(mode="json", exclude={"path"}),
                one.name,
                one.file.name,
                one.file.sha256,
            ]
            for one in inputs
        ]
        key = stage_key("read", READER_VERSION, self.options.limit, declared)
        options = self.options

        def make(stage: Stage) -> None:
            read_all(inputs, stage, self.engine, self.progress, options.batch_size, options.limit)

        stage = self._stage("read", key, make)
        check_bad(stage, options.max_bad)

    def _run_segment(self, connection: Connection, number: int, segment: Segment) -> None:
        before = self.stages[-1]
        apply = None
        if number > 0:
            apply = self.home / "apply" / before.key
            write_apply(connection, before, apply)
        fingerprints = [step.operator.fingerprint() for step in segment.all_before]
        names = [step.name for step in segment.all_before]
        key = stage_key(
            self.stages[0].key, self.recipe.seed, names, fingerprints, number, self.options.fuse
        )
        stage = self._stage(
            " + ".join(step.name for step in segment.steps) or "facts",
            key,
            lambda stage: self._map_parts(stage, self._tasks(connection, stage, apply, segment)),
        )
        load_current(connection, stage)
        for place, step in enumerate(segment.selections):
            self.progress.stage(step.name, None)
            facts = parts_of(stage.folder, f"facts/{place}")
            self.ledgers.append(select(connection, facts, step, self.recipe.seed, self.account))

    def _tasks(
        self, connection: Connection, stage: Stage, apply: Path | None, segment: Segment
    ) -> list[RowTask]:
        known = write_known(connection, self.store, self.home, stage.key, segment.steps)
        return [
            RowTask(
                path,
                part_path(apply, "apply", path.stem) if apply else None,
                stage.folder,
                path.stem,
                segment.steps,
                segment.selections,
                self.recipe.seed,
                known,
            )
            for path in parts_of(self.stages[-1].folder, "records")
        ]

    def _map_parts(self, stage: Stage, tasks: list[RowTask]) -> None:
        steps = tasks[0].steps if tasks else ()
        total = sum(count.kept for (step, _), count in self.stages[0].counts.items())
        self.progress.stage(" + ".join(step.name for step in steps) or "facts", total)
        account = Account()
        for result in self.engine.map(run_part, tasks):
            account.add(result.counts)
            self.progress.advance(result.records)
        stage.counts = dict(account.counts)

    def _finish(self, connection: Connection) -> Built:
        self.progress.stage("commit", None)
        steps = [step.name for step in self.recipe.steps]
        snapshot = load_tables(connection, self.stages, self.ledgers)
        members = dict(
            connection.execute(f"SELECT source, count(*) FROM {CURRENT} GROUP BY source").fetchall()
        )
        self.account.check(steps, members)
        outcome = self._outcome(connection, snapshot, steps)
        version = self.store.latest(self.recipe.dataset)
        if self.options.dry_run:
            return Built(None, False, outcome, self.reused)
        is_new = not outcome.is_like(version)
        signals = new_signals(connection, self.store, self.home)
        if is_new:
            version = commit(connection, self.store, self.stages, outcome, signals)
        else:
            keep_signals(self.store, signals)
        forget_others(self.home, {stage.key for stage in self.stages})
        return Built(version, is_new, outcome, self.reused)

    def _outcome(self, connection: Connection, snapshot: str, steps: Sequence[str]) -> Outcome:
        facts: dict[str, Any] = self.stages[0].facts
        counted = row_of(connection, "SELECT count(*) FROM new_members")
        edited = row_of(
            connection, "SELECT count(DISTINCT id) FROM new_ledger WHERE action = 'edit'"
        )
        counts = self.account.rows(steps)
        warnings = [
            *facts["warnings"],
            *greedy_steps(connection, counts),
            *silent_rules(connection, self.recipe),
        ]
        certificate = {"kind": "accounting", "holds": True, "steps": ["read", *steps]}
        return Outcome(
            self.recipe,
            snapshot,
            counted[0] if counted else 0,
            self.account.total("dropped"),
            edited[0] if edited else 0,
            self.account.total("quarantined"),
            facts["files"],
            counts,
            [certificate],
            warnings,
            manifest_of(self.recipe, self.options, self.engine),
        )


def _load_all_code(paths: tuple[Path, ...]) -> None:
    for path in paths:
        load_code(path)
