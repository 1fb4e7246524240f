"""Decisions applied to a batch: what stays, what the ledger says, what content is left."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.build.culprit import guarded
from curate.build.parts import payload_of
from curate.build.spans import spans_between
from curate.decision import LEDGER, Span
from curate.fields import Leaf, field_texts, leaves, with_texts
from curate.hashing import hash_batch
from curate.operator import EditOperator

PAIR_IDENTICAL = "pair-identical"


class Applied(NamedTuple):
    """A batch after a step, the ledger's rows, and the payloads that are no record any more."""

    batch: pa.RecordBatch
    ledger: pa.Table
    lost: pa.Table


class Change(NamedTuple):
    """One text that an edit changed."""

    row: int
    path: str
    spans: list[dict[str, int]]


def apply_failures(step: str, batch: pa.RecordBatch, failures: pa.Table) -> Applied:
    """Drop the rows that fail a rule, with a line in the ledger for each rule that they fail."""
    rows = failures.column("row").combine_chunks()
    ledger = _ledger(
        step,
        "drop",
        batch.take(rows),
        rule=failures.column("rule"),
        field=failures.column("field"),
        value=failures.column("value"),
        limit=failures.column("limit"),
    )
    gone = np.zeros(len(batch), np.bool_)
    gone[rows.to_numpy()] = True
    mask = pa.array(gone)
    return Applied(batch.filter(pc.invert(mask)), ledger, payload_of(batch.filter(mask)))


def apply_edit(step: str, operator: EditOperator, batch: pa.RecordBatch) -> Applied:
    """Put the edited texts in, and drop the pairs that became (or were) identical."""
    edited, changes = guarded(step, lambda rows: _edited(operator, rows), batch)
    rows = np.unique(np.array([change.row for change in changes], np.int64))
    edited = _rehashed(batch, edited, rows)
    ledger = _edit_ledger(step, batch, edited, changes)
    originals = payload_of(batch.take(pa.array(rows)))
    identical = _identical_pairs(edited)
    if not identical.any():
        return Applied(edited, ledger, originals)
    mask = pa.array(identical)
    gone = edited.filter(mask)
    rule = pa.array([PAIR_IDENTICAL] * len(gone), pa.string())
    dropped = _ledger(step, "drop", gone, rule=rule, field=_constant("rejected", len(gone)))
    return Applied(
        edited.filter(pc.invert(mask)),
        pa.concat_tables([ledger, dropped]),
        pa.concat_tables([originals, payload_of(gone)]),
    )


def _edited(operator: EditOperator, batch: pa.RecordBatch) -> tuple[pa.RecordBatch, list[Change]]:
    changes: list[Change] = []
    after = batch
    for leaf in leaves(batch, operator.fields()):
        texts, spans = operator.edit(leaf.texts)
        if len(texts) != len(leaf.texts):
            raise ValueError(f"{len(leaf.texts)} texts in, {len(texts)} texts out")
        differs = pc.fill_null(pc.not_equal(leaf.texts, texts), False)
        places = np.flatnonzero(differs.to_numpy(zero_copy_only=False))
        if len(places):
            after = with_texts(after, leaf, texts)
            changes += _changes(leaf, texts, spans, places)
    return after, changes


def _changes(
    leaf: Leaf,
    texts: pa.StringArray,
    spans: Sequence[Sequence[Span]] | None,
    places: npt.NDArray[np.intp],
) -> list[Change]:
    found = []
    for place in places.tolist():
        between = spans[place] if spans is not None else None
        if between is None:
            between = spans_between(leaf.texts[place].as_py(), texts[place].as_py())
        rows = [span._asdict() for span in between]
        found.append(Change(int(leaf.rows[place]), leaf.path(place), rows))
    return found


def _rehashed(
    before: pa.RecordBatch, after: pa.RecordBatch, rows: npt.NDArray[np.int64]
) -> pa.RecordBatch:
    """Give the changed rows their new hash."""
    if len(rows) == 0:
        return after
    hashes = before.column("hash").to_numpy(zero_copy_only=False)
    hashes = hashes.copy()
    hashes[rows] = hash_batch(after.take(pa.array(rows))).to_numpy(zero_copy_only=False)
    position = after.schema.get_field_index("hash")
    column = pa.array(hashes.tolist(), pa.binary(16))
    return after.set_column(position, after.schema.field("hash"), column)


def _edit_ledger(
    step: str, before: pa.RecordBatch, after: pa.RecordBatch, changes: list[Change]
) -> pa.Table:
    rows = pa.array([change.row for change in changes], pa.int64())
    return _ledger(
        step,
        "edit",
        before.take(rows),
        field=pa.array([change.path for change in changes], pa.string()),
        after=after.column("hash").take(rows),
        spans=pa.array([change.spans for change in changes], LEDGER.field("spans").type),
    )


def _identical_pairs(batch: pa.RecordBatch) -> npt.NDArray[np.bool_]:
    """Which rows are preference pairs whose wanted and rejected endings are the same."""
    chosen, rejected = field_texts(batch, "chosen"), field_texts(batch, "rejected")
    pairs = pc.is_valid(batch.column("rejected"))
    same = pc.and_(pairs, pc.fill_null(pc.equal(chosen, rejected), True))
    identical = np.asarray(same.to_numpy(zero_copy_only=False), np.bool_).copy()
    for row in np.flatnonzero(identical).tolist():
        record = batch.slice(row, 1).to_pylist()[0]
        ending = (record["messages"] or [])[record["prompt_turns"] :]
        identical[row] = _essence(ending) == _essence(record["rejected"])
    return identical


def _essence(turns: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(turn["role"], turn["content"], turn["tool_calls"]) for turn in turns]


def _constant(text: str, rows: int) -> pa.Array:
    return pa.array([text] * rows, pa.string())


def _ledger(step: str, action: str, records: pa.RecordBatch, **columns: pa.Array) -> pa.Table:
    """Rows of the ledger for records; columns that are not given are null."""
    rows = len(records)
    given: dict[str, Any] = {
        "id": records.column("id"),
        "copy": records.column("copy"),
        "step": _constant(step, rows),
        "action": _constant(action, rows),
        "before": records.column("hash"),
        **columns,
    }
    arrays = [given.get(field.name, pa.nulls(rows, field.type)) for field in LEDGER]
    return pa.table(arrays, schema=LEDGER)
