"""What is measured of curate: each function runs alone in a process (`store_process.python`)."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

Given = dict[str, Any]
BLOCK_BYTES: Final = 4 << 20
"""So many bytes of JSON Lines make a batch: about 5,000 records of 0.8 kB."""


def texts(given: Given) -> Given:
    """Write JSON Lines with `id` and `text`, a file for each size."""
    from rules_texts import documents, write

    found = documents(given["texts"], given["columns"], max(given["sizes"]))
    return {"bytes": write(Path(given["folder"]), found, given["sizes"])}


def judge(given: Given) -> Given:
    """Judge a file of texts by packs, and write the records that fail no rule as Parquet.

    It goes block by block, so that memory stays flat. Like JSON Lines, the Parquet is uncompressed.
    `disable` and `lines` say which rules are left out (`rules_packs`).
    """
    from pyarrow import parquet
    from rules_packs import Packs

    packs = Packs(given["packs"], given["disable"], given["lines"])
    read = kept = 0
    writer: parquet.ParquetWriter | None = None
    for batch in blocks(given["file"]):
        if writer is None:
            writer = parquet.ParquetWriter(
                given["out"], batch.schema, use_dictionary=False, compression="none"
            )
        texts, passes = packs.judged(batch.column("text"))
        at = batch.schema.get_field_index("text")
        batch = batch.set_column(at, "text", texts).filter(pa.array(passes))
        writer.write_batch(batch)
        read += len(passes)
        kept += len(batch)
    if writer is not None:
        writer.close()
    return {"records": read, "kept": kept}


def kernel(given: Given) -> Given:
    """Seconds of CPU that the pass takes over all texts, ours and that in C, in turn."""
    from rules_kernel import equal, of_c, of_curate, seconds

    in_c = of_c(Path(given["folder"]))
    found = [batch.column("text") for batch in blocks(given["file"])]
    if not all(equal(of_curate(each), in_c(each)) for each in found):
        raise SystemExit("the kernel and the pass in C give different numbers")
    rounds = [(seconds(of_curate, found), seconds(in_c, found)) for _ in range(given["rounds"])]
    ours, theirs = (min(column) for column in zip(*rounds, strict=True))
    size = sum(each.nbytes for each in found)
    return {"records": sum(map(len, found)), "bytes": size, "ours": ours, "c": theirs}


def blocks(path: str) -> Iterator[pa.RecordBatch]:
    """The records of JSON Lines, a block at a time, each read into the same room.

    Memory that is new to a process costs more time than what is done with it.
    """
    from pyarrow import json as lines

    options = lines.ReadOptions(use_threads=False, block_size=BLOCK_BYTES)
    room, held = bytearray(BLOCK_BYTES), 0
    with Path(path).open("rb", buffering=0) as file:
        while held < BLOCK_BYTES:
            view = memoryview(room)
            more = file.readinto(view[held:])
            held += more
            end = room.rfind(b"\n", 0, held) + 1 if more else held
            if end:
                yield from lines.read_json(pa.BufferReader(view[:end]), options).to_batches()
            held -= end
            if not more:
                return
            view[:held] = bytes(view[end : end + held])
    raise SystemExit(f"a line of {path} has more than {BLOCK_BYTES:,} bytes")


if __name__ == "__main__":
    works = {work.__name__: work for work in (texts, judge, kernel)}
    print(json.dumps(works[sys.argv[1]](json.loads(sys.argv[2]))))
