"""What expansions make of records, in workers, each once for an id and a content.

cache/expanded/KEY/ has what one operator and seed makes, in pairs of files:

    TOKEN.parquet   a row for each candidate (`CANDIDATE`), and one for a record without any
    TOKEN.arrow     the contents of candidates, until the store has them
"""

import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.build.arrow_file import ARROW
from curate.build.cache import Cache, write_whole
from curate.build.culprit import guarded
from curate.build.pool import Piece, as_working, contents, distinct
from curate.build.scores import with_scores
from curate.build.spans import spans_between
from curate.decision import FAILURE, SPAN
from curate.expansion import UNCHANGED, Expanded, ExpansionOperator
from curate.fields import leaves
from curate.hashing import digest, hash_batch
from curate.operators.exact_dedup import ExactDedup
from curate.recipe import Step
from curate.record import CONTENT
from curate.store.segments import PAYLOAD
from curate.synthetic import marked

_CHANGE: Final = pa.struct([("field", pa.string()), ("spans", pa.list_(SPAN))])
_FAILURE: Final = pa.struct([field for field in FAILURE if field.name != "row"])

CANDIDATE: Final = pa.schema(
    [
        ("parent", pa.binary(16)),
        ("content", pa.binary(16)),
        ("maker", pa.string()),
        ("ordinal", pa.int32()),
        ("hash", pa.binary(16)),
        ("key", pa.binary(16)),
        ("changes", pa.list_(_CHANGE)),
        ("failures", pa.list_(_FAILURE)),
    ]
)
"""A candidate: the id and content of its parent, what made it, the hash of its own content, what it
says (as `exact_dedup` compares it), where it differs, and what is wrong with it. `maker` and all
behind it are null for a record of which nothing was made."""


class ExpandTask(NamedTuple):
    """Expand records that were not before."""

    pieces: tuple[Piece, ...]
    told: pa.Table
    """Of each record `hash`, `id` and `source`."""
    step: Step
    home: Path
    seed: int
    scores: dict[str, Path]
    """What `scores.write_scores` wrote."""


def expanded_home(cache: Cache, step: Step, seed: int) -> Path:
    """Where the candidates of an expansion are."""
    parts = (step.operator.fingerprint(), str(seed))
    key = digest(b"curate.expanded.1", *(part.encode() for part in parts))
    return cache.group("expanded") / key.hex()


def candidate_files(home: Path) -> list[Path]:
    """The files of candidates of one expansion."""
    return sorted(home.glob("*.parquet"))


def operator_of(step: Step) -> ExpansionOperator:
    """The operator of a step that is an expansion."""
    if not isinstance(step.operator, ExpansionOperator):
        raise TypeError(f"step {step.name}: {type(step.operator).__name__} is no expansion")
    return step.operator


def expand(task: ExpandTask) -> int:
    """Run a task; its files are there when it returns. Returns how many records it had."""
    batch = as_working(contents(task.pieces), task.told)
    operator = operator_of(task.step)
    scored = with_scores(task.step, batch, task.scores)
    made = guarded(
        task.step.name, lambda rows: _checked(operator.expand(rows, task.seed), len(rows)), scored
    )
    rows, payloads = _candidates(batch, made)
    token = uuid.uuid4().hex
    if len(payloads):
        write_whole(task.home / f"{token}{ARROW}", pa.Table.from_batches([distinct(payloads)]))
    write_whole(task.home / f"{token}.parquet", rows)
    return len(batch)


def _checked(made: Expanded, rows: int) -> Expanded:
    """What an operator returned. Raises ValueError where that does not fit together."""
    count = len(made.contents)
    if {len(made.parents), len(made.makers), len(made.ordinals)} != {count}:
        told = f"{len(made.parents)} parents, {len(made.makers)} makers, {len(made.ordinals)}"
        raise ValueError(f"{count} contents, but {told} ordinals")
    if any(not 0 <= row < rows for row in made.parents):
        raise ValueError(f"a parent is none of the {rows} records")
    if len(set(zip(made.parents, made.makers, made.ordinals, strict=True))) != count:
        raise ValueError("two candidates have one parent, maker and ordinal")
    return made


