"""What the rows share: where things lie, what was made already, how figures are written."""

import json
import statistics
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from store_process import NotMeasuredError, Run, command, python
from table import Line

STEPS: Final = (
    "repair",
    "measure",
    "rules: chat",
    "exact_dedup",
    "split: {eval: 0.05}",
)
"""Of the full build."""


class Bench(NamedTuple):
    """Where things lie, and how large they are."""

    folder: Path
    records: int
    peer_records: int
    peers: str
    """The Python that has the peers."""
    have: dict[str, str]
    """The packages of peers that it has, with their versions."""
    rounds: int = 3
    """How often short things are measured; the median counts."""

    def arrow(self, version: int, records: int | None = None) -> str:
        """A version of the corpus as an Arrow stream, made where it is not there yet."""
        size = records or self.records
        home = self.folder / f"arrow-{size}"
        if not home.exists():
            home.mkdir()
            told(f"making {size:,} records as Arrow")
            python("store_work.py", "prepare", {"folder": home, "records": size})
        return str(home / f"v{version}.arrow")

    def store(self, records: int | None = None) -> Path:
        """A store with both versions of the corpus, made where it is not there yet."""
        size = records or self.records
        home = self.folder / f"store-{size}"
        if not home.exists():
            for version in (1, 2):
                given = {"store": home, "arrow": self.arrow(version, size)}
                python("store_work.py", "commit", given)
        return home

    def peer(self, work: str, package: str, **given: Any) -> Run:
        """Run a peer; raises `NotMeasuredError` where it is not installed."""
        if package not in self.have:
            raise NotMeasuredError(f"{package} is not installed: pip install {package}")
        return python("store_peers.py", work, given, self.peers)


def told(text: str) -> None:
    """Tell what is going on, beside the table."""
    print(f"... {text}", file=sys.stderr, flush=True)


def built(bench: Bench) -> tuple[Path, Run]:
    """A store with a full build of version 1 from JSON Lines, and what that build used."""
    store, files, note = (bench.folder / name for name in ("built", "files", "built.json"))
    if not store.exists():
        told("writing JSON Lines")
        given = {"folder": files, "records": bench.records, "steps": STEPS, "seed": 2}
        python("store_work.py", "lines", given)
        told("full build")
        run = command("build", files / "full.yaml", "--json", "--store", store)
        note.write_text(json.dumps(run))
    return store, Run(*json.loads(note.read_text()))


def both(
    bench: Bench, row: str, what: str, words: Sequence[object], inside: float, outside: float | None
) -> Iterator[Line]:
    """A command in this process, without start-up and imports, and as a process of its own."""
    try:
        asked = python("store_work.py", "ask", {"words": words})
        runs = [command(*words) for _ in range(bench.rounds)]
    except NotMeasuredError as problem:
        yield Line(row, what, str(problem))
        return
    wall = statistics.median(run.wall for run in runs)
    yield Line(
        row, f"{what}, in process", f"{asked.seconds * 1000:.0f} ms", "", "",
        f"< {inside * 1000:.0f} ms", asked.seconds < inside, asked.mebibytes, cpu([asked]),
    )  # fmt: skip
    yield Line(
        row, f"{what}, as a command", f"{wall:.2f} s", "", "",
        "" if outside is None else f"< {outside} s", None if outside is None else wall < outside,
        runs[0].mebibytes,
    )  # fmt: skip


def middle(runs: Sequence[Run]) -> float:
    """The median of what runs measured of themselves."""
    return statistics.median(run.seconds for run in runs)


def cpu(*sides: Sequence[Run]) -> str:
    """The median CPU seconds of the work, of each side."""
    return " / ".join(f"{statistics.median(run.said['cpu'] for run in runs):.2f}" for runs in sides)


def mebi(count: float) -> str:
    """Bytes in MiB."""
    return f"{count / 2**20:.1f} MiB"
