"""Personal data: what it costs to find, beside Presidio and others, and how much each finds.

    python benchmarks/pii.py [--set NAME] [--peers PYTHON] [--scratch FOLDER]

Each measurement is a process of its own that looks through texts it has not seen: prompts of
`t0_50k` and records of `corpus.py`. The CPU time of the work is taken at two sizes, so that what is
done once does not count; of the rounds the least. Presidio's batch engine is given the same
recognizers and the same words, and its findings must be ours. What others take out is told by
values: those that the corpus plants, and those labelled in `presidio_synth_v2_1500`. `build` is the
step `pii` of a recipe, by builds of the corpus with and without it.

Peers that are not installed are left out. To have them, without touching the environment of curate:

    python -m venv peers && peers/bin/pip install py-data-juicer aiohttp ray datatrove
    python benchmarks/pii.py --peers peers/bin/python
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from dedup_bench import installed
from pii_rows import PEERS, Bench, speed, step, values
from pii_texts import labelled, prompts, records, write
from table import Line, print_table

DATA: Final = Path(__file__).resolve().parents[1].parent / "shared" / "data"
SETS: Final = ("t0", "corpus", "labelled", "build")


def main() -> None:
    """Measure, print the table, and write it as JSON where that is asked for."""
    asked = _arguments()
    packages = sorted({peer.package for peer in PEERS.values()})
    have = installed(asked.peers or [sys.executable], packages)
    versions = {name: version for name, (_, version) in have.items()}
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"peers: {', '.join(f'{name} {each}' for name, each in versions.items()) or 'none'}")
    lines: list[Line] = []
    with tempfile.TemporaryDirectory(dir=asked.scratch) as scratch:
        for name in asked.set or SETS:
            lines += _measured(name, asked, Path(scratch) / name, have)
    print_table(lines)
    if asked.json:
        whole = {"peers": versions, "lines": [line._asdict() for line in lines]}
        asked.json.write_text(json.dumps(whole, indent=2) + "\n")


def _measured(
    name: str, asked: argparse.Namespace, folder: Path, have: dict[str, tuple[str, str]]
) -> Iterator[Line]:
    if name == "build":
        yield from step(folder, tuple(asked.build_sizes), asked.rounds)
        return
    if name != "corpus" and not asked.data.is_dir():
        yield Line(name, "not measured", f"{asked.data} is not there")
        return
    sizes = {"t0": (5_000, 50_000)}.get(name, (50_000, 300_000))
    bench = Bench(name, folder, sizes, (1_000, 8_000), (1_000, 10_000), have, asked.rounds)
    every = (*bench.sizes, *bench.presidio_sizes, *bench.peer_sizes)
    if name == "t0":
        write(prompts(asked.data), folder, every)
        yield from speed(bench)
        return
    there = [each for each, peer in PEERS.items() if peer.package in have]
    if name == "labelled":
        write(labelled(asked.data), folder, (1_500,))
        yield from values(bench, ("curate", "presidio", *there), 1_500)
        return
    write(records(max(every)), folder, every)
    yield from speed(bench)
    yield from values(bench, ("curate", *there), bench.peer_sizes[1])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    both: dict[str, Any] = {"type": int, "nargs": 2, "metavar": ("FEWER", "MORE")}
    parser.add_argument("--set", action="append", choices=SETS, help="of texts; repeatable")
    parser.add_argument("--build-sizes", default=(20_000, 200_000), **both)
    parser.add_argument("--rounds", type=int, default=3, help="default 3")
    parser.add_argument("--peers", action="append", help="a Python that has peers; repeatable")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of t0_50k and others")
    parser.add_argument("--json", type=Path, help="write the figures to a file")
    parser.add_argument("--scratch", type=Path, help="a folder with room (1 GB)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
