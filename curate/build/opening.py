"""The opening of a build: edits that run on records as they are read, before anything is written.

Where a recipe scrubs, its opening is its edits up to the last that does. A content is written only
where it comes out of all of them, or where those that scrub find nothing in it. What was dropped on
the way is scrubbed and then kept, as other dropped contents are. All other contents are known by
their hash alone, which no ledger tells (`hidden`).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.build.applied import Edits, edited
from curate.build.culprit import StepError
from curate.build.memo import DECIDED, DECISIONS, KEPT, PASSED
from curate.build.pool import as_working, distinct, single_batch
from curate.hashing import digest
from curate.operator import EditOperator, ScrubOperator
from curate.recipe import Step
from curate.store.segments import PAYLOAD

KEPT_AS: Final = pa.schema([("hash", pa.binary(16)), ("kept", pa.binary(16))])
Flags = npt.NDArray[np.bool_]

HASHES: Final = pa.schema([("hash", pa.binary(16))])


class Opening(NamedTuple):
    """The steps that run on what is read before it is written, and where their memos go."""

    steps: tuple[Step, ...]
    memos: Path

    @property
    def chain(self) -> tuple[str, ...]:
        """The fingerprints of the steps (`chain_of`)."""
        return chain_of(self.steps)


def chain_of(steps: Sequence[Step]) -> tuple[str, ...]:
    """The fingerprints of steps, each with those of the steps behind it that scrub.

    What they decide is told as these leave it, so that it is another where these are.
    """
    prints = [step.operator.fingerprint() for step in steps]
    behind: list[list[str]] = [
        [prints[place] for place in range(first + 1, len(steps)) if scrubs(steps[place])]
        for first in range(len(steps))
    ]
    return tuple(
        digest(*(each.encode() for each in (own, *others))).hex() if others else own
        for own, others in zip(prints, behind, strict=True)
    )


def opening_of(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps of the opening: all up to the last that scrubs (`recipe.scrubbing`)."""
    last = max((place for place, step in enumerate(steps) if scrubs(step)), default=-1)
    return tuple(steps[: last + 1])


def scrubs(step: Step) -> bool:
    """Whether a step takes out what must not be kept."""
    return isinstance(step.operator, ScrubOperator)


class Opened(NamedTuple):
    """What comes of the contents of a batch."""

    contents: pa.Table
    """All that may be written (schema `PAYLOAD`), each once."""
    memo: dict[str, pa.Table]
    """What the steps decided, as files of a memo."""
    hidden: pa.Table
    """Hashes (schema `HASHES`) that the memo has and no ledger may have."""
    kept: pa.Table
    """What is kept of contents that are others in the end, dropped or not (schema `KEPT_AS`)."""


def open_batch(steps: Sequence[Step], batch: pa.RecordBatch) -> Opened:
    """Run the steps of an opening on contents (schema `PAYLOAD`).

    Raises `StepError` with the content as it came.
    """
    way = _Way(steps, distinct(batch))
    for position in range(len(steps)):
        try:
            way.step(position)
        except StepError as error:
            raise StepError(error.step, error.found, way.came(error.content), error.size) from error
    return way.end()


