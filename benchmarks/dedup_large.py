"""near_dedup on many records: memory and time of finding, with the recall of planted pairs.

    python benchmarks/dedup_large.py [--records 10000000]

Documents of 60 words are drawn batch by batch and never held: 3 % of them are another one with one
word in the middle changed, at a Jaccard similarity of 51/61. Facts are written as a build writes
them; then the step looks for near-duplicates within the memory that a build gives DuckDB.
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curate.build.facts import HASH, ID
from curate.build.selecting import CURRENT
from curate.build.selection_step import facts_sql, others_sql
from curate.build.site import MEMORY_LIMIT
from curate.operators.near_dedup import NearDedup
from curate.record import WORKING
from curate.store.catalog import Connection, connect, quoted, table_of

BATCH: Final = 100_000
TWINS: Final = 3_000
WORDS: Final = 60
VOCABULARY: Final = 20_000
SOURCE: Final = BATCH // 2
"""The rows of the batch before from which on twins are made."""


def drawn(batch: int) -> np.ndarray[Any, np.dtype[np.int32]]:
    """The words of the documents of a batch, a row each, before twins are put in."""
    random = np.random.default_rng([1, batch])
    return random.integers(0, VOCABULARY, (BATCH, WORDS), np.int32)


def documents(batch: int) -> pa.StringArray:
    """The texts of a batch; its first are twins of some of the batch before."""
    words = drawn(batch)
    if batch:
        words[:TWINS] = drawn(batch - 1)[SOURCE : SOURCE + TWINS]
        words[:TWINS, WORDS // 2] = VOCABULARY
    vocabulary = pa.array([f"w{number:05d}" for number in range(VOCABULARY + 1)])
    flat = vocabulary.take(pa.array(words.ravel()))
    offsets = pa.array(np.arange(0, (BATCH + 1) * WORDS, WORDS, dtype=np.int32))
    return pc.binary_join(pa.ListArray.from_arrays(offsets, flat), " ")


def identities(batch: int, rows: np.ndarray[Any, Any]) -> pa.Array:
    """Ids of documents, in their order; they stand for hashes too."""
    numbers = (rows + batch * BATCH).astype(">u8").tobytes()
    padded = b"".join(b"\0" * 8 + numbers[at : at + 8] for at in range(0, len(numbers), 8))
    return pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(16), len(rows), [None, pa.py_buffer(padded)]
    )


def records(batch: int, rows: np.ndarray[Any, Any]) -> pa.RecordBatch:
    """Documents of a batch as a build gives them to an operator."""
    names = identities(batch, rows)
    given = {
        "id": names,
        "hash": names,
        "copy": pa.array(np.zeros(len(rows), np.int32)),
        "source": pa.array(["drawn"] * len(rows)),
        "text": documents(batch).take(pa.array(rows)),
    }
    arrays = [given.get(field.name, pa.nulls(len(rows), field.type)) for field in WORKING]
    return pa.RecordBatch.from_arrays(arrays, schema=WORKING)


class Drawn:
    """Facts in a connection, and contents that are drawn anew (`selection.Gathered`)."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def table(self, query: str, given: dict[str, pa.Table] | None = None) -> pa.Table:
        for name, table in (given or {}).items():
            self.connection.register(name, table)
        return table_of(self.connection, query)

    def contents(self, hashes: pa.Array) -> Iterator[pa.RecordBatch]:
        data = b"".join(hashes.unique().to_pylist())
        numbers = np.sort(np.frombuffer(data, ">u8")[1::2].astype(np.int64))
        for batch in np.unique(numbers // BATCH).tolist():
            yield records(batch, numbers[numbers // BATCH == batch] - batch * BATCH)


def main() -> None:
    """Write facts, find, and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=10_000_000, help="default 10,000,000")
    parser.add_argument("--scratch", type=Path, help="a folder with room (0.2 GB a million)")
    given = parser.parse_args()
    batches = -(-given.records // BATCH)
    with tempfile.TemporaryDirectory(dir=given.scratch) as folder:
        files = [Path(folder) / f"{batch:06d}.parquet" for batch in range(batches)]
        step = NearDedup()
        began = time.process_time()
        for batch, path in enumerate(files):
            write_facts(step, batch, path)
        taken = time.process_time() - began
        before = peak()
        connection = connect(MEMORY_LIMIT)
        connection.execute(f"SET temp_directory = {quoted(str(Path(folder) / 'spill'))}")
        connection.execute(f"SET threads = {min(2, os.cpu_count() or 1)}")
        began = time.process_time()
        found = find(step, connection, files)
        spent = time.process_time() - began
    planted = TWINS * (batches - 1)
    print(f"{batches * BATCH:,} documents; near-duplicates found {found:,} of {planted:,} planted")
    print(f"drawing and facts {taken:.0f} CPU s; finding {spent:.0f} CPU s")
    print(f"peak memory {peak():,.0f} MiB, {before:,.0f} MiB of it before finding began")


def write_facts(step: NearDedup, batch: int, path: Path) -> None:
    """Write the facts of a batch beside the ids, as `curate.build.facts` does."""
    rows = records(batch, np.arange(BATCH))
    table = pa.Table.from_batches([step.facts(rows, 0)])
    for name, column in ((ID, "id"), (HASH, "hash")):
        table = table.append_column(name, rows.column(column))
    pq.write_table(table, path, compression="lz4")


def find(step: NearDedup, connection: Connection, files: list[Path]) -> int:
    """Run the step as a build does; return how many records it drops."""
    listed = ", ".join(quoted(str(path)) for path in files)
    connection.execute(
        f"CREATE TABLE {CURRENT} AS SELECT {ID} AS id, 0::INTEGER AS copy, {HASH} AS hash, "
        f"NULL::VARCHAR AS split, 'drawn' AS source FROM read_parquet([{listed}])"
    )
    connection.execute(f"CREATE TEMP VIEW facts AS {facts_sql(files)}")
    connection.execute(f"CREATE TEMP VIEW others AS {others_sql(files, [])}")
    for name, table in step.find(Drawn(connection), 0).items():
        connection.register(name, table)
    return int(table_of(connection, f"SELECT count(*) AS n FROM ({step.query(0)})")["n"][0].as_py())


def peak() -> float:
    """The peak of the resident memory so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
