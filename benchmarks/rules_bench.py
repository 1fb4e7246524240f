"""What the rows share: where the texts lie, and what a record costs, start-up left out."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from store_process import NotMeasuredError, Run, python

Sizes = tuple[int, int]


class Bench(NamedTuple):
    """Where things lie, and how large they are."""

    folder: Path
    sizes: Sizes
    """How many records ours judges, the fewer first."""
    juicer_sizes: Sizes
    datatrove_sizes: Sizes
    peers: str
    """The Python that has the peers."""
    have: dict[str, str]
    """The packages of peers that it has, with their versions."""
    rounds: int
    texts: Path | None
    """A file of texts to judge instead of the corpus."""
    columns: tuple[str, ...]

    def prepare(self) -> float:
        """Write the texts; return how many bytes a record has on average."""
        sizes = {*self.sizes, *self.juicer_sizes, *self.datatrove_sizes}
        given = {"folder": self.folder, "texts": self.texts, "columns": self.columns}
        found = python("rules_work.py", "texts", given | {"sizes": sorted(sizes)})
        return float(found.said["bytes"]) / max(sizes)

    def file(self, size: int) -> Path:
        """The file of so many texts."""
        return self.folder / str(size) / "texts.jsonl"

    def out(self) -> Path:
        """A folder for what a process writes, which is not there yet."""
        path = self.folder / "out"
        shutil.rmtree(path, ignore_errors=True)
        return path


class Cost(NamedTuple):
    """What a way of judging costs."""

    records: int
    """Of the larger size."""
    micro: float
    """Microseconds of CPU for a record: the slope between both sizes."""
    whole: float
    """CPU seconds of the whole process at the larger size."""
    peaks: tuple[float, float]
    """Peak memory in MiB at each size."""
    kept: int
    """Of the larger size."""


Measure = Callable[[Bench, int], Run]


def costs(bench: Bench, ways: Sequence[tuple[Measure, Sizes]]) -> list[Cost]:
    """Measure ways in turn, in rounds, at two sizes each; the least of the rounds counts.

    Whatever else the machine does can only add to the CPU time of a process.
    """
    runs: list[dict[int, list[Run]]] = [{size: [] for size in sizes} for _, sizes in ways]
    for _ in range(bench.rounds):
        for (measure, sizes), found in zip(ways, runs, strict=True):
            for size in sizes:
                found[size].append(measure(bench, size))
    return [_cost(found, sizes) for found, (_, sizes) in zip(runs, ways, strict=True)]


def _cost(runs: dict[int, list[Run]], sizes: Sizes) -> Cost:
    few, many = sizes
    less, more = (min(run.cpu for run in runs[size]) for size in sizes)
    peaks = [max(run.mebibytes for run in runs[size]) for size in sizes]
    kept = runs[many][0].said.get("kept", 0)
    return Cost(many, (more - less) / (many - few) * 1e6, more, (peaks[0], peaks[1]), kept)


def judged(*packs: str, disable: Sequence[str] = (), lines: bool = True) -> Measure:
    """Judge by packs, and write what passes; `rules_packs` says what the others leave out."""

    def measure(bench: Bench, size: int) -> Run:
        out = bench.out()
        out.mkdir()
        given: dict[str, Any] = {"file": bench.file(size), "packs": packs}
        given["out"] = out / "kept.parquet"
        return python("rules_work.py", "judge", given | {"disable": disable, "lines": lines})

    return measure


def by_peer(work: str, *packages: str) -> Measure:
    """Let a peer do it; raises `NotMeasuredError` where a package is not installed."""

    def measure(bench: Bench, size: int) -> Run:
        for package in packages:
            if package not in bench.have:
                raise NotMeasuredError(f"{package} is not installed: pip install {package}")
        given: dict[str, Any] = {"file": bench.file(size), "folder": bench.out()}
        return python("rules_beside.py", work, given, bench.peers)

    return measure
