"""What the rows share: where the texts lie, and how near-duplicates of them are dropped."""

import csv
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import dedup_truth
import orjson
import pyarrow as pa
from dedup_quality import Dropped
from dedup_truth import Pair
from pyarrow import parquet
from slope import Sizes
from store_bench import told
from store_process import NotMeasuredError, Run, command, python

from curate.hashing import record_id

RECIPE: Final = """\
dataset: bench
sources:
  - {path: %s, name: texts, %s}
steps:
  - near_dedup
"""
TEXTS: Final = "key: id, map: {text: text}"
LEDGER: Final = "SELECT id, \"of\", value FROM ledger WHERE step = 'near_dedup'"


class Bench(NamedTuple):
    """Texts, where things lie, and how many of them each way is given."""

    name: str
    folder: Path
    cache: Path
    """Where pairs that are alike are kept for other runs."""
    sizes: Sizes
    """How many records ours is given, the fewer first."""
    judged: int
    """Of so many, one of the sizes, what is dropped is held against the truth."""
    peer_sizes: dict[str, Sizes]
    have: dict[str, tuple[str, str]]
    """The packages of peers, each with its Python and its version."""
    rounds: int
    texts: Path | None
    """A file of texts; None for the corpus."""
    columns: tuple[str, ...]
    dropped: dict[tuple[str, int], Dropped]
    """What each way dropped of each size."""

    def prepare(self) -> list[Pair]:
        """Write the texts; return the pairs that are alike."""
        sizes = sorted({size for both in (self.sizes, *self.peer_sizes.values()) for size in both})
        given = {"folder": self.folder, "texts": self.texts, "columns": self.columns}
        python("dedup_work.py", "texts", given | {"sizes": sizes})
        file = self.file(self.judged)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        cached = self.cache / f"pairs-{digest[:16]}.jsonl"
        if not cached.exists():
            told(f"{self.name}: comparing {self.judged:,} texts with each other")
            python("dedup_truth.py", "find", {"file": file, "cached": cached})
        return dedup_truth.read(cached)

    def file(self, size: int) -> Path:
        """The file of so many texts."""
        return self.folder / str(size) / "texts.jsonl"

    def out(self) -> Path:
        """An empty folder for what a process writes."""
        path = self.folder / "out"
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path

    def by_parts(self, size: int) -> Run:
        """Drop them by the parts of the library alone."""
        out = self.out()
        run = python("dedup_work.py", "parts", {"file": self.file(size), "folder": out})
        table = parquet.read_table(out / "of.parquet")
        named = [Pair(*row.values()) for row in table.to_pylist()]
        return self._noted("parts", size, run, [out / "kept.jsonl"], named)

    def by_build(self, size: int) -> Run:
        """Drop them by a build: with ids, hashes, ledger and a version."""
        out = self.out()
        run, rows = built(self.file(size), TEXTS, out)
        ids = {record_id("texts", f'"{number}"'.encode()).hex(): number for number in range(size)}
        named = [Pair(ids[one], ids[other], float(value)) for one, other, value in rows]
        kept = set(range(size)) - {pair.one for pair in named}
        self.dropped["build", size] = Dropped(kept, named)
        return run._replace(said={"kept": run.said["records"]})

    def by_peer(self, name: str, package: str, size: int) -> Run:
        """Let a peer do it."""
        given = {"file": self.file(size), "folder": self.out()}
        run = python("dedup_peers.py", name, given, self.have[package][0])
        return self._noted(name, size, run, map(Path, run.said["written"]))

    def _noted(
        self, name: str, size: int, run: Run, written: Iterable[Path], named: Sequence[Pair] = ()
    ) -> Run:
        kept = {int(each) for path in written for each in _ids(path)}
        self.dropped[name, size] = Dropped(kept, named)
        return run._replace(said={"kept": len(kept)})


def built(file: Path, keys: str, out: Path) -> tuple[Run, list[list[str]]]:
    """Build a recipe of `near_dedup`; return what it cost, and of each drop id, keeper, value."""
    recipe, store = out / "recipe.yaml", out / "store"
    recipe.write_text(RECIPE % (file, keys))
    run = command("build", recipe, "--json", "--workers", "1", "--store", store)
    words = [sys.executable, "-m", "curate", "sql", LEDGER, "--csv", "--store", str(store)]
    asked = subprocess.run(words, capture_output=True, check=False, text=True)
    if asked.returncode:
        raise NotMeasuredError(asked.stderr.strip())
    return run, list(csv.reader(asked.stdout.splitlines()))[1:]


def installed(peers: Sequence[str], packages: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Which of the packages some Pythons have; the first that has one counts."""
    have: dict[str, tuple[str, str]] = {}
    for executable in peers:
        said = python("store_peers.py", "versions", {"names": packages}, executable).said
        have = {name: (executable, version) for name, version in said.items()} | have
    return have


def _ids(path: Path) -> list[Any]:
    """The ids in a file of records that were kept."""
    if path.suffix == ".parquet":
        return parquet.read_table(path, columns=["id"])["id"].to_pylist()
    if path.suffix == ".arrow":
        with pa.memory_map(str(path)) as file:
            return pa.ipc.open_stream(file).read_all()["id"].to_pylist()
    with path.open("rb") as lines:
        return [orjson.loads(line)["id"] for line in lines]
