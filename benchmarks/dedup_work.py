"""What is measured of curate: each function runs alone in a process (`store_process.python`)."""

import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json as json_lines
from pyarrow import parquet

Given = dict[str, Any]
Numbers = npt.NDArray[np.int64]
BLOCK_BYTES: Final = 4 << 20
"""So many bytes of JSON Lines make a batch: about 7,000 records of 0.6 kB."""
NEWLINE: Final = 10


def texts(given: Given) -> Given:
    """Write JSON Lines with `id` and `text`, a file for each size."""
    from rules_texts import documents, write

    found = documents(given["texts"], given["columns"], max(given["sizes"]))
    return {"bytes": write(Path(given["folder"]), found, given["sizes"])}


def parts(given: Given) -> Given:
    """Drop near-duplicates by the library alone: read, take facts, find, and write what is kept.

    Texts are not held: those that are compared are read again, and so are the lines that are kept,
    which are written as they are.
    """
    from curate.operators.near_dedup import NearDedup

    home = Path(given["folder"])
    lines = Lines(Path(given["file"]))
    gathered = Gathered(NearDedup(), lines)
    found = NearDedup().find(gathered, 0)["near_duplicates"]
    dropped = _numbers(found["id"])
    with (home / "kept.jsonl").open("wb", buffering=BLOCK_BYTES) as kept:
        lines.copy(np.delete(np.arange(len(lines.ends)), dropped), kept)
    pairs = {"dropped": dropped, "of": _numbers(found["of"])}
    parquet.write_table(pa.table(pairs | {"similarity": found["similarity"]}), home / "of.parquet")
    return {}


class Lines:
    """The lines of a file; after it was read, where each ends."""

    def __init__(self, path: Path) -> None:
        """Name the file."""
        self.file = path.open("rb", buffering=0)
        self.ends = np.zeros(0, np.int64)
        self._room = bytearray(BLOCK_BYTES)

    def blocks(self) -> Iterator[pa.RecordBatch]:
        """The records, a block at a time, each read into the same room."""
        place, ends = 0, []
        while held := os.preadv(self.file.fileno(), [self._room], place):
            size = self._room.rfind(b"\n", 0, held) + 1
            block = memoryview(self._room)[:size]
            ends.append(np.flatnonzero(np.frombuffer(block, np.uint8) == NEWLINE) + 1 + place)
            place += size
            yield _parsed(block)
        self.ends = np.concatenate(ends)

    def of(self, numbers: Numbers) -> Iterator[tuple[Numbers, pa.RecordBatch]]:
        """The records of some lines, by ascending number, with their numbers."""
        sizes = np.diff(self.ends, prepend=0)[numbers]
        for part in np.split(numbers, np.flatnonzero(np.diff(np.cumsum(sizes) // BLOCK_BYTES)) + 1):
            text = io.BytesIO()
            self.copy(part, text)
            yield part, _parsed(text.getbuffer())

    def copy(self, numbers: Numbers, target: Any) -> None:
        """Write lines to a file, by ascending number: those that follow each other at once."""
        firsts = np.flatnonzero(np.diff(numbers, prepend=-2) != 1)
        begins = np.concatenate([[0], self.ends])[numbers[firsts]]
        ends = self.ends[numbers[np.append(firsts[1:], len(numbers)) - 1]] if len(numbers) else []
        for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
            target.write(os.pread(self.file.fileno(), end - begin, begin))


class Gathered:
    """The facts of texts, and the texts (`curate.selection.Gathered`); a line is its own id."""

    def __init__(self, operator: Any, lines: Lines) -> None:
        """Take the facts."""
        import duckdb

        self.lines, start, tables = lines, 0, []
        for batch in lines.blocks():
            numbers = np.arange(start, start + len(batch))
            working = _working(batch.column("text"), numbers)
            tables.append(_with_identity(working, operator.facts(working, 0)))
            start += len(batch)
        self._connection = duckdb.connect(config={"threads": 1})
        self._connection.register("facts", pa.concat_tables(tables))
        self._connection.register("others", tables[0].slice(0, 0))

    def table(self, query: str, given: Mapping[str, pa.Table] | None = None) -> pa.Table:
        """The answer to a SELECT."""
        for name, table in (given or {}).items():
            self._connection.register(name, table)
        return self._connection.sql(query).to_arrow_table()

    def contents(self, hashes: pa.Array) -> Iterator[pa.RecordBatch]:
        """Records by their numbers."""
        for numbers, batch in self.lines.of(np.sort(_numbers(hashes))):
            yield _working(batch.column("text"), numbers)


def _parsed(block: Any) -> pa.RecordBatch:
    options = json_lines.ReadOptions(use_threads=False, block_size=2 * BLOCK_BYTES)
    (batch,) = json_lines.read_json(pa.BufferReader(block), options).to_batches()
    return batch


def _working(texts: pa.Array, numbers: Numbers) -> pa.RecordBatch:
    from curate.record import WORKING

    count = len(texts)
    wide = np.zeros((count, 2), ">i8")
    wide[:, 1] = numbers
    ids = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(16), count, [None, pa.py_buffer(wide.tobytes())]
    )
    columns = {field.name: pa.nulls(count, field.type) for field in WORKING}
    columns |= {"id": ids, "hash": ids, "text": texts}
    columns["copy"] = pa.array(np.zeros(count, np.int32))
    columns["source"] = pa.array(["texts"]).take(pa.array(np.zeros(count, np.int8)))
    return pa.RecordBatch.from_pydict(columns, schema=WORKING)


def _with_identity(batch: pa.RecordBatch, facts: pa.RecordBatch) -> pa.Table:
    own = {name: batch.column(name) for name in ("copy", "source")}
    own |= {name: batch.column(name).cast(pa.binary()) for name in ("id", "hash")}
    return pa.table(own | dict(zip(facts.schema.names, facts.columns, strict=True)))


def _numbers(ids: pa.Array | pa.ChunkedArray) -> Numbers:
    """The row of each id."""
    tails = pc.binary_slice(ids.cast(pa.binary()), 8, 16)
    return np.frombuffer(b"".join(tails.to_pylist()), ">i8").astype(np.int64)


if __name__ == "__main__":
    works = {work.__name__: work for work in (texts, parts)}
    print(json.dumps(works[sys.argv[1]](json.loads(sys.argv[2]))))