class _Way:
    def __init__(self, steps: Sequence[Step], batch: pa.RecordBatch) -> None:
        self.steps, self.batch, self.all = steps, batch, batch.column("hash")
        self.passed = [PASSED.empty_table()]
        self.decided = [DECIDED.empty_table()]
        self.written: list[pa.RecordBatch] = []
        self.edited: list[tuple[int, pa.RecordBatch]] = []
        self.changed: list[dict[bytes, bytes]] = []
        self.dropped: list[dict[bytes, bytes]] = []

    def came(self, content: bytes | None) -> bytes | None:
        """One of the contents as they came of which this one was made."""
        for changed in reversed(self.changed):
            content = next((old for old, new in changed.items() if new == content), content)
        return content

    def step(self, position: int) -> None:
        """Run one step on what is left."""
        before, scrubbing = self.batch, scrubs(self.steps[position])
        edits = _edit(self.steps[position], position, before, self.steps[position + 1 :])
        after = edits.after.select(PAYLOAD.names)
        changed = np.zeros(len(before), np.bool_)
        changed[edits.rows] = True
        self._note_passed(before, ~changed & ~edits.gone, position)
        decided, stays = edits.decided, changed & ~edits.gone
        self.changed.append(_pairs(_taken(before, stays), _taken(after, stays)))
        self.dropped.append({})
        if edits.gone.any():
            # What an edit did to a record that it drops does not count, unless it scrubs.
            last = after if scrubbing else _chosen(before, after, changed)
            gone = _taken(last, edits.gone)
            decided = self._with_scrubbed(decided, gone, _taken(before, edits.gone), position)
        self.decided.append(decided)
        if not scrubbing:
            self.edited.append((position, _taken(before, stays)))
        self.batch = distinct(_taken(after, ~edits.gone))

    def end(self) -> Opened:
        """What came of all."""
        for position, contents in self.edited:
            self._write_clean(contents, position)
        table = pa.Table.from_batches([*self.written, self.batch], PAYLOAD)
        contents = pa.Table.from_batches([distinct(single_batch(table))], PAYLOAD)
        memo = {KEPT: pa.concat_tables(self.passed), DECISIONS: pa.concat_tables(self.decided)}
        told = [memo[DECISIONS].column(name) for name in ("before", "after")]
        all_told = pc.unique(pa.chunked_array([c for each in told for c in each.chunks], _HASH))
        known = pc.is_in(all_told, value_set=contents.column("hash").combine_chunks())
        hidden = pa.table([all_told.filter(pc.invert(known)).drop_null()], schema=HASHES)
        return Opened(contents, memo, hidden, self._kept())

    def _kept(self) -> pa.Table:
        ends = [(one, self._end_of(one)) for one in self.all.to_pylist()]
        others = [(one, end) for one, end in ends if one != end]
        columns = [pa.array([pair[side] for pair in others], _HASH) for side in (0, 1)]
        return pa.table(columns, schema=KEPT_AS)

    def _end_of(self, content: bytes) -> bytes:
        for changed, dropped in zip(self.changed, self.dropped, strict=True):
            if content in dropped:
                return dropped[content]
            content = changed.get(content, content)
        return content

    def _note_passed(self, batch: pa.RecordBatch, which: Flags, position: int) -> None:
        hashes = batch.column("hash").filter(pa.array(which))
        places = (pa.array(np.full(len(hashes), n, np.uint8)) for n in (position, position + 1))
        self.passed.append(pa.table([hashes, *places], schema=PASSED))

    def _with_scrubbed(
        self, decided: pa.Table, gone: pa.RecordBatch, came: pa.RecordBatch, position: int
    ) -> pa.Table:
        """The decisions, with what is kept of dropped contents (row for row those that came)."""
        kept = self._scrubbed(gone, position)
        self.written.append(kept)
        self.dropped[position] = _pairs(came, kept)
        rows = pc.index_in(decided.column("hash"), value_set=came.column("hash"))
        hashes = kept.column("hash").take(rows.combine_chunks())
        drops = pc.equal(decided.column("action"), "drop")
        before = pc.if_else(drops, hashes, decided.column("before"))
        place = decided.schema.get_field_index("before")
        return decided.set_column(place, decided.schema.field(place), before)

    def _write_clean(self, contents: pa.RecordBatch, position: int) -> None:
        """Write those in which nothing is to scrub, now or after the edits that follow.

        So what was edited is told, where it does not tell what was scrubbed.
        """
        stays = [self._is_never_scrubbed(one, position) for one in contents["hash"].to_pylist()]
        contents = _taken(contents, np.array(stays, np.bool_))
        scrubbed = self._scrubbed(contents, position)
        clean = pc.equal(contents.column("hash"), scrubbed.column("hash"))
        self.written.append(contents.filter(clean))

    def _is_never_scrubbed(self, content: bytes, position: int) -> bool:
        for place in range(position, len(self.steps)):
            after = self.dropped[place].get(content, self.changed[place].get(content, content))
            if after != content and scrubs(self.steps[place]):
                return False
            content = after
        return True

    def _scrubbed(self, batch: pa.RecordBatch, position: int) -> pa.RecordBatch:
        """Contents after all that the steps behind a position scrub."""
        for place, step in enumerate(self.steps[position + 1 :], position + 1):
            if scrubs(step) and len(batch):
                batch = _edit(step, place, batch).after.select(PAYLOAD.names)
        return batch


_HASH: Final = pa.binary(16)


def _edit(step: Step, position: int, batch: pa.RecordBatch, behind: Sequence[Step] = ()) -> Edits:
    assert isinstance(step.operator, EditOperator)
    later = [each.operator for each in behind if isinstance(each.operator, ScrubOperator)]
    return edited(position, step.name, step.operator, as_working(batch), later)


def _pairs(before: pa.RecordBatch, after: pa.RecordBatch) -> dict[bytes, bytes]:
    hashes = (each.column("hash").to_pylist() for each in (before, after))
    return dict(zip(*hashes, strict=True))


def _taken(batch: pa.RecordBatch, which: Flags) -> pa.RecordBatch:
    return batch if which.all() else batch.filter(pa.array(which))


def _chosen(first: pa.RecordBatch, second: pa.RecordBatch, which: Flags) -> pa.RecordBatch:
    """The rows of the first batch, but those of the second where `which` is set."""
    rows = np.arange(len(first)) + len(first) * which
    return pa.concat_batches([first, second]).take(pa.array(rows))
