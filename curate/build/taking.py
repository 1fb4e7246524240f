"""Facts of the records of a build that are not known yet, taken by workers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from curate.build import facts
from curate.build.culprit import StepError, named
from curate.build.facts import FactTask, take_facts
from curate.build.pool import Slice, pool, slices
from curate.build.scores import write_scores
from curate.build.selecting import CURRENT, selection_of
from curate.build.site import Site
from curate.recipe import Step
from curate.store.catalog import Connection, row_of

COMPILED_FROM: Final = 2_000
"""Contents from which most tasks are large enough for compiled code (`scan.KERNEL_BYTES`)."""


def take_missing(site: Site, selections: Sequence[Step], homes: Sequence[Path]) -> bool:
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
    if rows_of(found) >= COMPILED_FROM:
        for step in selections:
            selection_of(step).prepare(site.progress.note)
    site.progress.stage("facts", rows_of(found))
    try:
        for done in site.engine.map(take_facts, tasks):
            site.progress.advance(done)
    except StepError as error:
        raise named(error, record_of(site.connection, "SELECT ?", error.content)) from error
    return False


def rows_of(found: Sequence[Slice]) -> int:
    """How many contents tasks have together."""
    return sum(len(each.told) for each in found)


def record_of(
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
