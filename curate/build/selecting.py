"""Selections: one query over the facts of all records, for each step of a group."""

from collections.abc import Mapping
from typing import Final

import duckdb
import pyarrow as pa

from curate.build.account import Count
from curate.decision import SELECTION
from curate.errors import CurateError, OperatorError, is_interrupt
from curate.recipe import Step
from curate.selection import Gathered, SelectionOperator
from curate.store.catalog import Connection, first_line, row_of

CURRENT = "current"
"""The table of the records that are still there: id, copy, hash, split, source, file, line, ref.

`ref` is the name of the source of the recipe by which a record came: another than `source` for
those of a version.
"""

_FAULTS: Final = {
    "come twice": "SELECT 1 FROM chosen GROUP BY id, copy, action HAVING count(*) > 1",
    "have an action that is none of drop, split and copy": (
        "SELECT 1 FROM chosen WHERE coalesce(action, '') NOT IN ('drop', 'split', 'copy')"
    ),
    "give a split a name that is not of A-Z, a-z, 0-9, '.', '_' and '-'": (
        "SELECT 1 FROM (SELECT split FROM chosen WHERE action = 'split' UNION ALL "
        "SELECT unnest(splits) FROM chosen WHERE action = 'copy') "
        "WHERE NOT regexp_full_match(coalesce(split, ''), '[A-Za-z0-9._-]{1,100}')"
    ),
    "have another number of splits than of copies": (
        "SELECT 1 FROM chosen WHERE action = 'copy' AND len(splits) <> copies"
    ),
    "have no number of copies": (
        "SELECT 1 FROM chosen WHERE action = 'copy' AND coalesce(copies, 0) < 1"
    ),
    "are of records that are not there": (
        f"SELECT 1 FROM chosen ch WHERE NOT EXISTS "
        f"(SELECT 1 FROM {CURRENT} c WHERE c.id = ch.id AND c.copy = ch.copy)"
    ),
}


def decide(connection: Connection, step: Step, gathered: Gathered, seed: int) -> None:
    """Run one selection over the current records, and make `chosen` of what it decides.

    The table or view `facts` has the facts of all of them, and `others` those of references.
    """
    operator = selection_of(step)
    found = _found(step, gathered, seed)
    connection.register("no_selection", SELECTION.empty_table())
    for name, table in found.items():
        connection.register(name, table)
    try:
        connection.execute(
            "CREATE OR REPLACE TABLE chosen AS "
            f"SELECT * FROM no_selection UNION ALL BY NAME SELECT * FROM ({operator.query(seed)})"
        )
        for name, query in (("cuts", operator.cuts(seed)), ("labelled", operator.labels(seed))):
            if query is not None:
                connection.execute(f"CREATE OR REPLACE TABLE {name} AS {query}")
    except (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.InterruptException):
        raise
    except duckdb.Error as error:
        raise OperatorError(
            f"step {step.name}", f"its query failed: {first_line(error)}", "Nothing was committed."
        ) from error
    finally:
        for name in ("no_selection", *found):
            connection.unregister(name)
    _check_decisions(connection, step)


def apply(connection: Connection, step: str) -> dict[str, int]:
    """Carry out what `chosen` says; return how many records were added, by source."""
    _write_ledger(connection, step)
    added = _added(connection)
    _change(connection)
    return added


def counts(
    connection: Connection, step: str, came: Mapping[str, int], added: Mapping[str, int]
) -> dict[tuple[str, str], Count]:
    """Count what is left by the current records, and what went by the ledger: a lost one shows."""
    kept = by_source(connection)
    written = {
        source: (dropped, edited)
        for source, dropped, edited in connection.execute(
            "SELECT source, count(DISTINCT (id, copy)) FILTER (action = 'drop'), "
            "count(DISTINCT (id, copy)) FILTER (action = 'edit') "
            "FROM new_ledger WHERE step = ? GROUP BY source",
            [step],
        ).fetchall()
    }
    return {
        (step, source): Count(
            number, added.get(source, 0), kept.get(source, 0), *written.get(source, (0, 0))
        )
        for source, number in came.items()
    }


def selection_of(step: Step) -> SelectionOperator:
    """The operator of a step that is a selection."""
    if not isinstance(step.operator, SelectionOperator):
        raise TypeError(f"step {step.name}: {type(step.operator).__name__} is no selection")
    return step.operator


def _found(step: Step, gathered: Gathered, seed: int) -> Mapping[str, pa.Table]:
    """Law 3: where the operator raises, the build stops and names the step."""
    try:
        return selection_of(step).find(gathered, seed)
    except (CurateError, duckdb.IOException, duckdb.OutOfMemoryException, MemoryError, OSError):
        raise
    except Exception as error:
        if is_interrupt(error):
            raise
        found = f"{type(error).__name__}: {error}"
        raise OperatorError(f"step {step.name}", found, "Nothing was committed.") from error


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
        "coalesce(ch.value, to_json(ch.split)::VARCHAR, to_json(ch.splits)::VARCHAR, "
        "to_json(ch.copies)::VARCHAR) AS value, "
        'ch."limit", ch."of", CASE WHEN ch.action = \'drop\' THEN c.hash END AS before, '
        f"c.source, c.file, c.line FROM {CURRENT} c "
        "JOIN chosen ch ON ch.id = c.id AND ch.copy = c.copy",
        [step],
    )


def _change(connection: Connection) -> None:
    same = f"chosen.id = {CURRENT}.id AND chosen.copy = {CURRENT}.copy"
    connection.execute(
        f"UPDATE {CURRENT} SET split = chosen.split FROM chosen "
        f"WHERE {same} AND chosen.action = 'split'"
    )
    # A record may have copies already: the new ones are counted on from the last.
    connection.execute(
        f"INSERT INTO {CURRENT} SELECT id, "
        "(last + row_number() OVER (PARTITION BY id ORDER BY copy, place))::INTEGER, "
        "hash, coalesce(splits[place + 2], split), source, file, line, ref FROM ("
        f" SELECT c.*, last, ch.splits, unnest(range(ch.copies - 1)) AS place FROM {CURRENT} c"
        "  JOIN chosen ch ON ch.id = c.id AND ch.copy = c.copy AND ch.action = 'copy'"
        f" JOIN (SELECT id, max(copy) AS last FROM {CURRENT} GROUP BY id) l ON l.id = c.id)"
    )
    connection.execute(
        f"UPDATE {CURRENT} SET split = chosen.splits[1] FROM chosen "
        f"WHERE {same} AND chosen.action = 'copy' AND chosen.splits IS NOT NULL"
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


def by_source(connection: Connection) -> dict[str, int]:
    """How many records there are, by source."""
    rows = connection.execute(f"SELECT source, count(*) FROM {CURRENT} GROUP BY source").fetchall()
    return dict(rows)
