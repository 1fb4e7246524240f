"""What selections cut out of texts: the edit, its rows of the ledger, and the new contents."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from curate.build.applied import PAIR_IDENTICAL, identical_pairs
from curate.build.gathered import Gathering
from curate.build.memo import CONTENTS, write_memo
from curate.build.pool import distinct
from curate.build.selecting import CURRENT
from curate.decision import CUT, LEDGER
from curate.errors import OperatorError
from curate.fields import leaves, with_texts
from curate.hashing import hash_batch
from curate.recipe import Step
from curate.store.catalog import Connection, table_of
from curate.store.segments import PAYLOAD

Stretches = dict[str, list[tuple[int, int, str | None]]]
"""Of one record, by the path of a text: start, end and rule of what is cut out, in order."""

_BATCH: Final = 10_000


def cut(gathering: Gathering, step: Step, query: str) -> None:
    """Cut what a query says out of the current records, whose hashes are then others.

    The rows of the ledger are those of an edit; a pair that became identical is dropped.
    """
    connection = gathering.connection
    cuts = _cuts_of(connection, query)
    if not len(cuts):
        return
    ledger = [LEDGER.empty_table()]
    for rows in _by_content(cuts):
        made, decided = _cut_out(gathering, step, rows)
        chain = [step.operator.fingerprint()]
        write_memo(gathering.cache.group("steps"), chain, {CONTENTS: pa.table(made)})
        ledger.append(decided)
    write_edits(connection, pa.concat_tables(ledger))


def _cuts_of(connection: Connection, query: str) -> pa.Table:
    """The cuts (schema `CUT`) of records that are there, with `hash`, by hash and record."""
    names = ", ".join(f'k."{name}"' for name in CUT.names)
    return table_of(
        connection,
        f"SELECT {names}, c.hash FROM ({query}) k JOIN {CURRENT} c "
        'ON c.id = k.id AND c.copy = k.copy WHERE k."end" > k.start '
        'ORDER BY c.hash, c.id, c.copy, k.field, k.start, k."end"',
    )


def _by_content(cuts: pa.Table) -> Iterator[list[dict[str, Any]]]:
    """Rows of so many contents as make a batch; those of one content are never parted."""
    rows: list[dict[str, Any]] = []
    contents = 0
    for row in cuts.to_pylist():
        if rows and row["hash"] != rows[-1]["hash"]:
            contents += 1
            if contents == _BATCH:
                yield rows
                rows, contents = [], 0
        rows.append(row)
    yield rows


def _cut_out(
    gathering: Gathering, step: Step, rows: Sequence[dict[str, Any]]
) -> tuple[pa.Table, pa.Table]:
    """The new contents (schema `PAYLOAD`), and the rows of the ledger."""
    records: dict[tuple[bytes, int], tuple[bytes, Stretches]] = {}
    for row in rows:
        _, stretches = records.setdefault((row["id"], row["copy"]), (row["hash"], {}))
        stretches.setdefault(row["field"], []).append((row["start"], row["end"], row["rule"]))
    batch = contents_of(gathering, [content for content, _ in records.values()])
    after, spans = _edited(batch, [stretches for _, stretches in records.values()], step.name)
    place = after.schema.get_field_index("hash")
    after = after.set_column(place, after.schema.field("hash"), hash_batch(after))
    made = distinct(after.select(PAYLOAD.names))
    identical = identical_pairs(after)
    ledger: list[dict[str, Any]] = []
    for number, ((key, copy), (before, _)) in enumerate(records.items()):
        whose = {"id": key, "copy": copy, "step": step.name}
        hashes = {"before": before, "after": after.column("hash")[number].as_py()}
        ledger += [
            {**whose, **hashes, "action": "edit", "field": path, "rule": rule, "spans": own}
            for (path, rule), own in spans[number].items()
        ]
        if identical[number]:
            gone = {"action": "drop", "rule": PAIR_IDENTICAL, "field": "rejected"}
            ledger.append({**whose, **gone, "before": hashes["after"]})
    return pa.Table.from_batches([made], PAYLOAD), pa.Table.from_pylist(ledger, LEDGER)


def contents_of(gathering: Gathering, wanted: Sequence[bytes]) -> pa.RecordBatch:
    """The contents of hashes, row for row."""
    hashes = pa.array(wanted, pa.binary(16))
    found = pa.Table.from_batches(list(gathering.contents(hashes))).combine_chunks()
    known = found.column("hash").combine_chunks().cast(hashes.type)
    return found.take(pc.index_in(hashes, known)).combine_chunks().to_batches()[0]


def _edited(
    batch: pa.RecordBatch, wanted: Sequence[Stretches], step: str
) -> tuple[pa.RecordBatch, list[dict[tuple[str, str | None], list[dict[str, int]]]]]:
    """The batch after the cuts, and of each row the spans by path and rule."""
    spans: list[dict[tuple[str, str | None], list[dict[str, int]]]] = [{} for _ in wanted]
    after, done = batch, 0
    for leaf in leaves(batch):
        texts: list[str | None] = [None] * len(leaf.texts)
        for place, row in enumerate(leaf.rows.tolist()):
            stretches = wanted[row].get(leaf.path(place)) if wanted[row] else None
            if not stretches:
                continue
            text = leaf.texts[place].as_py()
            if text is None or stretches[-1][0] >= len(text) or stretches[0][0] < 0:
                raise _outside(step, leaf.path(place))
            texts[place], own = _without(text, stretches)
            done += 1
            for rule, span in own:
                spans[row].setdefault((leaf.path(place), rule), []).append(span)
        if any(text is not None for text in texts):
            after = with_texts(after, leaf, pa.array(texts, pa.string()))
    if done != sum(len(each) for each in wanted):
        raise _outside(step, "a field that a record does not have")
    return after, spans


def _without(
    text: str, stretches: Sequence[tuple[int, int, str | None]]
) -> tuple[str, list[tuple[str | None, dict[str, int]]]]:
    """The text without stretches, which may overlap, and what was taken by which rule."""
    parts, spans, place = [], [], 0
    for start, end, rule in stretches:
        start, end = max(start, place), min(end, len(text))
        if end <= start:
            continue
        parts.append(text[place:start])
        spans.append((rule, {"start": start, "end": end, "length": 0}))
        place = end
    return "".join([*parts, text[place:]]), spans


def _outside(step: str, where: str) -> OperatorError:
    return OperatorError(
        f"step {step}", f"it cuts out of {where} what is not there", "Nothing was committed."
    )


def write_edits(connection: Connection, ledger: pa.Table) -> None:
    """Write rows of the ledger, and change or drop the current records that they are of."""
    columns = ", ".join(f'l."{name}"' for name in LEDGER.names)
    connection.register("cut_ledger", ledger)
    connection.execute(
        f"INSERT INTO new_ledger BY NAME SELECT {columns}, c.source, c.file, c.line "
        f"FROM cut_ledger l JOIN {CURRENT} c ON c.id = l.id AND c.copy = l.copy"
    )
    same = f"l.id = {CURRENT}.id AND l.copy = {CURRENT}.copy"
    connection.execute(
        f"UPDATE {CURRENT} SET hash = l.after FROM (SELECT DISTINCT id, copy, after "
        f"FROM cut_ledger WHERE action = 'edit') l WHERE {same}"
    )
    connection.execute(
        f"DELETE FROM {CURRENT} USING (SELECT id, copy FROM cut_ledger WHERE action = 'drop') l "
        f"WHERE {same}"
    )
    connection.unregister("cut_ledger")
