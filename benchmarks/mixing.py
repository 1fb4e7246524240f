"""What it costs to mix and balance a million records, beside the same with `datasets`.

    python benchmarks/mixing.py [--records 1000000] [--rounds 3] [--corpus DIR] [--scratch DIR]

The corpus of `corpus.py` is built into a store once, and written for `datasets` once; neither
counts. Then both mix its four sources by weights, in characters, and balance what is left by the
label `topic`. curate reads the version `corpus@1`, tells each drop with its reason in a ledger, and
commits a new version; its steps are timed within the build as well, facts of records included.
`datasets` draws by `interleave_datasets`, whose probabilities count records: they are given the
weights over the mean characters of each source, so that the shares are the same; it then takes as
many rows of each label, and writes what is left. Each round is a process of its own, from an empty
cache, in turn; the least counts. Two processes, DuckDB's threads included.
"""

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from corpus import write
from store_bench import told
from store_process import Run, command, python
from table import Line, print_table

WEIGHTS: Final = {"helpdesk": 3, "forum": 3, "handbook": 2, "partner": 1}
LABEL: Final = "topic"
RECIPE: Final = """\
dataset: mixed
sources:
  - ref: corpus@1
steps:{steps}
seed: 7
"""
STEPS: Final = """
  - mix: {{by: source, weights: {{{weights}}}, unit: characters}}
  - balance: {{by: labels.{label}}}
"""
MOST_SECONDS: Final = 20.0
MOST_MEBIBYTES: Final = 2048.0


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--corpus", type=Path, help="what `corpus.py` wrote of so many records")
    parser.add_argument("--scratch", type=Path, help="keeps the store and the peer's copy")
    asked = parser.parse_args()
    if asked.scratch is not None:
        asked.scratch.mkdir(parents=True, exist_ok=True)
        _measure(asked, asked.scratch)
        return
    with tempfile.TemporaryDirectory() as folder:
        _measure(asked, Path(folder))


def _measure(asked: argparse.Namespace, folder: Path) -> None:
    store, rows = _prepared(asked, folder)
    plain, ours, whole, peers = [], [], [], []
    for number in range(asked.rounds):
        told(f"round {number + 1} of {asked.rounds}")
        for name, runs in (("plain", plain), ("mixed", ours)):
            given = {"store": _fresh(store, folder), "recipe": folder / f"{name}.yaml"}
            runs.append(python("mixing_work.py", "build", given))
        copy = _fresh(store, folder)
        words = ("build", folder / "mixed.yaml", "--store", copy, "--workers", 2, "--json")
        whole.append(command(*words))
        given = {"rows": rows, "out": folder / "out", "weights": WEIGHTS, "label": LABEL}
        peers.append(python("mixing_work.py", "peer", given))
    print_table(list(_lines(plain, ours, whole, peers)))
    print("stages:", {name: f"{took:.1f} s" for name, took in ours[-1].said["stages"].items()})


def _prepared(asked: argparse.Namespace, folder: Path) -> tuple[Path, Path]:
    """A store with the corpus, and the rows of `datasets`, made where they are not."""
    corpus = asked.corpus or folder / "corpus"
    if not (corpus / "v1.yaml").exists():
        told("writing the corpus")
        write(corpus, 1, asked.records)
    store, rows = folder / "store", folder / "rows"
    if not store.exists():
        told("building the corpus")
        command("build", corpus / "v1.yaml", "--store", store, "--max-bad", 0.5, "--json")
        shutil.rmtree(store / "cache", ignore_errors=True)
    if not rows.exists():
        told("writing the rows of datasets")
        python("mixing_work.py", "rows", {"store": store, "rows": rows})
    weights = ", ".join(f"{name}: {weight}" for name, weight in WEIGHTS.items())
    steps = STEPS.format(weights=weights, label=LABEL)
    for name, listed in (("plain", " []\n"), ("mixed", steps)):
        (folder / f"{name}.yaml").write_text(RECIPE.format(steps=listed))
    return store, rows


def _fresh(store: Path, folder: Path) -> Path:
    """A copy of the store, so that no round finds what another kept."""
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(store, copy)
    return copy


def _lines(plain: list[Run], ours: list[Run], whole: list[Run], peers: list[Run]) -> Iterator[Line]:
    """The figures; of the steps those of a build with them less those of one without."""
    peer, peer_cpu = (min(getattr(run, name) for run in peers) for name in ("seconds", "cpu"))
    least, cpu = (min(getattr(run, name) for run in ours) for name in ("seconds", "cpu"))
    steps, steps_cpu = (
        own - min(getattr(run, name) for run in plain)
        for own, name in ((least, "seconds"), (cpu, "cpu"))
    )
    peak, command_wall = max(run.mebibytes for run in whole), min(run.wall for run in whole)
    command_cpu = min(run.cpu for run in whole)
    rows = (
        ("steps", "mix and balance, facts included", steps, steps_cpu, MOST_SECONDS),
        ("build", "and reading, writing and commit", least, cpu, None),
        ("command", "and start-up", command_wall, command_cpu, MOST_SECONDS),
    )
    for row, what, seconds, own_cpu, most in rows:
        yield Line(
            row, what, f"{seconds:.1f} s", f"datasets {peer:.1f} s", f"{seconds / peer:.2f}",
            f"< {most:.0f} s" if most else "", seconds < most if most else None, peak,
            f"{own_cpu:.1f} / {peer_cpu:.1f}",
        )  # fmt: skip
    yield Line(
        "command", "peak memory", f"{peak:.0f} MiB",
        f"datasets {max(run.mebibytes for run in peers):.0f} MiB", "",
        f"< {MOST_MEBIBYTES:.0f} MiB", peak < MOST_MEBIBYTES, peak,
    )  # fmt: skip
    kept = [str(runs[0].said[name]) for runs, name in ((ours, "kept"), (peers, "kept"))]
    yield Line("command", "records that are left", kept[0], f"datasets {kept[1]}")


if __name__ == "__main__":
    main()
