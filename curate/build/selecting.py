"""Selections: one query over the facts of all records, for each step of a group."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from curate.build.account import Account, Count
from curate.build.parts import parts_of, write_part
from curate.build.stage import Stage
from curate.decision import LEDGER, SELECTION
from curate.errors import AccountingError, OperatorError
from curate.operator import SelectionOperator
from curate.recipe import Step
from curate.store.catalog import Connection, first_line, row_of, table_of
from curate.store.parquet import ROWS, parquet_sql

CURRENT = "current"
"""The table of the records that are still there: part, row, id, copy, hash, split, origin."""


def load_current(connection: Connection, stage: Stage) -> None:
    """Fill the table of current records from the keys of a stage's parts."""
    keys = parquet_sql(parts_of(stage.folder, "keys"), *ROWS)
    connection.execute(
        f"CREATE OR REPLACE TABLE {CURRENT} AS SELECT parse_filename(filename, true) AS part, "
        f"file_row_number AS row, id, copy, hash, split, source, file, line FROM {keys}"
    )


def select(
    connection: Connection, stage: Stage, step: Step, seed: int, account: Account
) -> pa.Table:
    """Run one selection over the current records; return its rows of the ledger."""
    operator = step.operator
    if not isinstance(operator, SelectionOperator):
        raise TypeError(f"step {step.name}: {type(operator).__name__} is no selection")
    came = _by_source(connection)
    _run_query(connection, stage, step, operator.query(seed))
    ledger = _ledger(connection, step.name)
    dropped = _by_source(
        connection, "JOIN chosen ch ON ch.id = c.id AND ch.copy = c.copy AND ch.action = 'drop'"
    )
    _apply(connection)
    kept = _by_source(connection)
    counts = {}
    for source, number in came.items():
        added = kept.get(source, 0) + dropped.get(source, 0) - number
        if added < 0:
            raise AccountingError(
                f"step {step.name}, source {source}",
                f"{-added} records are gone without a decision",
                "Nothing was committed.",
            )
        counts[step.name, source] = Count(
            number, added, kept.get(source, 0), dropped.get(source, 0)
        )
    account.add(counts)
    return ledger


def _run_query(connection: Connection, stage: Stage, step: Step, query: str) -> None:
    facts = parquet_sql(parts_of(stage.folder, f"facts/{step.name}"), *ROWS)
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW facts AS "
        "SELECT c.id, c.copy, f.* EXCLUDE (filename, file_row_number) "
        f"FROM {facts} f JOIN {CURRENT} c ON c.part = parse_filename(f.filename, true) "
        "AND c.row = f.file_row_number"
    )
    connection.register("no_selection", SELECTION.empty_table())
    try:
        connection.execute(
            "CREATE OR REPLACE TABLE chosen AS "
            f"SELECT * FROM no_selection UNION ALL BY NAME SELECT * FROM ({query})"
        )
    except duckdb.Error as error:
        raise OperatorError(
            f"step {step.name}", f"its query failed: {first_line(error)}", "Nothing was committed."
        ) from error
    finally:
        connection.unregister("no_selection")
    twice = row_of(
        connection,
        "SELECT count(*) FROM (SELECT 1 FROM chosen GROUP BY id, copy, action HAVING count(*) > 1)",
    )
    if twice and twice[0]:
        raise OperatorError(
            f"step {step.name}", f"{twice[0]} records were decided twice", "Nothing was committed."
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
    connection.execute(
        f"INSERT INTO {CURRENT} SELECT part, row, c.id, "
        "unnest(range(c.copy + 1, c.copy + ch.copies))::INTEGER, "
        f"hash, c.split, source, file, line FROM {CURRENT} c JOIN chosen ch "
        "ON ch.id = c.id AND ch.copy = c.copy WHERE ch.action = 'copy' AND ch.copies > 1"
    )
    connection.execute(
        f"DELETE FROM {CURRENT} USING chosen WHERE {same} AND chosen.action = 'drop'"
    )


def write_apply(connection: Connection, stage: Stage, home: Path) -> None:
    """Write for each part of a stage which rows go on, for the row-wise steps that follow."""
    table = table_of(
        connection, f"SELECT part, row, copy, split FROM {CURRENT} ORDER BY part, row, copy"
    )
    parts = table.column("part").combine_chunks().dictionary_encode()
    for path in parts_of(stage.folder, "records"):
        position = parts.dictionary.index(path.stem).as_py()
        mask = pc.equal(parts.indices, position)
        write_part(home, "apply", path.stem, table.filter(mask).drop_columns(["part"]))


def _by_source(connection: Connection, join: str = "") -> dict[str, int]:
    rows = connection.execute(
        f"SELECT c.source, count(*) FROM {CURRENT} c {join} GROUP BY c.source"
    ).fetchall()
    return dict(rows)
