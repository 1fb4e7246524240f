"""What the rows share: where the texts lie, and what a record costs, start-up left out."""

import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import slope
from slope import Cost, Sizes
from store_process import NotMeasuredError, Run, python


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


Measure = Callable[[Bench, int], Run]


def costs(bench: Bench, ways: Sequence[tuple[Measure, Sizes]]) -> list[Cost]:
    """Measure ways of judging in turn (`slope.costs`)."""
    return slope.costs([(partial(way, bench), sizes) for way, sizes in ways], bench.rounds)


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
