"""What is measured of curate: each function runs alone in a process (`store_process.python`)."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Given = dict[str, Any]


def texts(given: Given) -> Given:
    """Write JSON Lines with `id` and `text`, a file for each size."""
    from rules_texts import documents, write

    found = documents(given["texts"], given["columns"], max(given["sizes"]))
    return {"bytes": write(Path(given["folder"]), found, given["sizes"])}


def parts(given: Given) -> Given:
    """Drop near-duplicates by the library alone: read, take facts, find, and write what is kept.

    Like JSON Lines, the Parquet that is written is uncompressed.
    """
    from pyarrow import parquet
    from rules_work import blocks

    from curate.operators.near_dedup import NearDedup

    batches = list(blocks(given["file"]))
    gathered = Gathered(NearDedup(), batches)
    found = NearDedup().find(gathered, 0)["near_duplicates"]
    kept = np.ones(gathered.records, np.bool_)
    kept[_numbers(found["id"])] = False
    home, start = Path(given["folder"]), 0
    schema = batches[0].schema
    options: dict[str, Any] = {"use_dictionary": False, "compression": "none"}
    with parquet.ParquetWriter(home / "kept.parquet", schema, **options) as writer:
        for batch in batches:
            writer.write_batch(batch.filter(pa.array(kept[start : start + len(batch)])))
            start += len(batch)
    pairs = {"dropped": _numbers(found["id"]), "of": _numbers(found["of"])}
    parquet.write_table(pa.table(pairs | {"similarity": found["similarity"]}), home / "of.parquet")
    return {}


class Gathered:
    """The facts of texts, and the texts (`curate.selection.Gathered`); a row's number is its id."""

    def __init__(self, operator: Any, batches: Sequence[pa.RecordBatch]) -> None:
        """Take the facts."""
        import duckdb

        self.records = 0
        self.working: list[pa.RecordBatch] = []
        tables = []
        for batch in batches:
            self.working.append(_working(batch.column("text"), self.records))
            self.records += len(batch)
            tables.append(_with_identity(self.working[-1], operator.facts(self.working[-1], 0)))
        self._connection = duckdb.connect(config={"threads": 1})
        self._connection.register("facts", pa.concat_tables(tables))
        self._connection.register("others", tables[0].slice(0, 0))

    def table(self, query: str) -> pa.Table:
        """The answer to a SELECT."""
        return self._connection.sql(query).to_arrow_table()

    def contents(self, hashes: pa.Array) -> Iterator[pa.RecordBatch]:
        """Records by their numbers."""
        wanted, start = np.sort(_numbers(hashes)), 0
        for batch in self.working:
            inside = wanted[(wanted >= start) & (wanted < start + len(batch))] - start
            yield batch.take(pa.array(inside))
            start += len(batch)


def _working(texts: pa.Array, first: int) -> pa.RecordBatch:
    from curate.record import WORKING

    count = len(texts)
    numbers = np.zeros((count, 2), ">i8")
    numbers[:, 1] = np.arange(first, first + count)
    ids = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(16), count, [None, pa.py_buffer(numbers.tobytes())]
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


def _numbers(ids: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """The row of each id."""
    tails = pc.binary_slice(ids.cast(pa.binary()), 8, 16)
    return np.frombuffer(b"".join(tails.to_pylist()), ">i8").astype(np.int64)


if __name__ == "__main__":
    works = {work.__name__: work for work in (texts, parts)}
    print(json.dumps(works[sys.argv[1]](json.loads(sys.argv[2]))))
