"""The rows of the table: what is measured, against whom, and what it should be."""

import shutil
import statistics
from collections.abc import Callable, Iterator
from typing import Final

from store_bench import Bench, both, built, cpu, mebi, middle, told
from store_process import NotMeasuredError, Run, command, python
from table import Line

GIBIBYTE: Final = 1024.0
VERSIONS: Final = 50


def commits(bench: Bench) -> Iterator[Line]:
    """The first snapshot against COPY, in turn, and the second against the first."""
    firsts, seconds, copies = [], [], []
    for number in range(bench.rounds):
        told(f"commits and COPY, round {number + 1}")
        home = bench.folder / "commits"
        shutil.rmtree(home, ignore_errors=True)
        given = {"arrow": bench.arrow(1), "out": bench.folder / "copy.parquet"}
        copies.append(python("store_peers.py", "copy", given))
        firsts.append(python("store_work.py", "commit", {"store": home, "arrow": bench.arrow(1)}))
        seconds.append(python("store_work.py", "commit", {"store": home, "arrow": bench.arrow(2)}))
    first, copy, second = (middle(runs) for runs in (firsts, copies, seconds))
    ratio, peak = first / copy, max(run.mebibytes for run in firsts)
    size, size_copy = (runs[0].said["bytes"] for runs in (firsts, copies))
    yield Line(
        "commit", "first snapshot", f"{first:.2f} s", f"COPY {copy:.2f} s", f"{ratio:.2f}",
        "<= 1.5", ratio <= 1.5, peak, cpu(firsts, copies),
    )  # fmt: skip
    yield Line(
        "commit", "its bytes", mebi(size), f"COPY {mebi(size_copy)}", f"{size / size_copy:.2f}"
    )
    yield Line(
        "commit", "its peak memory, input included", f"{peak:.0f} MiB",
        f"COPY {max(run.mebibytes for run in copies):.0f} MiB", "", "< 2048 MiB",
        peak < 2 * GIBIBYTE, peak,
    )  # fmt: skip
    share, bytes_share = second / first, seconds[0].said["bytes"] / size
    peak = max(run.mebibytes for run in seconds)
    yield Line(
        "commit", "second snapshot, 5 % edited: time", f"{second:.2f} s", f"first {first:.2f} s",
        f"{share:.1%}", "<= 15 %", share <= 0.15, peak,
        cpu(seconds, firsts),
    )  # fmt: skip
    yield Line(
        "commit", "second snapshot: bytes", mebi(seconds[0].said["bytes"]), f"first {mebi(size)}",
        f"{bytes_share:.1%}", "<= 8 %", bytes_share <= 0.08, peak,
    )  # fmt: skip


def diffs(bench: Bench) -> Iterator[Line]:
    """The difference of both versions at full size, and beside the peers at theirs."""
    told("diff")
    found = python("store_work.py", "compare", {"store": bench.store()})
    yield Line(
        "diff", "counts and causes, in process", f"{found.seconds:.2f} s", "", "", "< 2 s",
        found.seconds < 2, found.mebibytes, cpu([found]),
    )  # fmt: skip
    asked = command("diff", "corpus@1", "corpus@2", "--json", "--store", bench.store())
    yield Line("diff", "the command, --json", f"{asked.wall:.2f} s", peak=asked.mebibytes)
    size = bench.peer_records
    store = bench.store(size)
    given = {"before": bench.arrow(1, size), "after": bench.arrow(2, size), "folder": bench.folder}
    for name, work, more, target in (
        ("datacompy (pandas)", "datacompy", {"engine": "records"}, 20.0),
        ("datacompy (pandas, messages as text)", "datacompy", {"engine": "pandas"}, None),
        ("datacompy (polars, messages as text)", "datacompy", {"engine": "polars"}, None),
        ("oxen", "oxen", {}, None),
    ):
        told(f"diff beside {name}")
        try:
            peers, ours = [], []
            for _ in range(bench.rounds):
                package = "oxenai" if work == "oxen" else work
                peers.append(bench.peer(work, package, **given, **more))
                ours.append(python("store_work.py", "compare", {"store": store}))
        except NotMeasuredError as problem:
            yield Line("diff", f"beside {name}", "", f"{problem}")
            continue
        _check_same(peers[0], ours[0])
        ratio = middle(peers) / middle(ours)
        yield Line(
            "diff", f"of {size:,}, beside {name}", f"{middle(ours):.3f} s",
            f"{middle(peers):.2f} s", f"{ratio:.0f}x", f">= {target:.0f}x" if target else "",
            ratio >= target if target else None, ours[0].mebibytes, cpu(ours, peers),
        )  # fmt: skip
    yield Line("diff", "beside dolt", "", "not measured: its binary is in no Python package")


def _check_same(peer: Run, ours: Run) -> None:
    """Both must have found the same, where the peer counts."""
    for name in ("added", "removed", "edited"):
        if name in peer.said and peer.said[name] != ours.said[name]:
            found = f"{peer.said[name]:,} {name}, ours {ours.said[name]:,}"
            raise SystemExit(f"the peer found something else: {found}")


