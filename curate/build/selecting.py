"""Selections: one query over the facts of all records, for each step of a group."""

from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from curate.build.account import Account, Count
from curate.build.parts import parts_of, write_part
from curate.build.stage import Stage
from curate.decision import LEDGER, SELECTION
from curate.errors import OperatorError
from curate.operator import SelectionOperator
from curate.recipe import Step
from curate.store.catalog import Connection, first_line, row_of, table_of
from curate.store.parquet import ROWS, parquet_sql
from curate.store.segments import cut_by

CURRENT = "current"
"""The table of the records that are still there: part, row, id, copy, hash, split, origin."""

_FAULTS: Final = {
    "come twice": "SELECT 1 FROM chosen GROUP BY id, copy, action HAVING count(*) > 1",
    "have an action that is none of drop, split and copy": (
        "SELECT 1 FROM chosen WHERE coalesce(action, '') NOT IN ('drop', 'split', 'copy')"
    ),
    "give a split a name that is not of A-Z, a-z, 0-9, '.', '_' and '-'": (
        "SELECT 1 FROM chosen WHERE action = 'split' "
        "AND NOT regexp_full_match(coalesce(split, ''), '[A-Za-z0-9._-]{1,100}')"
    ),
    "have no number of copies": (
        "SELECT 1 FROM chosen WHERE action = 'copy' AND coalesce(copies, 0) < 1"
    ),
    "are of records that are not there": (
        f"SELECT 1 FROM chosen ch WHERE NOT EXISTS "
        f"(SELECT 1 FROM {CURRENT} c WHERE c.id = ch.id AND c.copy = ch.copy)"
    ),
}


def load_current(connection: Connection, stage: Stage) -> None:
    """Fill the table of current records from the keys of a stage's parts."""
    keys = parquet_sql(parts_of(stage.folder, "keys"), *ROWS)
    connection.execute(
        f"CREATE OR REPLACE TABLE {CURRENT} AS SELECT parse_filename(filename, true) AS part, "
        f"file_row_number AS row, id, copy, hash, split, source, file, line FROM {keys}"
    )


def select(
    connection: Connection, facts: list[Path], step: Step, seed: int, account: Account
) -> pa.Table:
    """Run one selection over the current records, whose facts are in files of the stage's parts.

    Returns its rows of the ledger.
    """
    operator = step.operator
    if not isinstance(operator, SelectionOperator):
        raise TypeError(f"step {step.name}: {type(operator).__name__} is no selection")
    came = _by_source(connection)
    _run_query(connection, facts, step, operator.query(seed))
    _check_decisions(connection, step)
    ledger = _ledger(connection, step.name)
    added = _added(connection)
    dropped = _by_source(
        connection, "JOIN chosen ch ON ch.id = c.id AND ch.copy = c.copy AND ch.action = 'drop'"
    )
    _apply(connection)
    kept = _by_source(connection)
    counts = {}
    for source, number in came.items():
        counts[step.name, source] = Count(
            number, added.get(source, 0), kept.get(source, 0), dropped.get(source, 0)
        )
    account.add(counts)
    return ledger


def _run_query(connection: Connection, facts: list[Path], step: Step, query: str) -> None:
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW facts AS "
        "SELECT c.id, c.copy, f.* EXCLUDE (filename, file_row_number) "
        f"FROM {parquet_sql(facts, *ROWS)} f JOIN {CURRENT} c "
        "ON c.part = parse_filename(f.filename, true) AND c.row = f.file_row_number"
    )
    connection.register("no_selection", SELECTION.empty_table())
    try:
        connection.execute(
            "CREATE OR REPLACE TABLE chosen AS "
            f"SELECT * FROM no_selection UNION ALL BY NAME SELECT * FROM ({query})"
        )
    except (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.InterruptException):
        raise
    except duckdb.Error as error:
        raise OperatorError(
            f"step {step.name}", f"its query failed: {first_line(error)}", "Nothing was committed."
        ) from error
    finally:
        connection.unregister("no_selection")


def _check_decisions(connection: Connection, step: Step) -> None:
    """Raise `OperatorError` where a decision cannot be carried out to the letter."""
    for fault, query in _FAULTS.items():
        found = row_of(connection, f"SELECT count(*) FROM ({query})")
        if found and found[0]:
            raise OperatorError(
                f"step {step.name}", f"{found[0]:,} decisions {fault}", "Nothing was committed."
            )


def _ledger(connection: Connection, step: str) -> pa.Table:
    table = table_of(
        connection,
        "SELECT c.id, c.copy, ? AS step, ch.action, ch.rule, NULL::VARCHAR AS field, "
        "coalesce(ch.value, to_json(ch.split)::VARCHAR, to_json(ch.copies)::VARCHAR) AS value, "
        'ch."limit", ch."of", CASE WHEN ch.action = \'drop\' THEN c.hash END AS before, '
        f"NULL::BLOB AS after, NULL AS spans FROM {CURRENT} c "
        "JOIN chosen ch ON ch.id = c.id AND ch.copy = c.copy ORDER BY c.id, c.copy, ch.action",
        [step],
    )
    columns = [
        table.column(f.name) if f.name != "spans" else pa.nulls(len(table), f.type) for f in LEDGER
    ]
    return pa.table(columns, names=LEDGER.names).cast(LEDGER)


def _apply(connection: Connection) -> None:
    same = f"chosen.id = {CURRENT}.id AND chosen.copy = {CURRENT}.copy"
    connection.execute(
        f"UPDATE {CURRENT} SET split = chosen.split FROM chosen "
        f"WHERE {same} AND chosen.action = 'split'"
    )
    # A record may have copies already: the new ones are counted on from the last.
    connection.execute(
        f"INSERT INTO {CURRENT} SELECT part, row, id, "
        "(last + row_number() OVER (PARTITION BY id ORDER BY copy, place))::INTEGER, "
        "hash, split, source, file, line FROM ("
        f" SELECT c.*, last, unnest(range(ch.copies - 1)) AS place FROM {CURRENT} c"
        "  JOIN chosen ch ON ch.id = c.id AND ch.copy = c.copy AND ch.action = 'copy'"
        f" JOIN (SELECT id, max(copy) AS last FROM {CURRENT} GROUP BY id) l ON l.id = c.id)"
    )
    connection.execute(
        f"DELETE FROM {CURRENT} USING chosen WHERE {same} AND chosen.action = 'drop'"
    )


def write_apply(connection: Connection, stage: Stage, home: Path) -> None:
    """Write for each part of a stage which rows go on, for the row-wise steps that follow."""
    table = table_of(
        connection, f"SELECT part, row, copy, split FROM {CURRENT} ORDER BY part, row, copy"
    )
    by_part = cut_by(table, "part")
    for path in parts_of(stage.folder, "records"):
        rows = by_part.get(path.stem, table.slice(0, 0))
        write_part(home, "apply", path.stem, rows.drop_columns(["part"]))


def _added(connection: Connection) -> dict[str, int]:
    rows = connection.execute(
        f"SELECT c.source, sum(ch.copies - 1)::BIGINT FROM {CURRENT} c JOIN chosen ch "
        "ON ch.id = c.id AND ch.copy = c.copy WHERE ch.action = 'copy' GROUP BY c.source"
    ).fetchall()
    return dict(rows)


def _by_source(connection: Connection, join: str = "") -> dict[str, int]:
    rows = connection.execute(
        f"SELECT c.source, count(*) FROM {CURRENT} c {join} GROUP BY c.source"
    ).fetchall()
    return dict(rows)
