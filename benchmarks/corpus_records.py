"""The records of the scale corpus as Arrow, as if a reader had read them."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from corpus_plan import LABELS, SOURCES, Flags, Places, Plan, labels_of, last_of, planned
from corpus_special import SYSTEM, answer_ends, answer_starts, question_ends
from corpus_text import Sentences, drawn, mixed, salted, sentences

from curate.hashing import hash_batch, record_id
from curate.record import MESSAGE, WORKING

CHUNK: Final = 50_000
SHARD: Final = 250_000
"""Numbers of records that share a file."""
SEED: Final = 1
ROLES: Final = ("system", "user", "assistant")
SEPARATORS: Final = ("\n- ", "\n\n", "\n\n", " ", " ", " ", " ", " ")


class Chunk(NamedTuple):
    """Some records in the order of their numbers, and how they were planned."""

    batch: pa.RecordBatch
    """Schema `record.WORKING`, split null."""
    plan: Plan


class _Turns(NamedTuple):
    """The turns of some records but for system turns, flat."""

    rows: Places
    place: Places
    last: Flags
    """Whether it is the last turn, an answer, of its record."""
    sentences: Places
    """How many sentences it has."""


def chunks(records: int, version: int = 1, seed: int = SEED, size: int = CHUNK) -> Iterator[Chunk]:
    """Make version 1 or 2 of a corpus, some records at a time."""
    end = last_of(records, version)
    pool = sentences(seed)
    lines = np.zeros((len(SOURCES), end // SHARD + 1), np.int64)
    for start in range(0, end, size):
        plan = planned(start, min(start + size, end), records, version, seed)
        yield Chunk(_batch(plan, pool, lines), plan)


def batches(records: int, version: int = 1, seed: int = SEED) -> Iterator[pa.RecordBatch]:
    """The records as a reader gives them, hashed: schema `record.WORKING`, split null."""
    return (chunk.batch for chunk in chunks(records, version, seed))


def file_names(plan: Plan) -> list[str]:
    """The name of the file in which each record stands."""
    shards = plan.numbers // SHARD
    pairs = zip(plan.source.tolist(), shards.tolist(), strict=True)
    return [f"{SOURCES[source]}-{shard:02d}.jsonl" for source, shard in pairs]


def _batch(plan: Plan, pool: Sentences, lines: npt.NDArray[np.int64]) -> pa.RecordBatch:
    count = len(plan.numbers)
    keys = [f"r-{number:08d}" for number in plan.numbers.tolist()]
    names = [SOURCES[source] for source in plan.source.tolist()]
    ids = [record_id(name, f'"{key}"'.encode()) for name, key in zip(names, keys, strict=True)]
    messages = _messages(plan, pool)
    labels = [f'{{"language":"{a}","quality":{b},"topic":"{c}"}}' for a, b, c in LABELS]
    columns = {
        "id": pa.array(ids, pa.binary(16)),
        "copy": pa.array(np.zeros(count, np.int32)),
        "messages": messages,
        "prompt_turns": pc.subtract(pc.list_value_length(messages), 1),
        "labels": pa.array(labels).take(pa.array(labels_of(plan))),
        "meta": pa.array([f'{{"record_id":"{key}"}}' for key in keys]),
        "source": pa.array(names),
        "file": pa.array(file_names(plan)),
        "line": pa.array(_line_numbers(plan, lines)),
    }
    nothing = {field.name: pa.nulls(count, field.type) for field in WORKING}
    batch = pa.RecordBatch.from_pydict({**nothing, **columns}, schema=WORKING)
    at = WORKING.get_field_index("hash")
    return batch.set_column(at, WORKING.field(at), hash_batch(batch))


def _line_numbers(plan: Plan, counted: npt.NDArray[np.int64]) -> Places:
    """The line of each record in its file; `counted` is the lines of each file so far."""
    numbers, shards = np.zeros(len(plan.numbers), np.int64), plan.numbers // SHARD
    weights = 1 + plan.broken.astype(np.int64)
    for source in range(len(SOURCES)):
        for shard in np.unique(shards):
            rows = np.flatnonzero((plan.source == source) & (shards == shard))
            ends = counted[source, shard] + np.cumsum(weights[rows])
            numbers[rows] = ends - weights[rows] + 1
            counted[source, shard] += weights[rows].sum()
    return numbers


def _messages(plan: Plan, pool: Sentences) -> pa.Array:
    turns, silent = _turns(plan)
    texts = pa.concat_arrays([_texts(plan, turns, silent, pool), pa.array(SYSTEM)])
    system = plan.system.astype(np.int64)
    offsets = np.concatenate([[0], np.cumsum(2 * plan.pairs + system)])
    order, roles = np.zeros(offsets[-1], np.int64), np.zeros(offsets[-1], np.int64)
    at = offsets[turns.rows] + system[turns.rows] + turns.place
    order[at] = np.arange(len(turns.rows))
    roles[at] = 1 + turns.place % 2
    opened = np.flatnonzero(plan.system)
    order[offsets[opened]] = len(turns.rows) + plan.draw("instruction", len(SYSTEM))[opened]
    children = {
        "role": pa.array(ROLES).take(pa.array(roles)),
        "content": texts.take(pa.array(order)),
    }
    arrays = [children.get(field.name, pa.nulls(len(order), field.type)) for field in MESSAGE]
    values = pa.StructArray.from_arrays(arrays, fields=list(MESSAGE))
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), values)


def _turns(plan: Plan) -> tuple[_Turns, Flags]:
    """The turns, and which records have a last answer without sentences."""
    length = 2 * plan.pairs
    rows = np.repeat(np.arange(len(length)), length)
    place = np.arange(len(rows)) - (np.cumsum(length) - length)[rows]
    last = place == length[rows] - 1
    asked, most = np.array([3, 2, 2]), np.array([5, 2, 2])
    least = np.array([4, 2, 1])
    at = plan.pairs[rows] - 1
    salt = salted(plan.seed, "length")
    bits = drawn(plan.base[rows] * 8 + place, 60, salt)
    counts = np.where(place % 2 == 0, 1 + bits % asked[at], least[at] + bits % most[at])
    silent = plan.is_kind("empty-answer") | plan.is_kind("refusal")
    return _Turns(rows, place, last, np.where(last & silent[rows], 0, counts)), silent


def _texts(plan: Plan, turns: _Turns, silent: Flags, pool: Sentences) -> pa.Array:
    """The text of each turn."""
    first, last = turns.place == 0, turns.last
    before = np.full(len(turns.rows), "", object)
    after = before.copy()
    before[last] = answer_starts(plan)
    after[first] = question_ends(plan)
    after[last] = answer_ends(plan, np.flatnonzero(silent))
    style = plan.draw("separator", len(SEPARATORS))[turns.rows]
    separators = pa.array(SEPARATORS).take(pa.array(np.where(last, style, len(SEPARATORS) - 1)))
    offsets = np.concatenate([[0], np.cumsum(turns.sentences)]).astype(np.int32)
    chosen = pool.texts.take(pa.array(_chosen(plan, turns, silent, pool)))
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), chosen), separators)
    ends = [pa.array(part, pa.string()) for part in (before, after)]
    return pc.binary_join_element_wise(ends[0], joined, ends[1], "")


def _chosen(plan: Plan, turns: _Turns, silent: Flags, pool: Sentences) -> Places:
    """The sentences of all turns, one after the other."""
    turn = np.repeat(np.arange(len(turns.rows)), turns.sentences)
    starts = np.cumsum(turns.sentences) - turns.sentences
    place = np.arange(len(turn)) - starts[turn]
    row = turns.rows[turn]
    keys = (plan.base[row] * 8 + turns.place[turn]) * 16 + place
    draws = mixed(keys, salted(plan.seed, "sentence"))
    chosen = pool.pick(plan.language[row], plan.topic[row], draws)
    near = plan.is_kind("near-duplicate")[row] & turns.last[turn] & (place == 0)
    in_answer = (plan.draw("edit", 4) > 0) & ~silent
    at_end = place == turns.sentences[turn] - 1
    here = np.where(in_answer[row], turns.last[turn], turns.place[turn] == 0)
    edited = plan.edited[row] & at_end & here
    return np.where(near ^ edited, chosen + pool.plain, chosen)