def _candidates(batch: pa.RecordBatch, made: Expanded) -> tuple[pa.Table, pa.RecordBatch]:
    """The rows of candidates (schema `CANDIDATE`), and their contents (schema `PAYLOAD`)."""
    parents = batch.take(pa.array(made.parents, pa.int64()))
    payloads = _marked(made, parents.column("id"))
    same = pc.equal(hash_batch(made.contents), parents.column("hash")).to_pylist()
    keys = ExactDedup().facts(made.contents, 0).column("key")
    columns = {
        "parent": parents.column("id"),
        "content": parents.column("hash"),
        "maker": pa.array(made.makers, pa.string()),
        "ordinal": pa.array(made.ordinals, pa.int32()),
        "hash": payloads.column("hash"),
        "key": keys,
        "changes": pa.array(changes(parents, made.contents), pa.list_(_CHANGE)),
        "failures": pa.array(_failures(made, same), pa.list_(_FAILURE)),
    }
    without = np.ones(len(batch), np.bool_)
    without[list(made.parents)] = False
    rest = batch.filter(pa.array(without))
    none = {name: pa.nulls(len(rest), CANDIDATE.field(name).type) for name in CANDIDATE.names}
    none |= {"parent": rest.column("id"), "content": rest.column("hash")}
    tables = [pa.table([of[name] for name in CANDIDATE.names], CANDIDATE) for of in (columns, none)]
    return pa.concat_tables(tables), payloads


def _marked(made: Expanded, parents: pa.Array) -> pa.RecordBatch:
    """The contents with the mark of synthetic records, and their hashes."""
    told = (made.contents.column("meta").to_pylist(), made.makers, parents.to_pylist())
    meta = [marked(*each) for each in zip(*told, strict=True)]
    columns = {name: made.contents.column(name) for name in CONTENT.names}
    columns["meta"] = pa.array(meta, pa.string())
    contents_ = pa.RecordBatch.from_arrays(list(columns.values()), schema=CONTENT)
    columns["hash"] = hash_batch(contents_)
    return pa.RecordBatch.from_arrays([columns[name] for name in PAYLOAD.names], schema=PAYLOAD)


def _failures(made: Expanded, same: Sequence[bool]) -> list[list[dict[str, Any]]]:
    """What is wrong with each candidate; with one that is its parent nothing else."""
    found: list[list[dict[str, Any]]] = [[] for _ in same]
    for failure in made.failures.to_pylist():
        found[failure.pop("row")].append(failure)
    unchanged = {"rule": UNCHANGED, "field": None, "value": None, "limit": None}
    return [[unchanged] if is_same else own for is_same, own in zip(same, found, strict=True)]


def changes(before: pa.RecordBatch, after: pa.RecordBatch) -> list[list[dict[str, Any]]]:
    """Of each row the texts that differ, with the spans of the text before (none of a new one)."""
    found: list[list[dict[str, Any]]] = [[] for _ in range(len(before))]
    for row, (old, new) in enumerate(zip(_texts(before), _texts(after), strict=True)):
        for path in dict.fromkeys((*old, *new)):
            was, now = old.get(path), new.get(path)
            if was == now:
                continue
            spans = None if was is None or now is None else spans_between(was, now)
            told = None if spans is None else [span._asdict() for span in spans]
            found[row].append({"field": path, "spans": told})
    return found


def _texts(batch: pa.RecordBatch) -> Iterator[dict[str, str]]:
    """The texts of each row, by their paths."""
    texts: list[dict[str, str]] = [{} for _ in range(len(batch))]
    for leaf in leaves(batch):
        for place, text in enumerate(leaf.texts.to_pylist()):
            if text is not None:
                texts[int(leaf.rows[place])][leaf.path(place)] = text
    yield from texts
