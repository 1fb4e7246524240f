"""One segment of a build: row-wise steps, then selections, then an expansion."""

import uuid

from curate.build import facts, replay
from curate.build.culprit import StepError, named
from curate.build.expansion_step import run_expansion
from curate.build.given import with_made
from curate.build.known import write_known
from curate.build.measuring import write_known_texts
from curate.build.memo import load_memos
from curate.build.opening import chain_of
from curate.build.plan import Segment
from curate.build.pool import pool, slices
from curate.build.references import bound
from curate.build.rowwise import StepTask, run_steps
from curate.build.scores import write_scores
from curate.build.selection_step import run_selection
from curate.build.site import Site
from curate.build.taking import COMPILED_FROM, record_of, rows_of, take_missing
from curate.engines.local import LocalEngine
from curate.operator import SignalOperator
from curate.scan.compiling import kernel
from curate.store.catalog import Connection, row_of


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
        if take_missing(site, segment.selections, homes):
            idle += [step.name for step in segment.selections]
        for step, home in zip(segment.selections, homes, strict=True):
            run_selection(site, step, home)
    for step in segment.expansion:
        idle += [step.name] if run_expansion(site, step) else []
    return idle


def _with_made(site: Site, segment: Segment) -> Segment:
    """The segment, whose steps know what made the scores that selections gave before it."""
    steps = with_made(segment.steps, site.made)
    # What scrubs runs before all selections, so that none of it is behind these steps.
    chain = segment.chain if steps == segment.steps else chain_of(steps)
    selections, expansion = (
        with_made(each, site.made) for each in (segment.selections, segment.expansion)
    )
    return Segment(steps, selections, expansion, chain)


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
    _make_ready(site, segment, rows_of(found))
    site.progress.stage(" + ".join(step.name for step in segment.steps), rows_of(found))
    try:
        for done in engine.map(run_steps, tasks):
            site.progress.advance(done)
    except StepError as error:
        at = "SELECT came FROM stuck WHERE hash = ?"
        raise named(error, record_of(connection, at, error.content)) from error


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
