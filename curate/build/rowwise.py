"""Row-wise steps over the contents of one task, in a worker: what it finds out is a memo.

Nothing here depends on other contents, nor on the records that hold them, so that the size, order
and number of tasks have no influence.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.build.applied import edited, failed
from curate.build.culprit import StepError, guarded
from curate.build.judging import judged_tables
from curate.build.known import Bits, Known
from curate.build.measuring import TEXTS_FILE, Measuring
from curate.build.memo import CONTENTS, DECIDED, DECISIONS, KEPT, PASSED, write_memo
from curate.build.pool import Piece, as_working, contents, distinct
from curate.build.scores import with_scores
from curate.operator import EditOperator, RulesOperator, SignalOperator
from curate.recipe import Step
from curate.store.segments import PAYLOAD
from curate.store.signals import hash_values

Flags = npt.NDArray[np.bool_]


class StepTask(NamedTuple):
    """Run the steps of a segment on contents, each from the step that lacks it on."""

    pieces: tuple[Piece, ...]
    first: npt.NDArray[np.int64]
    """For each content the position of that step."""
    steps: tuple[Step, ...]
    chain: tuple[str, ...]
    """The fingerprints of the steps."""
    memos: Path
    """Where memos are."""
    known: Path | None
    """What `known.write_known` wrote."""
    texts: dict[str, Path]
    """For each signal step, where the hashes are of the texts that it need not measure."""
    scores: dict[str, Path]
    """What `scores.write_scores` wrote."""


def run_steps(task: StepTask) -> int:
    """Run a task; its memo is there when it returns. Returns how many contents it had.

    Where a step fails, what the steps before it found out is kept.
    """
    walk = _Walk(task)
    came = len(walk.left)
    position = 0
    try:
        for position, step in enumerate(task.steps):
            walk.leave_where_decided(position)
            walk.step(position, step)
        position = len(task.steps)
    except StepError as error:
        raise walk.with_origin(error) from error
    finally:
        walk.end(position)
    return came


class _Walk:
    """The contents of a task on their way; the order of the rows means nothing.

    `left` are the rows of `batch` that are still there: to copy what is left each time that some
    leave would cost as much as many a step. All other columns are of these rows alone.
    """

    def __init__(self, task: StepTask) -> None:
        self.task = task
        self.known = Known.load(task.known)
        self.batch = contents(task.pieces)
        self.left = np.arange(len(self.batch))
        self.origin = hash_values(self.batch.column("hash"))
        self.hashes, self.first = self.origin.copy(), task.first.copy()
        self.bits = self.known.of(self.hashes)
        self.passed: list[pa.Table] = []
        self.decided: list[pa.Table] = []
        self.made: list[pa.RecordBatch] = []
        self.judged: dict[str, list[pa.Table]] = {}
        self.measuring = Measuring(task.memos, task.chain, task.texts)

    def leave_where_decided(self, position: int) -> None:
        """Leave the contents of which this step's decision is known: they are replayed."""
        bit = 1 << position
        known = (self.bits.decided & ~self.bits.kept & bit) != 0
        gone = known & (self.first <= position)
        self._note_passed(gone, position)
        self._keep(~gone)

    def step(self, position: int, step: Step) -> None:
        """Run one step on the contents that it has not seen."""
        due = (self.first <= position) & ((self.bits.kept & (1 << position)) == 0)
        rows = np.flatnonzero(due)
        if not len(rows):
            return
        part = self._rows(rows)
        if len(rows) == len(self.left):
            self.batch, self.left = part, np.arange(len(part))
        batch, operator = as_working(part), step.operator
        if isinstance(operator, SignalOperator):
            self.measuring.measure(step.name, operator, batch)
        elif isinstance(operator, RulesOperator):
            self._judge(position, step, rows, batch)
        elif isinstance(operator, EditOperator):
            self._edit(position, step, rows, batch)
        else:
            raise TypeError(f"step {step.name}: {type(operator).__name__} is not row-wise")

    def end(self, position: int) -> None:
        """Write the memo: what is left has passed the steps before a position."""
        self._note_passed(np.ones(len(self.left), np.bool_), position)
        tables = {
            KEPT: _joined(self.passed, PASSED),
            DECISIONS: _joined(self.decided, DECIDED),
            CONTENTS: _of_batches(self.made),
            TEXTS_FILE: self.measuring.texts(),
        }
        tables |= {name: pa.concat_tables(each) for name, each in self.judged.items()}
        write_memo(self.task.memos, self.task.chain, tables)

    def with_origin(self, error: StepError) -> StepError:
        """The error with the content as it came to the task, which records can be found by."""
        if error.content is None:
            return error
        row = int(np.flatnonzero(self.hashes == error.content)[0])
        origin = bytes(self.origin[row]).ljust(16, b"\0")
        return StepError(error.step, error.found, origin, error.size)

    def _judge(
        self, position: int, step: Step, rows: npt.NDArray[np.int64], batch: pa.RecordBatch
    ) -> None:
        operator = step.operator
        assert isinstance(operator, RulesOperator)
        scored = with_scores(step, batch, self.task.scores, self.measuring.signals)
        answer = guarded(step.name, operator.judged, scored)
        for name, table in judged_tables(batch, answer.measured, operator.scores).items():
            self.judged.setdefault(name, []).append(table)
        decided, gone = failed(position, batch, answer.failures)
        self.decided.append(decided)
        self._drop(rows[gone], position)

    def _edit(
        self, position: int, step: Step, rows: npt.NDArray[np.int64], batch: pa.RecordBatch
    ) -> None:
        operator = step.operator
        assert isinstance(operator, EditOperator)
        edits = edited(position, step.name, operator, batch)
        self.decided.append(edits.decided)
        made = edits.after.take(pa.array(edits.rows)).select(PAYLOAD.names)
        self.made.append(made)
        changed = rows[edits.rows]
        self._note_passed(self._flags(np.union1d(changed, rows[edits.gone])), position)
        if len(rows) == len(self.batch):
            self.batch = edits.after.select(PAYLOAD.names)
        elif len(made):
            self.left[changed] = np.arange(len(made)) + len(self.batch)
            self.batch = pa.concat_batches([self.batch.select(PAYLOAD.names), made])
        self._change(changed, hash_values(made.column("hash")), position + 1)
        self._keep(~self._flags(rows[edits.gone]))

    def _drop(self, rows: npt.NDArray[np.int64], position: int) -> None:
        gone = self._flags(rows)
        self._note_passed(gone, position)
        self._keep(~gone)

    def _flags(self, rows: npt.NDArray[np.int64]) -> Flags:
        flags = np.zeros(len(self.left), np.bool_)
        flags[rows] = True
        return flags

    def _note_passed(self, which: Flags, position: int) -> None:
        """Note that some contents were kept by all steps from their first up to a position."""
        rows = np.flatnonzero(which & (self.first < position))
        hashes = self.batch.column("hash").take(pa.array(self.left[rows]))
        last = np.full(len(rows), position, np.uint8)
        columns = [hashes, pa.array(self.first[rows].astype(np.uint8)), pa.array(last)]
        self.passed.append(pa.table(columns, schema=PASSED))

    def _rows(self, rows: npt.NDArray[np.int64]) -> pa.RecordBatch:
        """Some of the contents that are left, in their order."""
        if len(rows) == len(self.batch):
            return self.batch
        return self.batch.take(pa.array(self.left[rows]))

    def _keep(self, which: Flags) -> None:
        if which.all():
            return
        self.left, self.first = self.left[which], self.first[which]
        self.hashes, self.origin = self.hashes[which], self.origin[which]
        self.bits = Bits(*(mask[which] for mask in self.bits))

    def _change(
        self, rows: npt.NDArray[np.int64], hashes: npt.NDArray[np.bytes_], position: int
    ) -> None:
        """Go on with other contents in the place of some, from a position on."""
        self.hashes[rows], self.first[rows] = hashes, position
        for mask, new in zip(self.bits, self.known.of(hashes), strict=True):
            mask[rows] = new


def _joined(tables: list[pa.Table], schema: pa.Schema) -> pa.Table:
    return pa.concat_tables([schema.empty_table(), *tables])


def _of_batches(batches: Iterable[pa.RecordBatch]) -> pa.Table:
    """Each content once: different ones may have been edited alike."""
    table = pa.Table.from_batches(list(batches), PAYLOAD).combine_chunks()
    return pa.Table.from_batches([distinct(each) for each in table.to_batches()], PAYLOAD)
