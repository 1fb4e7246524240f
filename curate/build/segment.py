"""One segment of a build: row-wise steps, then the selections after them."""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from curate.build import facts, replay
from curate.build.culprit import StepError, named
from curate.build.facts import FactTask, take_facts
from curate.build.given import with_made
from curate.build.known import write_known
from curate.build.measuring import write_known_texts
from curate.build.memo import load_memos
from curate.build.opening import chain_of
from curate.build.plan import Segment
from curate.build.pool import Slice, pool, slices
from curate.build.references import bound
from curate.build.rowwise import StepTask, run_steps
from curate.build.scores import write_scores
from curate.build.selecting import CURRENT, selection_of
from curate.build.selection_step import run_selection
from curate.build.site import Site
from curate.engines.local import LocalEngine
from curate.operator import SignalOperator
from curate.recipe import Step
from curate.scan.compiling import kernel
from curate.store.catalog import Connection, row_of

COMPILED_FROM: Final = 2_000
"""Contents from which most tasks are large enough for compiled code (`scan.KERNEL_BYTES`)."""


def run_segment(site: Site, segment: Segment) -> list[str]:
    """Run a segment on the current records; return the names of steps that had nothing to do."""
    idle: list[str] = []
    segment = _with_made(site, segment)
    segment = segment._replace(
        selections=tuple(
            bound(step, site.references.get(step.name, []), site.references_folder)
            for step in segment.selections
        )
    )
    if segment.steps and _run_steps(site, segment):
        idle += [step.name for step in segment.steps]
    if segment.selections:
        homes = [facts.facts_home(site.cache, step, site.seed) for step in segment.selections]
        if _take_facts(site, segment.selections, homes):
            idle += [step.name for step in segment.selections]
        for step, home in zip(segment.selections, homes, strict=True):
            run_selection(site, step, home)
    return idle


def _with_made(site: Site, segment: Segment) -> Segment:
    """The segment, whose steps know what made the scores that selections gave before it."""
    steps = with_made(segment.steps, site.made)
    # What scrubs runs before all selections, so that none of it is behind these steps.
    chain = segment.chain if steps == segment.steps else chain_of(steps)
    return Segment(steps, with_made(segment.selections, site.made), chain)


def _run_steps(site: Site, segment: Segment) -> bool:
    """Run the row-wise steps on what is new to them, and replay; tell whether nothing was."""
    connection, chain = site.connection, segment.chain
    loaded = load_memos(connection, site.cache, chain, frozenset())
    stuck = replay.follow(connection, len(chain))
    idle = not stuck
    while stuck:
        _run_stuck(site, segment)
        loaded = load_memos(connection, site.cache, chain, loaded)
        stuck = replay.resume(connection, len(chain))
        if stuck and not _progressed(connection):
            raise RuntimeError(f"{stuck} contents are stuck in {[s.name for s in segment.steps]}")
    replay.apply_steps(connection, segment.steps, site.account)
    _tell(site, segment)
    return idle


def _tell(site: Site, segment: Segment) -> None:
    """Put what signal steps have to tell into the manifest, and before the user."""
    for step in segment.steps:
        notes = step.operator.notes() if isinstance(step.operator, SignalOperator) else ()
        if notes:
            site.notes[step.name] = list(notes)
        for note in notes:
            site.progress.note(f"{step.name}: {note}")


def _run_stuck(site: Site, segment: Segment) -> None:
    connection, cache = site.connection, site.cache
    replay.wanted(connection)
    connection.execute("CREATE OR REPLACE TEMP TABLE ran AS SELECT * FROM wanted")
    engine, batch_size = _pace(site, segment)
    found = slices(connection, pool(cache), "wanted", batch_size)
    known = write_known(connection, cache.work / uuid.uuid4().hex)
    texts = write_known_texts(connection, cache, segment.steps)
    scores = write_scores(connection, cache, segment.steps)
    tasks = [
        StepTask(
            each.pieces,
            each.told.column("position").to_numpy().astype("int64"),
            segment.steps,
            segment.chain,
            cache.group("steps"),
            known,
            texts,
            scores,
        )
        for each in found
    ]
    _make_ready(site, segment, _rows(found))
    site.progress.stage(" + ".join(step.name for step in segment.steps), _rows(found))
    try:
        for done in engine.map(run_steps, tasks):
            site.progress.advance(done)
    except StepError as error:
        at = "SELECT came FROM stuck WHERE hash = ?"
        raise named(error, _record(connection, at, error.content)) from error


def _pace(site: Site, segment: Segment) -> tuple[LocalEngine, int]:
    """What runs a segment, and the records of a task: a slow step has this process, and few."""
    for step in segment.steps:
        if isinstance(step.operator, SignalOperator) and step.operator.slow:
            return LocalEngine(), min(site.batch_size, step.operator.at_once())
    return site.engine, site.batch_size


def _make_ready(site: Site, segment: Segment, contents: int) -> None:
    """Have the kernel compiled before workers would each do it, and say so."""
    if contents >= COMPILED_FROM and any(step.operator.scans for step in segment.steps):
        kernel(site.progress.note)


def _progressed(connection: Connection) -> bool:
    """Whether a step ran on everything that it was to run on."""
    again = row_of(connection, "SELECT count(*) FROM stuck SEMI JOIN ran USING (hash, position)")
    return again == (0,)


def _take_facts(site: Site, selections: Sequence[Step], homes: Sequence[Path]) -> bool:
    """Take the facts that are missing; tell whether none were."""
    for home in homes:
        home.mkdir(parents=True, exist_ok=True)
        site.cache.use(home)
    facts.lacking_facts(site.connection, homes)
    if row_of(site.connection, "SELECT count(*) FROM wanted") == (0,):
        return True
    found = slices(site.connection, pool(site.cache), "wanted", site.batch_size)
    scores = write_scores(site.connection, site.cache, selections)
    tasks = [
        FactTask(each.pieces, each.told, tuple(selections), tuple(homes), site.seed, scores)
        for each in found
    ]
    if _rows(found) >= COMPILED_FROM:
        for step in selections:
            selection_of(step).prepare(site.progress.note)
    site.progress.stage("facts", _rows(found))
    try:
        for done in site.engine.map(take_facts, tasks):
            site.progress.advance(done)
    except StepError as error:
        raise named(error, _record(site.connection, "SELECT ?", error.content)) from error
    return False


def _rows(found: Sequence[Slice]) -> int:
    return sum(len(each.told) for each in found)


def _record(
    connection: Connection, hashes: str, content: bytes | None
) -> tuple[bytes, str, int] | None:
    """The record with the lowest id among those of a content, for a message."""
    if content is None:
        return None
    row = row_of(
        connection,
        f"SELECT id, file, line FROM {CURRENT} WHERE hash IN ({hashes}) ORDER BY id LIMIT 1",
        [content],
    )
    return None if row is None else (row[0], row[1], row[2])
