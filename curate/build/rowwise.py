"""Row-wise steps over one part: signals, rules, edits, fused; facts for the selections after.

This is the one place where decisions are applied to records. Nothing here depends on other parts,
so that the size, order and number of parts have no influence.
"""

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curate.build.account import Count
from curate.build.applied import apply_edit, apply_failures
from curate.build.culprit import guarded
from curate.build.measuring import measured, write_measured
from curate.build.parts import payload_of, write_part, write_payload, write_records
from curate.build.task import Counts, RowResult, RowTask
from curate.decision import LEDGER
from curate.operator import EditOperator, RulesOperator, SelectionOperator, SignalOperator
from curate.recipe import Step
from curate.record import WORKING


def run_part(task: RowTask) -> RowResult:
    """Run a task; its files are in the stage's folder when it returns."""
    batch = _single_batch(pq.read_table(task.part, schema=WORKING))
    came = len(batch)
    payloads: list[pa.Table] = []
    if task.apply is not None:
        batch, dropped = _selected(batch, pq.read_table(task.apply))
        payloads.append(payload_of(dropped))
    ledgers: list[pa.Table] = []
    signals: list[pa.Table] = []
    counts: Counts = {}
    for step in task.steps:
        before = batch
        if isinstance(step.operator, SignalOperator):
            signals.append(measured(step, batch, task.known.get(step.name), signals))
            write_measured(task.stage, task.name, signals)
        batch, ledger, lost = _run_step(step, batch)
        ledgers.append(ledger)
        payloads.append(lost)
        counts |= _counted(step.name, before, batch, ledger)
    write_records(task.stage, task.name, batch)
    write_payload(task.stage, task.name, payloads)
    if any(len(ledger) for ledger in ledgers):
        write_part(task.stage, "ledger", task.name, pa.concat_tables(ledgers))
    for number, step in enumerate(task.selections):
        write_part(task.stage, f"facts/{number}", task.name, _facts(step, batch, task.seed))
    return RowResult(came, counts)


def _single_batch(table: pa.Table) -> pa.RecordBatch:
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)


def _selected(batch: pa.RecordBatch, chosen: pa.Table) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """The rows that the selections before kept, and those that they dropped."""
    rows = chosen.column("row").combine_chunks()
    kept = batch.take(rows)
    for name in ("copy", "split"):
        position = WORKING.get_field_index(name)
        kept = kept.set_column(position, WORKING.field(name), chosen.column(name).combine_chunks())
    gone = np.ones(len(batch), np.bool_)
    gone[rows.to_numpy()] = False
    return kept, batch.filter(pa.array(gone))


def _run_step(step: Step, batch: pa.RecordBatch) -> tuple[pa.RecordBatch, pa.Table, pa.Table]:
    operator = step.operator
    if len(batch) == 0 or isinstance(operator, SignalOperator):
        return batch, LEDGER.empty_table(), payload_of(batch.slice(0, 0))
    if isinstance(operator, RulesOperator):
        failures = guarded(step.name, operator.judge, batch)
        return apply_failures(step.name, batch, failures)
    if isinstance(operator, EditOperator):
        return apply_edit(step.name, operator, batch)
    raise TypeError(f"step {step.name}: {type(operator).__name__} is not row-wise")


def _facts(step: Step, batch: pa.RecordBatch, seed: int) -> pa.Table:
    operator = step.operator
    if not isinstance(operator, SelectionOperator):
        raise TypeError(f"step {step.name}: {type(operator).__name__} is no selection")

    def facts_of(rows: pa.RecordBatch) -> pa.RecordBatch:
        facts = operator.facts(rows, seed)
        if len(facts) != len(rows):
            raise ValueError(f"{len(rows)} records in, facts of {len(facts)} out")
        return facts

    return pa.Table.from_batches([guarded(step.name, facts_of, batch)])


def _counted(step: str, before: pa.RecordBatch, after: pa.RecordBatch, ledger: pa.Table) -> Counts:
    """Count by source; dropped is counted from the ledger, so that a lost record shows."""
    came, kept = _by_source(before), _by_source(after)
    sources = dict(zip(_keys(before), before.column("source").to_pylist(), strict=True))
    dropped = Counter(sources[key] for key in _ledger_keys(ledger, "drop"))
    edited = Counter(sources[key] for key in _ledger_keys(ledger, "edit"))
    return {
        (step, source): Count(number, 0, kept[source], dropped[source], edited[source])
        for source, number in came.items()
    }


def _by_source(batch: pa.RecordBatch) -> Counter[str]:
    counted = pc.value_counts(batch.column("source"))
    return Counter({row["values"]: row["counts"] for row in counted.to_pylist()})


def _keys(batch: pa.RecordBatch) -> list[Any]:
    ids, copies = batch.column("id").to_pylist(), batch.column("copy").to_pylist()
    return list(zip(ids, copies, strict=True))


def _ledger_keys(ledger: pa.Table, action: str) -> set[Any]:
    rows = ledger.filter(pc.equal(ledger.column("action"), action))
    pairs = zip(rows.column("id").to_pylist(), rows.column("copy").to_pylist(), strict=True)
    return set(pairs)
