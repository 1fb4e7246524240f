"""Decisions applied to a batch: what stays, what content there is then, what a memo says."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.build.culprit import guarded
from curate.build.memo import DECIDED
from curate.build.spans import spans_between
from curate.decision import Span
from curate.fields import Leaf, field_texts, leaves, names, with_texts
from curate.hashing import hash_batch
from curate.json_values import JsonValues, json_values, with_values
from curate.operator import Edited, EditOperator, ScrubOperator

PAIR_IDENTICAL = "pair-identical"
_REASON = ("rule", "value", "limit")

Flags = npt.NDArray[np.bool_]
Texts = Leaf | JsonValues
PathOf = Callable[[int], str]
"""The path of a text, by its place."""


class Failed(NamedTuple):
    """What rules decided on a batch: the decisions, and which rows they drop."""

    decided: pa.Table
    gone: Flags


class Edits(NamedTuple):
    """What an edit did to a batch."""

    after: pa.RecordBatch
    """All rows, as they are after it."""
    rows: npt.NDArray[np.int64]
    """The rows that it changed, or of which it tells something, ascending."""
    gone: Flags
    """The rows that are dropped after it."""
    decided: pa.Table


class Change(NamedTuple):
    """One text that an edit changed, by one of its rules where it has any."""

    row: int
    path: str
    rule: str | None
    spans: list[dict[str, Any]]


class Gone(NamedTuple):
    """One text for which an edit drops its record."""

    row: int
    path: str
    rule: str
    value: str | None
    limit: str | None


def failed(position: int, batch: pa.RecordBatch, failures: pa.Table) -> Failed:
    """Drop the rows that fail a rule, with a decision for each rule that they fail."""
    rows = failures.column("row").combine_chunks()
    hashes = batch.column("hash").take(rows)
    decided = _decided(
        position,
        "drop",
        hashes,
        rule=failures.column("rule"),
        field=failures.column("field"),
        value=failures.column("value"),
        limit=failures.column("limit"),
        before=hashes,
    )
    gone = np.zeros(len(batch), np.bool_)
    gone[rows.to_numpy()] = True
    return Failed(decided, gone)


def edited(
    position: int,
    step: str,
    operator: EditOperator,
    batch: pa.RecordBatch,
    later: Sequence[ScrubOperator] = (),
) -> Edits:
    """Put the edited texts in, and drop the pairs that became (or were) identical.

    Of a record that an edit drops nothing else is told, but where the edit scrubs. Paths are told
    as `later` leave them, since the keys in them are texts too.
    """
    after, changes, flags, dropped = guarded(
        step, lambda rows: _edited(operator, rows, later), batch
    )
    failing = np.zeros(len(batch), np.bool_)
    failing[[each.row for each in dropped]] = True
    if not isinstance(operator, ScrubOperator):
        changes = [change for change in changes if not failing[change.row]]
    rows = np.unique(np.array([change.row for change in (*changes, *flags)], np.int64))
    after = _rehashed(batch, after, rows)
    edits = _edit_decisions(position, "edit", batch, after, changes)
    flagged = _edit_decisions(position, "flag", batch, after, flags)
    decided = pa.concat_tables([edits, flagged, _drop_decisions(position, batch, dropped)])
    gone = identical_pairs(after) & ~failing
    if gone.any():
        mask = pa.array(gone)
        hashes = batch.column("hash").filter(mask)
        identical = _decided(
            position,
            "drop",
            hashes,
            rule=_constant(PAIR_IDENTICAL, len(hashes)),
            field=_constant("rejected", len(hashes)),
            before=after.column("hash").filter(mask),
        )
        decided = pa.concat_tables([decided, identical])
    return Edits(after, rows, gone | failing, decided)


def _edited(
    operator: EditOperator, batch: pa.RecordBatch, later: Sequence[ScrubOperator]
) -> tuple[pa.RecordBatch, list[Change], list[Change], list[Gone]]:
    changes: list[Change] = []
    flags: list[Change] = []
    dropped: list[Gone] = []
    after = batch
    for leaf in texts_of(operator, batch):
        answer = operator.edit(leaf.texts)
        texts = answer.texts
        if len(texts) != len(leaf.texts):
            raise ValueError(f"{len(leaf.texts)} texts in, {len(texts)} texts out")
        differs = pc.fill_null(pc.not_equal(leaf.texts, texts), False)
        places = np.flatnonzero(differs.to_numpy(zero_copy_only=False))
        if isinstance(leaf, JsonValues):
            edited = texts.to_pylist()
            path: PathOf = partial(leaf.path, texts=_told(leaf, answer, places, later))
            after = with_values(after, leaf, edited) if len(places) else after
        else:
            path = leaf.path
            after = with_texts(after, leaf, texts) if len(places) else after
        dropped += _dropped(leaf, answer.failures, path)
        changes += _changes(leaf, answer, places, path)
        flags += _flags(leaf, answer, path)
    return after, changes, flags, dropped


def _told(
    values: JsonValues, answer: Edited, places: npt.NDArray[np.intp], later: Sequence[ScrubOperator]
) -> Sequence[str]:
    """The texts after an edit; the keys in the paths that it tells are as `later` leave them."""
    told: list[str] = answer.texts.to_pylist()
    failing = [] if answer.failures is None else answer.failures.column("row").to_pylist()
    pieces = {one for place in {*places.tolist(), *failing} for one in values.paths[place]}
    keys = sorted(one for one in pieces if isinstance(one, int))
    if not keys:
        return told
    texts = pa.array([told[key] for key in keys], pa.string())
    for operator in later:
        texts = operator.edit(texts).texts
    for key, text in zip(keys, texts.to_pylist(), strict=True):
        told[key] = text
    return told


def texts_of(operator: EditOperator, batch: pa.RecordBatch) -> list[Leaf | JsonValues]:
    """The texts of a batch that an operator is given."""
    own: list[Leaf | JsonValues] = [*leaves(batch, operator.fields())]
    return (
        [*own, *names(batch), *json_values(batch)] if isinstance(operator, ScrubOperator) else own
    )


def _dropped(leaf: Texts, failures: pa.Table | None, path: PathOf) -> list[Gone]:
    if failures is None:
        return []
    return [
        Gone(int(leaf.rows[row["row"]]), path(row["row"]), *(row[name] for name in _REASON))
        for row in failures.to_pylist()
    ]


def _changes(
    leaf: Texts, answer: Edited, places: npt.NDArray[np.intp], path: PathOf
) -> list[Change]:
    found = []
    for place in places.tolist():
        spans = answer.spans[place] if answer.spans is not None else None
        if spans is None:
            spans = spans_between(leaf.texts[place].as_py(), answer.texts[place].as_py())
        rules = answer.rules[place] if answer.rules is not None else [None] * len(spans)
        found += _by_rule(leaf, place, path, zip(rules, spans, strict=True))
    return found


def _flags(leaf: Texts, answer: Edited, path: PathOf) -> list[Change]:
    """What an edit found and left."""
    if answer.flags is None:
        return []
    own = ((place, answer.flags[place]) for place in range(len(leaf.texts)))
    return [one for place, told in own for one in _by_rule(leaf, place, path, told)]


def _by_rule(
    leaf: Texts, place: int, path: PathOf, told: Iterable[tuple[str | None, Span]]
) -> list[Change]:
    by_rule: dict[str | None, list[dict[str, Any]]] = {}
    for rule, span in told:
        by_rule.setdefault(rule, []).append(span._asdict())
    if not by_rule:
        return []
    row, where = int(leaf.rows[place]), path(place)
    return [Change(row, where, rule, own) for rule, own in by_rule.items()]


def _rehashed(
    before: pa.RecordBatch, after: pa.RecordBatch, rows: npt.NDArray[np.int64]
) -> pa.RecordBatch:
    """Give the changed rows their new hash."""
    if len(rows) == 0:
        return after
    mask = np.zeros(len(after), np.bool_)
    mask[rows] = True
    new = hash_batch(after.take(pa.array(rows)))
    column = pc.replace_with_mask(before.column("hash"), pa.array(mask), new)
    position = after.schema.get_field_index("hash")
    return after.set_column(position, after.schema.field("hash"), column)


def _edit_decisions(
    position: int, action: str, before: pa.RecordBatch, after: pa.RecordBatch, changes: list[Change]
) -> pa.Table:
    rows = pa.array([change.row for change in changes], pa.int64())
    hashes = before.column("hash").take(rows)
    return _decided(
        position,
        action,
        hashes,
        rule=pa.array([change.rule for change in changes], pa.string()),
        field=pa.array([change.path for change in changes], pa.string()),
        before=hashes,
        after=after.column("hash").take(rows),
        spans=pa.array([change.spans for change in changes], DECIDED.field("spans").type),
    )


def _drop_decisions(position: int, batch: pa.RecordBatch, dropped: list[Gone]) -> pa.Table:
    hashes = batch.column("hash").take(pa.array([each.row for each in dropped], pa.int64()))
    columns = zip(*dropped, strict=True) if dropped else [()] * len(Gone._fields)
    named = dict(zip(Gone._fields, columns, strict=True))
    own = {
        name: pa.array(named[of], pa.string())
        for name, of in {"field": "path", **dict(zip(_REASON, _REASON, strict=True))}.items()
    }
    return _decided(position, "drop", hashes, before=hashes, **own)


def identical_pairs(batch: pa.RecordBatch) -> npt.NDArray[np.bool_]:
    """Which rows are preference pairs whose wanted and rejected endings are the same."""
    if batch.column("rejected").null_count == len(batch):
        return np.zeros(len(batch), np.bool_)
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


def _decided(position: int, action: str, hashes: pa.Array, **columns: pa.Array) -> pa.Table:
    """Decisions on contents; columns that are not given are null."""
    rows = len(hashes)
    given: dict[str, Any] = {
        "hash": hashes,
        "position": pa.array(np.full(rows, position, np.uint8)),
        "action": _constant(action, rows),
        **columns,
    }
    arrays = [given.get(field.name, pa.nulls(rows, field.type)) for field in DECIDED]
    return pa.table(arrays, schema=DECIDED)
