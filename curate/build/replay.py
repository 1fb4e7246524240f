"""What is known of row-wise steps, replayed over all records by joins.

The way of a content through a segment is followed from decision to decision. A content at a step
that knows nothing of it is stuck there: workers run the step on it, and it is followed again.
"""

from collections.abc import Sequence
from typing import Final

from curate.build.account import Account, Count
from curate.build.selecting import CURRENT
from curate.recipe import Step
from curate.store.catalog import Connection, row_of

_STATE: Final = "(came BLOB, hash BLOB, position INTEGER)"


def follow(connection: Connection, steps: int) -> int:
    """Follow all current contents through the steps; return how many contents are stuck.

    Makes `met(came, hash, position, dropped, after)`, the decisions on the way of the content
    `came`; `changed(came, hash)`, what came out where that is another; and
    `stuck(came, hash, position)`. `memo.load_memos` must have made what is known.
    """
    all_bits = (1 << steps) - 1
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE flow {_STATE}; CREATE OR REPLACE TEMP TABLE stuck {_STATE};"
        "CREATE OR REPLACE TEMP TABLE changed (came BLOB, hash BLOB);"
        "CREATE OR REPLACE TEMP TABLE met "
        "(came BLOB, hash BLOB, position INTEGER, dropped BOOLEAN, after BLOB)"
    )
    connection.execute(
        f"INSERT INTO flow SELECT DISTINCT hash, hash, 0 FROM {CURRENT} "
        f"ANTI JOIN (SELECT hash FROM kept WHERE mask & {all_bits} = {all_bits}) USING (hash)"
    )
    return _go_on(connection, steps)


def resume(connection: Connection, steps: int) -> int:
    """Follow on what was stuck, more being known now; return how many contents are stuck still."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE flow AS SELECT * FROM stuck;"
        f"CREATE OR REPLACE TEMP TABLE stuck {_STATE}"
    )
    return _go_on(connection, steps)


def _go_on(connection: Connection, steps: int) -> int:
    while _count(connection, "flow"):
        _advance(connection, steps, (1 << steps) - 1)
    return _count(connection, "(SELECT DISTINCT hash, position FROM stuck)")


def _advance(connection: Connection, steps: int, all_bits: int) -> None:
    """Take every content in `flow` to its next decision, its end, or where it is stuck."""
    ahead = f"(({all_bits}::BIGINT >> position) << position)"
    left = f"(~coalesce(mask, 0) & {ahead})"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE halts AS SELECT came, hash, CASE WHEN ahead = 0 "
        f"THEN {steps} ELSE bit_count(xor(ahead, ahead - 1)) - 1 END AS position "
        f"FROM (SELECT came, hash, {left} AS ahead FROM flow LEFT JOIN (SELECT hash, "
        "bit_or(mask) AS mask FROM kept SEMI JOIN flow USING (hash) GROUP BY hash) USING (hash))"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE here AS SELECT h.came, h.hash, h.position, o.dropped, "
        "o.after FROM halts h JOIN outcomes o ON o.hash = h.hash AND o.position = h.position "
        f"WHERE h.position < {steps}"
    )
    connection.execute(
        "INSERT INTO changed SELECT came, hash FROM halts "
        f"WHERE position = {steps} AND came <> hash;"
        f"INSERT INTO stuck SELECT h.* FROM halts h ANTI JOIN outcomes o "
        f"ON o.hash = h.hash AND o.position = h.position WHERE h.position < {steps};"
        "INSERT INTO met FROM here;"
        "CREATE OR REPLACE TEMP TABLE flow AS "
        "SELECT came, after AS hash, position + 1 AS position FROM here WHERE NOT dropped"
    )


def wanted(connection: Connection) -> None:
    """Make `wanted(hash, position)`: each stuck content with the first step that lacks it."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE wanted AS "
        "SELECT hash, min(position)::UTINYINT AS position FROM stuck GROUP BY hash"
    )


def apply_steps(connection: Connection, steps: Sequence[Step], account: Account) -> None:
    """Write the ledger of the steps, count, and change the current records: none is stuck."""
    for position, step in enumerate(steps):
        connection.execute(
            "INSERT INTO new_ledger BY NAME SELECT c.id, c.copy, ? AS step, d.action, d.rule, "
            'd.field, d.value, d."limit", d.before, d.after, d.spans, c.source, c.file, c.line '
            f"FROM {CURRENT} c JOIN met m ON m.came = c.hash AND m.position = ? "
            "JOIN decided d ON d.hash = m.hash AND d.position = m.position",
            [step.name, position],
        )
    account.add(_counts(connection, steps))
    connection.execute(
        f"DELETE FROM {CURRENT} USING (SELECT DISTINCT came FROM met WHERE dropped) d "
        f"WHERE d.came = {CURRENT}.hash"
    )
    connection.execute(
        f"UPDATE {CURRENT} SET hash = ch.hash FROM changed ch WHERE ch.came = {CURRENT}.hash"
    )


def _counts(connection: Connection, steps: Sequence[Step]) -> dict[tuple[str, str], Count]:
    """Count what went on by its way, and what was dropped by the ledger: a lost record shows."""
    came = dict(
        connection.execute(f"SELECT source, count(*) FROM {CURRENT} GROUP BY source").fetchall()
    )
    gone = {
        (position, source): number
        for position, source, number in connection.execute(
            f"SELECT m.position, c.source, count(*) FROM {CURRENT} c "
            "JOIN met m ON m.came = c.hash WHERE m.dropped GROUP BY ALL"
        ).fetchall()
    }
    written = {
        (step, source): (dropped, edited)
        for step, source, dropped, edited in connection.execute(
            "SELECT step, source, "
            "count(DISTINCT (id, copy)) FILTER (action = 'drop'), "
            "count(DISTINCT (id, copy)) FILTER (action = 'edit') "
            f"FROM new_ledger WHERE step IN ({', '.join('?' for _ in steps)}) GROUP BY ALL",
            [step.name for step in steps],
        ).fetchall()
    }
    counts = {}
    for source, number in came.items():
        left = number
        for position, step in enumerate(steps):
            kept = left - gone.get((position, source), 0)
            dropped, edited = written.get((step.name, source), (0, 0))
            counts[step.name, source] = Count(left, 0, kept, dropped, edited)
            left = kept
    return counts


def _count(connection: Connection, table: str) -> int:
    counted = row_of(connection, f"SELECT count(*) FROM {table}")
    return int(counted[0]) if counted else 0
