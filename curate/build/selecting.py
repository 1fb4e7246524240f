"""Selections: one query over the facts of all records, for each step of a group."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import duckdb

from curate.build.account import Account, Count
from curate.decision import SELECTION
from curate.errors import OperatorError
from curate.operator import SelectionOperator
from curate.recipe import Step
from curate.store.catalog import Connection, first_line, row_of
from curate.store.parquet import parquet_sql

CURRENT = "current"
"""The table of the records that are still there: id, copy, hash, split, source, file, line."""

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


def select(
    connection: Connection, facts: Sequence[Path], step: Step, seed: int, account: Account
) -> None:
    """Run one selection over the current records and write its rows of the ledger.

    `facts` are files with the facts of all of them (`curate.build.facts`).
    """
    operator = step.operator
    if not isinstance(operator, SelectionOperator):
        raise TypeError(f"step {step.name}: {type(operator).__name__} is no selection")
    came = _by_source(connection)
    _run_query(connection, facts, step, operator.query(seed))
    _check_decisions(connection, step)
    _write_ledger(connection, step.name)
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


def _run_query(connection: Connection, facts: Sequence[Path], step: Step, query: str) -> None:
    joined = f"FROM {CURRENT} c"
    if facts:
        joined = (
            f", f.* EXCLUDE (curate_id, curate_hash) FROM {CURRENT} c JOIN {parquet_sql(facts)} f "
            "ON f.curate_id = c.id AND f.curate_hash = c.hash"
        )
    connection.execute(f"CREATE OR REPLACE TEMP VIEW facts AS SELECT c.id, c.copy {joined}")
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


def _write_ledger(connection: Connection, step: str) -> None:
    connection.execute(
        "INSERT INTO new_ledger BY NAME SELECT c.id, c.copy, ? AS step, ch.action, ch.rule, "
        "coalesce(ch.value, to_json(ch.split)::VARCHAR, to_json(ch.copies)::VARCHAR) AS value, "
        'ch."limit", ch."of", CASE WHEN ch.action = \'drop\' THEN c.hash END AS before, '
        f"c.source, c.file, c.line FROM {CURRENT} c "
        "JOIN chosen ch ON ch.id = c.id AND ch.copy = c.copy",
        [step],
    )


def _apply(connection: Connection) -> None:
    same = f"chosen.id = {CURRENT}.id AND chosen.copy = {CURRENT}.copy"
    connection.execute(
        f"UPDATE {CURRENT} SET split = chosen.split FROM chosen "
        f"WHERE {same} AND chosen.action = 'split'"
    )
    # A record may have copies already: the new ones are counted on from the last.
    connection.execute(
        f"INSERT INTO {CURRENT} SELECT id, "
        "(last + row_number() OVER (PARTITION BY id ORDER BY copy, place))::INTEGER, "
        "hash, split, source, file, line FROM ("
        f" SELECT c.*, last, unnest(range(ch.copies - 1)) AS place FROM {CURRENT} c"
        "  JOIN chosen ch ON ch.id = c.id AND ch.copy = c.copy AND ch.action = 'copy'"
        f" JOIN (SELECT id, max(copy) AS last FROM {CURRENT} GROUP BY id) l ON l.id = c.id)"
    )
    connection.execute(
        f"DELETE FROM {CURRENT} USING chosen WHERE {same} AND chosen.action = 'drop'"
    )


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
