"""What is measured of curate: each function runs alone in a process (`store_process.python`).

Times leave out start-up and imports: they are taken here, around the work itself.
"""

import json
import shutil
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from corpus import write
from corpus_records import chunks
from store_clock import Clock

from curate.decision import LEDGER
from curate.hashing import hash_batch
from curate.record import ORIGIN_FIELDS, WORKING
from curate.store import Store, Version
from curate.store.catalog import connect
from curate.store.members import Members
from curate.store.writing import Facts, commit_version

Given = dict[str, Any]
REPEATS: Final = 5
EDITED: Final = 7
"""The row that is asked about in a long history: its eighth version edits it."""

RELABEL: Final = {"operator": "relabel", "name": "relabel", "settings": {}, "fingerprint": "0"}
RECIPE: Final = {"dataset": "corpus", "sources": [], "steps": [RELABEL], "seed": 0}


def prepare(given: Given) -> Given:
    """Write both versions of the corpus as Arrow streams; count what is in them."""
    counts = {}
    for version in (1, 2):
        rows, planted = 0, {"edited": 0}
        path = Path(given["folder"]) / f"v{version}.arrow"
        with pa.ipc.new_stream(path, WORKING) as writer:
            for chunk in chunks(given["records"], version):
                at = WORKING.get_field_index("split")
                split = pa.repeat("train", len(chunk.batch))
                writer.write_batch(chunk.batch.set_column(at, WORKING.field(at), split))
                rows += len(chunk.batch)
                planted["edited"] += int(chunk.plan.edited.sum())
        counts[f"v{version}"] = {"records": rows, "bytes": path.stat().st_size, **planted}
    return counts


