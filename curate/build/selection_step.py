"""One selection, from the facts of all records to the records that are left."""

from collections.abc import Sequence
from pathlib import Path

from curate.build import facts
from curate.build.culprit import StepError, named
from curate.build.cutting import cut
from curate.build.gathered import Gathering
from curate.build.given import keep_given
from curate.build.labelling import label
from curate.build.selecting import CURRENT, apply, by_source, counts, decide, selection_of
from curate.build.site import Site
from curate.recipe import Step
from curate.store.catalog import quoted
from curate.store.parquet import parquet_sql


def run_selection(site: Site, step: Step, home: Path) -> None:
    """Decide, write the ledger, and change the current records.

    `home` is where the facts of all of them are.
    """
    others = _facts_of_references(site, step, home)
    site.progress.stage(step.name, None)
    connection, operator = site.connection, selection_of(step)
    came = by_source(connection)
    own = facts.fact_files(home) or [facts.no_facts(step, site.cache.work, site.seed)]
    connection.execute(f"CREATE OR REPLACE TEMP VIEW facts AS {facts_sql(own)}")
    connection.execute(f"CREATE OR REPLACE TEMP VIEW others AS {others_sql(own, others)}")
    gathering = Gathering(connection, site.cache, site.reference_files, site.batch_size)
    decide(connection, step, gathering, site.seed)
    site.notes[step.name] = list(operator.notes(gathering))
    for note in site.notes[step.name]:
        site.progress.note(f"{step.name}: {note}")
    certificate = operator.certificate(gathering)
    if certificate is not None:
        site.certificates.append({**certificate, "step": step.name})
    site.made |= keep_given(site.cache, step)
    added = apply(connection, step.name)
    if operator.cuts(site.seed) is not None:
        cut(gathering, step, "SELECT * FROM cuts")
    if operator.labels(site.seed) is not None:
        label(gathering, step, "SELECT * FROM labelled")
    site.account.add(counts(connection, step.name, came, added))


def _facts_of_references(site: Site, step: Step, home: Path) -> list[tuple[str, list[Path]]]:
    """The name of each reference, with files of the facts of its records."""
    operator = selection_of(step)
    found = []
    for reference in operator.references if operator.compares else ():
        given = (step, reference, home, site.seed, site.progress)
        try:
            files = facts.take_facts_of_reference(*given)
        except StepError as error:
            raise named(error, None) from error
        for file in files[:1]:
            site.cache.use(file.parent)
        found.append((reference.name, files))
    return found


def facts_sql(files: Sequence[Path]) -> str:
    """The facts of the current records."""
    return (
        "SELECT c.id, c.copy, c.hash, c.source, c.split, c.ref, "
        f"f.* EXCLUDE ({facts.ID}, {facts.HASH}) FROM {CURRENT} c JOIN {parquet_sql(files)} f "
        f"ON f.{facts.ID} = c.id AND f.{facts.HASH} = c.hash"
    )


def others_sql(own: Sequence[Path], others: Sequence[tuple[str, list[Path]]]) -> str:
    """The facts of the records of references; an empty table of these columns without any."""
    kept = f"{facts.ID} AS id, {facts.COPY} AS copy, {facts.HASH} AS hash, {facts.SOURCE} AS source"
    known = ", ".join((facts.ID, facts.COPY, facts.HASH, facts.SOURCE))
    parts = [
        f"SELECT {quoted(name)} AS reference, {kept}, * EXCLUDE ({known}) FROM {parquet_sql(files)}"
        for name, files in others
        if files
    ]
    nothing = (
        "SELECT ''::VARCHAR AS reference, ''::BLOB AS id, 0::INTEGER AS copy, ''::BLOB AS hash, "
        f"''::VARCHAR AS source, * EXCLUDE ({facts.ID}, {facts.HASH}) "
        f"FROM {parquet_sql(own[:1])} WHERE false"
    )
    return " UNION ALL BY NAME ".join([nothing, *parts])
