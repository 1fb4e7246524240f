"""One expansion: from the records that are left to these and what was made of them.

Every candidate is added, and one that fails is dropped by the same step, so that records add up
and the ledger says of each why it is no member.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from curate.build.culprit import StepError, named
from curate.build.erased import ERASED, purge
from curate.build.expanding import (
    CANDIDATE,
    ExpandTask,
    candidate_files,
    expand,
    expanded_home,
    operator_of,
)
from curate.build.facts import HASH, ID, fact_files, facts_home
from curate.build.pool import pool, slices
from curate.build.scores import write_scores
from curate.build.selecting import CURRENT, by_source, counts
from curate.build.site import Site
from curate.build.taking import record_of, rows_of, take_missing
from curate.engines.local import LocalEngine
from curate.expansion import DUPLICATE, child_id
from curate.operators.exact_dedup import ExactDedup
from curate.recipe import Step
from curate.selection import TRAINED
from curate.store.catalog import Connection, row_of, table_of
from curate.store.parquet import parquet_sql

_SHOWN: Final = 3
"""Records without a child that a note names."""


def run_expansion(site: Site, step: Step) -> bool:
    """Make records of those that are there; tell whether all that comes of them was known."""
    connection, home = site.connection, expanded_home(site.cache, step, site.seed)
    came = by_source(connection)
    _find_parents(connection)
    idle = _expand_missing(site, step, home)
    site.progress.stage(step.name, None)
    _load_candidates(connection, step, candidate_files(home))
    _judge(site, step)
    _write_ledger(connection, step.name)
    _add(connection)
    added = connection.execute("SELECT source, count(*) FROM candidates GROUP BY source").fetchall()
    site.account.add(counts(connection, step.name, came, dict(added)))
    _tell(site, step)
    return idle


def _find_parents(connection: Connection) -> None:
    """Make `parents` of the records that a model may learn from, each once whatever its copies."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE parents AS SELECT * FROM {CURRENT} SEMI JOIN "
        f"(SELECT id, min(copy) AS copy FROM {CURRENT} GROUP BY id HAVING bool_and({TRAINED})) "
        "USING (id, copy)"
    )


def _expand_missing(site: Site, step: Step, home: Path) -> bool:
    """Expand the records that are not known yet; tell whether none was missing."""
    connection, operator = site.connection, operator_of(step)
    home.mkdir(parents=True, exist_ok=True)
    site.cache.use(home)
    files = candidate_files(home)
    known = f"ANTI JOIN {parquet_sql(files)} f ON f.parent = p.id AND f.content = p.hash"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE wanted AS SELECT p.hash, p.id, p.source FROM parents p "
        + (known if files else "")
    )
    if row_of(connection, "SELECT count(*) FROM wanted") == (0,):
        return True
    engine = LocalEngine() if operator.slow() else site.engine
    at_once = min(site.batch_size, operator.at_once())
    found = slices(connection, pool(site.cache), "wanted", at_once)
    scores = write_scores(connection, site.cache, [step])
    tasks = [ExpandTask(each.pieces, each.told, step, home, site.seed, scores) for each in found]
    site.progress.stage(step.name, rows_of(found))
    try:
        for done in engine.map(expand, tasks):
            site.progress.advance(done)
    except StepError as error:
        raise named(error, record_of(connection, "SELECT ?", error.content)) from error
    return False


def _load_candidates(connection: Connection, step: Step, files: Sequence[Path]) -> None:
    """Make `candidates` of what comes of the parents, with ids, and `taken` of ids that are there.

    These are left out: the records have such a child already.
    """
    connection.register("no_candidates", CANDIDATE.empty_table())
    source = parquet_sql(files) if files else "no_candidates"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE made AS SELECT f.* EXCLUDE (content), p.split, p.source, "
        f"p.file, p.line, p.ref, row_number() OVER () AS row FROM {source} f JOIN parents p "
        "ON p.id = f.parent AND p.hash = f.content WHERE f.maker IS NOT NULL"
    )
    connection.unregister("no_candidates")
    names = table_of(connection, "SELECT row, parent, maker, ordinal FROM made ORDER BY row")
    ids = [
        child_id(row["parent"], step.name, row["maker"], row["ordinal"])
        for row in names.to_pylist()
    ]
    connection.register("ids", pa.table({"row": names["row"], "id": pa.array(ids, pa.binary())}))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE taken AS SELECT id FROM ids SEMI JOIN {CURRENT} USING (id);"
        "CREATE OR REPLACE TEMP TABLE candidates AS SELECT id, m.* EXCLUDE (row) "
        "FROM made m JOIN ids USING (row) ANTI JOIN taken USING (id); DROP TABLE made"
    )
    connection.unregister("ids")


