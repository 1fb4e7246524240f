"""What is measured of others, on the same records. Needs no curate, and only the peer at hand.

pip install duckdb pyarrow datasets datacompy oxenai
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from store_clock import Clock

Given = dict[str, Any]


def versions(given: Given) -> Given:
    """The installed versions of the packages that are asked for."""
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for name in given["names"]:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def copy(given: Given) -> Given:
    """Write an Arrow table by DuckDB's COPY, as Parquet with zstd."""
    import duckdb

    table = _mapped(given["arrow"])
    connection = duckdb.connect()
    connection.register("t", table)
    clock = Clock()
    connection.execute(
        f"COPY (SELECT * FROM t) TO '{given['out']}' (FORMAT parquet, COMPRESSION zstd)"
    ).fetchall()
    return {**clock.read(), "bytes": Path(given["out"]).stat().st_size}


def load_json(given: Given) -> Given:
    """The records from JSON Lines by `datasets.load_dataset`, nothing being cached."""
    from datasets import load_dataset

    shutil.rmtree(given["cache"], ignore_errors=True)
    clock = Clock()
    dataset = load_dataset(
        "json", data_files=given["file"], split="train", cache_dir=given["cache"]
    )
    return {**clock.read(), "records": len(dataset)}


def datacompy(given: Given) -> Given:
    """Compare both tables by datacompy, with its report; count each kind of change.

    `engine` is `records` (pandas, the messages as they are: lists), `pandas` or `polars` (the
    messages made one text each, which is not counted).
    """
    from datacompy import PandasCompare, PolarsCompare

    read = _nested if given["engine"] == "records" else _flat
    tables = [read(given[name]) for name in ("before", "after")]
    if given["engine"] == "polars":
        import polars

        frames, compare = [polars.from_arrow(table) for table in tables], PolarsCompare
    else:
        frames, compare = [table.to_pandas() for table in tables], PandasCompare
    clock = Clock()
    found = compare(*frames, join_columns=["id"])
    compared = clock.read()["seconds"]
    found.report()
    took = clock.read()
    unequal = len(found.intersect_rows) - found.count_matching_rows()
    removed, added = len(found.df1_unq_rows), len(found.df2_unq_rows)
    counts = {"added": added, "removed": removed, "edited": int(unequal)}
    return {**took, "without_report": compared, **counts}


def oxen(given: Given) -> Given:
    """Compare both tables by Oxen's diff of tables, by id."""
    from oxen import diff
    from pyarrow import parquet

    paths = [Path(given["folder"]) / f"oxen-{name}.parquet" for name in ("before", "after")]
    for path, name in zip(paths, ("before", "after"), strict=True):
        parquet.write_table(_flat(given[name]), path)
    clock = Clock()
    diff(str(paths[0]), str(paths[1]), keys=["id"], compares=["messages", "labels", "meta"])
    return clock.read()


def _mapped(path: str) -> Any:
    import pyarrow as pa

    return pa.ipc.open_stream(pa.memory_map(path)).read_all()


def _nested(path: str) -> Any:
    """The records with their messages as they are, the id in hex digits."""
    import pyarrow as pa

    table = _mapped(path)
    ids = [value.hex() for value in table.column("id").to_pylist()]
    kept = ("messages", "labels", "meta", "source")
    return pa.table({"id": ids, **{name: table.column(name) for name in kept}})


def _flat(path: str) -> Any:
    """The records with plain columns: the id in hex digits, the messages as one text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table = _mapped(path).combine_chunks()
    messages = table.column("messages").combine_chunks()
    turns = messages.flatten()
    texts = pc.binary_join_element_wise(
        pc.struct_field(turns, "role"), pc.struct_field(turns, "content"), "\n"
    )
    joined = pc.binary_join(pa.ListArray.from_arrays(messages.offsets, texts), "\n\n")
    ids = [value.hex() for value in table.column("id").to_pylist()]
    # Where a record was read is left out: it shifts with every line removed before.
    plain = {name: table.column(name) for name in ("labels", "meta", "source")}
    return pa.table({"id": ids, "messages": joined, **plain})


if __name__ == "__main__":
    works = (versions, copy, load_json, datacompy, oxen)
    print(json.dumps({each.__name__: each for each in works}[sys.argv[1]](json.loads(sys.argv[2]))))
