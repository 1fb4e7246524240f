"""Labels that selections give: the edit, its rows of the ledger, and the new contents."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from curate.build.cutting import contents_of, write_edits
from curate.build.gathered import Gathering
from curate.build.memo import CONTENTS, write_memo
from curate.build.pool import distinct
from curate.build.selecting import CURRENT
from curate.decision import LABEL, LEDGER
from curate.errors import OperatorError
from curate.hashing import hash_batch
from curate.recipe import Step
from curate.store.catalog import table_of
from curate.store.segments import PAYLOAD

_BATCH: Final = 10_000


def label(gathering: Gathering, step: Step, query: str) -> None:
    """Give records the labels that a query says, which changes their hashes.

    The rows of the ledger are those of an edit, or flags where a record has such a label already.
    """
    names = ", ".join(f'k."{name}"' for name in LABEL.names)
    found = table_of(
        gathering.connection,
        f"SELECT {names}, c.hash FROM ({query}) k JOIN {CURRENT} c "
        "ON c.id = k.id AND c.copy = k.copy ORDER BY c.hash, c.id, c.copy, k.name, k.rule",
    )
    ledger = [LEDGER.empty_table()]
    for rows in _by_record(found):
        made, decided = _labelled(gathering, step, rows)
        chain = [step.operator.fingerprint()]
        write_memo(gathering.cache.group("steps"), chain, {CONTENTS: made})
        ledger.append(decided)
    write_edits(gathering.connection, pa.concat_tables(ledger))


def _by_record(found: pa.Table) -> Iterator[list[list[dict[str, Any]]]]:
    """Batches of records; of each the rows that are of it."""
    records: list[list[dict[str, Any]]] = []
    for batch in found.to_batches():
        for row in batch.to_pylist():
            last = records[-1][0] if records else None
            if last is None or (last["id"], last["copy"]) != (row["id"], row["copy"]):
                if len(records) == _BATCH:
                    yield records
                    records = []
                records.append([])
            records[-1].append(row)
    if records:
        yield records


def _labelled(
    gathering: Gathering, step: Step, records: Sequence[list[dict[str, Any]]]
) -> tuple[pa.Table, pa.Table]:
    """The new contents (schema `PAYLOAD`), and the rows of the ledger."""
    batch = contents_of(gathering, [rows[0]["hash"] for rows in records])
    before = [orjson.loads(text or "{}") for text in batch.column("labels").to_pylist()]
    after = [_with(labels, rows, step) for labels, rows in zip(before, records, strict=True)]
    texts = [orjson.dumps(labels, option=orjson.OPT_SORT_KEYS).decode() for labels in after]
    place = batch.schema.get_field_index("labels")
    batch = batch.set_column(place, batch.schema.field("labels"), pa.array(texts, pa.string()))
    place = batch.schema.get_field_index("hash")
    batch = batch.set_column(place, batch.schema.field("hash"), hash_batch(batch))
    ledger = [
        _row(step, row, labels, made)
        for rows, labels, made in zip(
            records, before, batch.column("hash").to_pylist(), strict=True
        )
        for row in rows
    ]
    changed = pa.array([old != new for old, new in zip(before, after, strict=True)])
    made = distinct(batch.select(PAYLOAD.names).filter(pc.fill_null(changed, False)))
    return pa.Table.from_batches([made], PAYLOAD), pa.Table.from_pylist(ledger, LEDGER)


def _with(labels: dict[str, Any], rows: Sequence[dict[str, Any]], step: Step) -> dict[str, Any]:
    """Labels with those of the rows, which agree with one another."""
    given: dict[str, Any] = {}
    for row in rows:
        value = orjson.loads(row["value"])
        if given.setdefault(row["name"], value) != value:
            found = f"gives one record two labels of the name {row['name']!r}"
            raise OperatorError(f"step {step.name}", found, "Nothing was committed.")
    return labels | given


def _row(step: Step, row: dict[str, Any], before: dict[str, Any], made: bytes) -> dict[str, Any]:
    told = {name: row[name] for name in ("id", "copy", "rule", "value", "limit", "of")}
    told |= {"step": step.name, "field": f"labels.{row['name']}"}
    if row["name"] in before and before[row["name"]] == orjson.loads(row["value"]):
        return {**told, "action": "flag"}
    return {**told, "action": "edit", "before": row["hash"], "after": made}
