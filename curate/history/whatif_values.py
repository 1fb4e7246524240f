"""What rules measured on the contents that came to a step: as stored, else measured again."""

from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from curate.fields import field_texts
from curate.history.rule_facts import RuleFacts
from curate.history.used_rules import UsedRule
from curate.history.whatif_came import signals_by_field
from curate.record import CONTENT_FIELDS
from curate.rulepacks import judged_key
from curate.rulepacks.rule import RECORD_FIELD
from curate.scores import ARROW_TYPES, Score
from curate.signals import SIGNALS
from curate.store import Version
from curate.store.catalog import Connection, row_of
from curate.store.delta import columns_sql, files_sql

BATCH_ROWS = 10_000
_NEEDED = ("messages", "prompt_turns", "rejected", "desirable", "text", "tools")
"""What signals are measured on."""


class Measured(NamedTuple):
    """Whether values were there."""

    stored: int
    """Contents of which the store knows the values."""
    again: int
    """Contents that were measured again, since the store does not."""
    lacking: int = 0
    """Of those, contents without a score that the rule names: it cannot drop them."""


def load_values(
    connection: Connection,
    version: Version,
    rules: list[UsedRule],
    step: str,
    field: str,
    wanted: Sequence[str],
) -> Measured:
    """Make the table `measured` (`hash` and the wanted signals) of the contents in `came`.

    A content without the field has no row: no rule judges it.
    """
    names = signals_by_field(rules, step)[field]
    scores = scores_by_name(rules, step, field)
    paths = _stored(connection, judged_key(field, names, scores.values()))
    listed = columns_sql(["hash", *wanted])
    types = {name: ARROW_TYPES[one.wanted.type] for name, one in scores.items()}
    types |= {name: SIGNALS[name].type for name in wanted if name not in types}
    schema = pa.schema([("hash", pa.binary()), *((name, types[name]) for name in wanted)])
    connection.register("no_values", schema.empty_table())
    source = f"SELECT {listed} FROM no_values"
    if paths:
        source = f"SELECT {listed} FROM {files_sql(version.folder, paths)}"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE measured AS {source}")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE unknown AS SELECT DISTINCT hash FROM came "
        "ANTI JOIN measured USING (hash)"
    )
    known, unknown = (
        int((row_of(connection, f"SELECT count(*) FROM {table}") or (0,))[0])
        for table in ("measured", "unknown")
    )
    facts = RuleFacts(connection, version.folder, field, wanted, list(scores.values()))
    again = _measure_unknown(connection, version, facts) if unknown else 0
    return Measured(known, again, facts.lacking)


def _stored(connection: Connection, key: str) -> list[str]:
    rows = connection.execute(
        "SELECT path FROM cat.base.files WHERE kind = 'judged' AND starts_with(path, ?) "
        "ORDER BY path",
        [f"judged/{key}/"],
    ).fetchall()
    return [path for (path,) in rows]


def scores_by_name(rules: Sequence[UsedRule], step: str, field: str) -> dict[str, Score]:
    """The scores that the rules of a step on one field are made of, by name."""
    here = (rule for rule in rules if rule.step == step and rule.field == field)
    return {score.name: score for rule in here for score in rule.scores}


def _measure_unknown(connection: Connection, version: Version, facts: RuleFacts) -> int:
    """Add what the payloads of the table `unknown` say to `measured`; return how many they are."""
    columns = [one for one in CONTENT_FIELDS if one.name in _NEEDED]
    schema = pa.schema([pa.field("hash", pa.binary()), *columns])
    listed = ", ".join(f'p."{name}"' for name in schema.names)
    reader = connection.sql(
        f"SELECT {listed} FROM {version.payloads_sql()} p SEMI JOIN unknown USING (hash)"
    ).to_arrow_reader(BATCH_ROWS)
    tables = [
        _values(part, facts)
        for batch in reader
        for part in pa.Table.from_batches([batch]).cast(schema).to_batches()
    ]
    if not tables:
        return 0
    found = pa.concat_tables(tables)
    connection.register("measured_again", found)
    connection.execute("INSERT INTO measured BY NAME SELECT * FROM measured_again")
    connection.unregister("measured_again")
    return len(found)


def _values(batch: pa.RecordBatch, facts: RuleFacts) -> pa.Table:
    table = facts.of(batch).add_column(0, "hash", batch.column("hash"))
    if facts.field == RECORD_FIELD:
        return table
    return table.filter(pc.is_valid(field_texts(batch, facts.field)))