def lines(given: Given) -> Given:
    """Write version 1 as JSON Lines, and recipes: with nothing to do, with all, with 1 % more."""
    folder, records = Path(given["folder"]), given["records"]
    write(folder, 1, records)
    plain = (folder / "v1.yaml").read_text()
    steps = "".join(f"\n  - {step}" for step in given["steps"])
    (folder / "full.yaml").write_text(plain.replace("steps: []", f"steps:{steps}"))
    more = folder / "more"
    write(more, 1, records // 100, seed=given["seed"])
    return {"bytes": sum(path.stat().st_size for path in (folder / "v1").iterdir())}


def add_lines(given: Given) -> Given:
    """Put 1 % more records beside the others, as further files of the same sources."""
    folder = Path(given["folder"])
    for path in (folder / "more" / "v1").iterdir():
        # Keys of their own: the further records are no second ones of the same keys.
        text = path.read_text(encoding="utf-8").replace('"record_id":"r-', '"record_id":"m-')
        name = path.name.replace("-00.jsonl", "-99.jsonl")
        (folder / "v1" / name).write_text(text, encoding="utf-8")
    return {}


def commit(given: Given) -> Given:
    """Commit records that are in Arrow already as the next version of a store."""
    table = mapped(given["arrow"])
    folder = Path(given["store"])
    before = bytes_of(folder)
    clock = Clock()
    version = put(Store.create(folder), table, [table])
    took = clock.read()
    return {**took, "bytes": bytes_of(folder) - before, "snapshot": version.snapshot}


def history(given: Given) -> Given:
    """Commit version 1, then versions that edit 0.1 % of it each; return an edited record's id."""
    table, store = mapped(given["arrow"]), Store.create(given["store"])
    put(store, table, [table])
    number = len(table)
    for version in range(1, given["versions"]):
        rows = np.arange(version % 1000, number, 1000)
        changed = table.take(pa.array(rows))
        labels = pa.array([f'{{"round":{version}}}'] * len(rows))
        changed = changed.set_column(WORKING.get_field_index("labels"), "labels", labels)
        hashes = hash_batch(changed.combine_chunks()).cast(pa.binary())
        edits = _edits(changed, table, rows, hashes)
        mask = np.zeros(number, np.bool_)
        mask[rows] = True
        whole = pc.replace_with_mask(
            table.column("hash").cast(pa.binary()).combine_chunks(), pa.array(mask), hashes
        )
        at = WORKING.get_field_index("hash")
        changed = changed.set_column(at, WORKING.field(at), hashes.cast(pa.binary(16)))
        members = table.set_column(at, WORKING.field(at), whole.cast(pa.binary(16)))
        put(store, members, [changed], edits)
    return {"id": table.column("id")[EDITED].as_py().hex(), "bytes": bytes_of(store.folder)}


def _edits(changed: pa.Table, before: pa.Table, rows: Any, hashes: pa.Array) -> pa.Table:
    """The ledger of a step that wrote the label of some records."""
    ledger = pa.schema([*LEDGER, *ORIGIN_FIELDS])
    same = {"step": "relabel", "action": "edit", "field": "labels", "copy": 0}
    own = {name: changed[name] for name in ("id", "source", "file", "line")}
    own |= {"before": before["hash"].take(pa.array(rows)), "after": hashes}
    columns = [
        own[name]
        if name in own
        else pa.array([same.get(name)] * len(rows), ledger.field(name).type)
        for name in ledger.names
    ]
    return pa.table(
        [column.cast(field.type) for column, field in zip(columns, ledger, strict=True)],
        schema=ledger,
    )


def ask(given: Given) -> Given:
    """Run a command again and again in this process; the median, without the first."""
    from click.testing import CliRunner

    from curate.cli import curate

    took = []
    for _ in range(REPEATS + 1):
        clock = Clock()
        result = CliRunner().invoke(curate, [str(word) for word in given["words"]])
        took.append(clock.read())
        if result.exit_code:
            raise SystemExit(f"exit {result.exit_code}: {result.output[-200:]}")
    return {**_medians(took[1:]), "first": took[0], "output": len(result.output)}


def compare(given: Given) -> Given:
    """The difference of two versions with its causes, and how many records changed how."""
    from curate.history import diff

    store = Store.open(given["store"])
    before, after = (store.version(f"corpus@{number}") for number in (1, 2))
    took = []
    for _ in range(3):
        clock = Clock()
        found = diff(before, after)
        took.append(clock.read())
    numbers = {name: found.number(name) for name in ("added", "removed", "edited")}
    return {**_medians(took), "first": took[0], **numbers}


def keep(given: Given) -> Given:
    """Write the stream of a version: the first `to_dataset`."""
    from curate.store.datasets import dataset_of

    version = Store.open(given["store"]).version("corpus@1")
    shutil.rmtree(version.folder / "streams", ignore_errors=True)
    clock = Clock()
    dataset_of(version, "trl", keep=True)
    took = clock.read()
    return {**took, "bytes": bytes_of(version.folder / "streams")}


def opened(given: Given) -> Given:
    """Open the kept stream: a dataset that is ready to train on, and what memory it took."""
    import datasets

    from curate.store.datasets import dataset_of

    assert datasets.__version__
    store = Store.open(given["store"])
    version, before = store.version("corpus@1"), resident()
    clock = Clock()
    dataset = dataset_of(version, "trl", keep=True)
    took = clock.read()
    grown = resident() - before
    assert isinstance(dataset, datasets.Dataset)
    clock = Clock()
    store.version("corpus@1").to_dataset()
    return {
        **took,
        "with_version": clock.read()["seconds"],
        "records": len(dataset),
        "grown_mebibytes": grown,
        "arrow_bytes": pa.total_allocated_bytes(),
    }


def _medians(took: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(each[name] for each in took) for name in took[0]}


def put(
    store: Store, table: pa.Table, payloads: list[pa.Table], ledger: pa.Table | None = None
) -> Version:
    """Commit a table of records as the next version of `corpus`, by default with no decisions."""
    facts = Facts("corpus", RECIPE, "", "0")
    with closing(connect()) as connection, store.building():
        empty = pa.schema([*LEDGER, *ORIGIN_FIELDS]).empty_table()
        connection.register("l", empty if ledger is None else ledger)
        return commit_version(
            store, connection, facts, members=Members(table), ledger="l", payloads=payloads
        )


def mapped(path: str) -> pa.Table:
    """A table where it lies on the disk."""
    return pa.ipc.open_stream(pa.memory_map(path)).read_all()


def bytes_of(folder: Path) -> int:
    """The size of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def resident() -> float:
    """The resident memory of this process in mebibytes."""
    (line,) = (
        line for line in Path("/proc/self/status").read_text().splitlines() if "VmRSS" in line
    )
    return int(line.split()[1]) / 1024


def _works() -> Iterator[Callable[[Given], Given]]:
    yield from (prepare, lines, add_lines, commit, history, ask, compare, keep, opened)


if __name__ == "__main__":
    found = {work.__name__: work for work in _works()}
    pa.array([None])  # here pyarrow imports pandas, which is start-up and no part of any work
    print(json.dumps(found[sys.argv[1]](json.loads(sys.argv[2]))))