def questions(bench: Bench) -> Iterator[Line]:
    """`why`, `blame` and `impact` in a store with many versions."""
    home = bench.folder / "history"
    if not home.exists():
        told(f"making {VERSIONS} versions")
    given = {"store": home, "arrow": bench.arrow(1), "versions": VERSIONS}
    record = python("store_work.py", "history", given).said["id"]
    for name in ("why", "blame", "impact"):
        told(name)
        words = [name, record, "--json", "--store", home]
        yield from both(bench, name, f"{VERSIONS} snapshots", words, 0.150, 0.6)


def what_if(bench: Bench) -> Iterator[Line]:
    """`whatif` on one limit of a version that was built."""
    store, _ = built(bench)
    words = ["whatif", "corpus", "prompt-echo=40", "--json", "--store", store]
    yield from both(bench, "whatif", "one limit", words, 2.0, None)


def rebuilds(bench: Bench) -> Iterator[Line]:
    """Builds again: with nothing changed, and with 1 % new input."""
    store, full = built(bench)
    folder = bench.folder / "files"
    read = ("build", folder / "v1.yaml", "--dry-run", "--json", "--store", bench.folder / "floor")
    told("build: what start-up, reading and hashing cost")
    floor = command(*read)
    recipe = ("build", folder / "full.yaml", "--json", "--store", store)
    told("build: nothing changed")
    again = [command(*recipe) for _ in range(bench.rounds)]
    wall = statistics.median(run.wall for run in again)
    work = full.cpu - floor.cpu
    yield Line(
        "rebuild", "full build", f"{full.wall:.1f} s", "", "", peak=full.mebibytes,
    )  # fmt: skip
    yield Line(
        "rebuild", "CPU: full, and a dry run that only reads", f"{full.cpu:.1f} s",
        f"{floor.cpu:.1f} s", "", peak=floor.mebibytes,
    )  # fmt: skip
    yield Line(
        "rebuild", "nothing changed", f"{wall:.2f} s", "", "", "< 3 s", wall < 3,
        again[0].mebibytes,
    )  # fmt: skip
    told("build: 1 % new input")
    python("store_work.py", "add_lines", {"folder": folder})
    more = command(*recipe)
    # Files that were read before are not read again, so that both are less their own reading.
    floor_of_more = command(*read)
    less = max(more.cpu - floor_of_more.cpu, 0.0)
    share = less / work
    yield Line(
        "rebuild", "1 % new input, CPU without that of reading", f"{less:.1f} s",
        f"full {work:.1f} s", f"{share:.1%}", "<= 15 %", share <= 0.15, more.mebibytes,
    )  # fmt: skip
    yield Line(
        "rebuild", "the same with reading", f"{more.cpu:.1f} s", f"full {full.cpu:.1f} s",
        f"{more.cpu / full.cpu:.1%}",
    )  # fmt: skip
    shutil.rmtree(folder)
    shutil.rmtree(store)


def datasets(bench: Bench) -> Iterator[Line]:
    """A version as a dataset, from a kept stream, against `load_dataset` of the same records."""
    store, file = bench.store(), bench.folder / "trl.jsonl"
    if not file.exists():
        told("exporting JSON Lines for load_dataset")
        words = ["export", "corpus@1", file, "--format", "trl", "--store", store]
        command(*words, "--json")
    told("writing the stream")
    kept = python("store_work.py", "keep", {"store": store})
    yield Line(
        "dataset", "writing the stream, once", f"{kept.seconds:.2f} s", mebi(kept.said["bytes"]),
        peak=kept.mebibytes, cpu=cpu([kept]),
    )  # fmt: skip
    opened, loaded = [], []
    for number in range(bench.rounds):
        told(f"opening it, and load_dataset, round {number + 1}")
        opened.append(python("store_work.py", "opened", {"store": store}))
        given = {"file": file, "cache": bench.folder / "json-cache"}
        loaded.append(python("store_peers.py", "load_json", given))
    ours, theirs = middle(opened), middle(loaded)
    yield Line(
        "dataset", "from the stream, against load_dataset", f"{ours * 1000:.1f} ms",
        f"{theirs:.2f} s", f"{theirs / ours:.0f}x", ">= 100x", theirs >= 100 * ours,
        opened[0].mebibytes, cpu(opened, loaded),
    )  # fmt: skip
    looked_up = statistics.median(run.said["with_version"] for run in opened)
    yield Line(
        "dataset", "the same with the version looked up", f"{looked_up * 1000:.1f} ms", "",
        f"{theirs / looked_up:.0f}x",
    )  # fmt: skip
    grown = max(run.said["grown_mebibytes"] for run in opened)
    copied = max(run.said["arrow_bytes"] for run in opened)
    yield Line(
        "dataset", "memory it took; of it copied by Arrow", f"{grown:.1f} MiB", mebi(copied),
        "", "no copy", copied < 2**20, opened[0].mebibytes,
    )  # fmt: skip


ROWS: Final[dict[str, Callable[[Bench], Iterator[Line]]]] = {
    "commit": commits,
    "diff": diffs,
    "questions": questions,
    "whatif": what_if,
    "rebuild": rebuilds,
    "dataset": datasets,
}
"""What --only names."""