def _judge(site: Site, step: Step) -> None:
    """Make `failed` of what is wrong with candidates: also what was erased, and what is there."""
    connection = site.connection
    _find_erased(site)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE failed AS SELECT id, f.rule, f.field, f.value, "
        'f."limit", NULL::BLOB AS "of" FROM (SELECT id, unnest(failures) AS f FROM candidates '
        f"ANTI JOIN erased USING (id)) UNION ALL SELECT id, '{ERASED}', NULL, NULL, NULL, NULL "
        "FROM erased"
    )
    if row_of(connection, "SELECT 1 FROM candidates ANTI JOIN failed USING (id) LIMIT 1") is None:
        return
    dedup = Step(step.name, ExactDedup())
    home = facts_home(site.cache, dedup, site.seed)
    take_missing(site, [dedup], [home])
    connection.execute(
        f"INSERT INTO failed SELECT id, '{DUPLICATE}', NULL, NULL, NULL, twin FROM ("
        " SELECT c.id, coalesce(r.id, nullif(min(c.id) OVER (PARTITION BY key), c.id)) AS twin "
        " FROM (SELECT id, key FROM candidates ANTI JOIN failed USING (id)) c LEFT JOIN ("
        f" SELECT key, min(f.{ID}) AS id FROM {parquet_sql(fact_files(home))} f JOIN {CURRENT} n "
        f" ON n.id = f.{ID} AND n.hash = f.{HASH} WHERE key IS NOT NULL GROUP BY key) r USING (key)"
        ") WHERE twin IS NOT NULL"
    )


def _find_erased(site: Site) -> None:
    """Make `erased` of the candidates that tombstones match; their contents leave the cache."""
    found = table_of(site.connection, "SELECT id, hash FROM candidates")
    stones = site.tombstones
    if stones is None or not len(stones):
        gone = found.slice(0, 0)
    else:
        gone = found.filter(pa.array(stones.matches(found["id"], found["hash"])))
        still = table_of(site.connection, f"SELECT DISTINCT hash FROM {CURRENT}")["hash"]
        if len(gone):
            purge(site.cache, gone["hash"].filter(pc.invert(pc.is_in(gone["hash"], still))))
    site.connection.register("gone", gone)
    site.connection.execute("CREATE OR REPLACE TEMP TABLE erased AS SELECT id FROM gone")
    site.connection.unregister("gone")


def _write_ledger(connection: Connection, step: str) -> None:
    """An `add` for each text in which a candidate differs, and a `drop` for each failure."""
    origin = "c.source, c.file, c.line"
    hash_ = "CASE WHEN e.id IS NULL THEN c.hash END"
    of = "candidates c LEFT JOIN erased e ON e.id = c.id"
    connection.execute(
        "INSERT INTO new_ledger BY NAME SELECT c.id, 0 AS copy, ? AS step, 'add' AS action, "
        f'c.maker AS rule, x.field, c.parent AS "of", {hash_} AS after, '
        f"CASE WHEN e.id IS NULL THEN x.spans END AS spans, {origin} FROM (SELECT *, unnest("
        "CASE WHEN len(changes) > 0 THEN changes ELSE [NULL] END) AS x FROM candidates) c "
        "LEFT JOIN erased e ON e.id = c.id",
        [step],
    )
    connection.execute(
        "INSERT INTO new_ledger BY NAME SELECT c.id, 0 AS copy, ? AS step, 'drop' AS action, "
        f'f.rule, f.field, f.value, f."limit", f."of", {hash_} AS before, {origin} '
        f"FROM {of} JOIN failed f ON f.id = c.id",
        [step],
    )


def _add(connection: Connection) -> None:
    """Add the candidates that nothing is wrong with to the current records, on their side."""
    connection.execute(
        f"INSERT INTO {CURRENT} BY NAME SELECT id, 0::INTEGER AS copy, hash, split, source, file, "
        "line, ref FROM candidates ANTI JOIN failed USING (id)"
    )


def _tell(site: Site, step: Step) -> None:
    """Put into the manifest, and before the user, what came of it."""
    notes = [*_notes(site.connection), *operator_of(step).notes()]
    site.notes[step.name] = notes
    for note in notes:
        site.progress.note(f"{step.name}: {note}")


def _notes(connection: Connection) -> list[str]:
    counted = row_of(
        connection,
        "SELECT (SELECT count(*) FROM parents), count(*), count(DISTINCT parent), "
        "count(DISTINCT parent) FILTER (f.id IS NULL), count(*) FILTER (f.id IS NULL) "
        "FROM candidates c LEFT JOIN (SELECT DISTINCT id FROM failed) f ON f.id = c.id",
    )
    came, tried, chosen, parents, children = counted or (0,) * 5
    notes = [
        f"{children:,} children of {parents:,} records, of {tried:,} candidates of {chosen:,} "
        f"records; {came:,} records may be trained on"
    ]
    rejected = connection.execute(
        "SELECT rule, count(DISTINCT id) AS n FROM failed GROUP BY rule ORDER BY n DESC, rule"
    ).fetchall()
    if rejected:
        notes.append("rejected by " + ", ".join(f"{rule} {n:,}" for rule, n in rejected))
    without = connection.execute(
        "SELECT lower(hex(parent)) FROM candidates c LEFT JOIN failed f ON f.id = c.id "
        "GROUP BY parent HAVING count(*) FILTER (f.id IS NULL) = 0 ORDER BY parent"
    ).fetchall()
    if without:
        shown = ", ".join(id_[:12] for (id_,) in without[:_SHOWN])
        more = ", ..." if len(without) > _SHOWN else ""
        notes.append(f"no candidate of {len(without):,} records passes: {shown}{more}")
    taken = row_of(connection, "SELECT count(*) FROM taken")
    if taken and taken[0]:
        notes.append(
            f"{taken[0]:,} children are there already: give the step another name to make more"
        )
    return notes
