"""What near-duplicates cost to find, and how well they are found, beside five other tools.

    python benchmarks/dedup.py [--set NAME] [--peer NAME] [--peers PYTHON] [--scratch FOLDER]

Each measurement is a process of its own that reads JSON Lines and writes the records that are kept.
Its CPU time, user and system, child processes included, is taken at two sizes: the slope is what a
record costs without start-up. Peers run in turn with ours; of the rounds the least counts, and the
second least says how far noise reaches: a target is met only where it is with noise against us,
and a slope that is no three times its noise is called lost in it.

What was dropped is held against all pairs whose sets of five words are alike, found by brute force
(`dedup_truth.py`, a few minutes for 52,000 texts; a folder given as --scratch keeps them). The
texts are conversations of `corpus.py`, and the prompts and completions of `t0_50k`, where they are.
A peer that is not installed is named and left out. To have them, without touching the environment
of curate (text-dedup needs Python 3.12, and xxhash 4 takes no text, as datatrove 0.10.1 gives it):

    python -m venv peers && peers/bin/pip install py-data-juicer aiohttp ray datatrove spacy \\
        tokenizers "xxhash<4" datasketch rensa orjson
    python3.12 -m venv other && other/bin/pip install text-dedup
    python benchmarks/dedup.py --peers peers/bin/python --peers other/bin/python
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

from dedup_bench import Bench, installed
from dedup_known import KNOWN
from dedup_rows import PEERS, rows
from store_bench import told
from store_process import NotMeasuredError
from table import Line, print_table

DATA: Final = Path(__file__).resolve().parents[1].parent / "shared" / "data"
T0: Final = ("prompt", "completion")
JUDGED: Final = 52_000
"""What is dropped is judged of the larger size up to so many, else of the smaller."""
OWN: Final = {"corpus": (52_000, 520_000), "t0": (13_000, 52_000)}
"""A record takes so little time that start-up varies by more than tens of thousands take; but
`t0_50k` has no more."""
SIZES: Final = {
    "juicer": (2_000, 20_000),
    "datatrove": (1_000, 5_000),
    "text_dedup": (2_000, 20_000),
    "datasketch": (3_000, 20_000),
    "rensa": (13_000, 52_000),
}


def main() -> None:
    """Measure, print the table, and write it as JSON where that is asked for."""
    asked = _arguments()
    have = installed(asked.peers or [sys.executable], [peer.package for peer in PEERS.values()])
    versions = {name: version for name, (_, version) in have.items()}
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"peers: {', '.join(f'{name} {each}' for name, each in versions.items()) or 'none'}")
    lines: list[Line] = []
    with tempfile.TemporaryDirectory(dir=asked.scratch) as scratch:
        for name in asked.set or ("corpus", "t0", *KNOWN):
            folder = Path(scratch) / name
            folder.mkdir()
            try:
                lines += _measured(name, asked, folder, have)
            except NotMeasuredError as problem:
                lines.append(Line(name, "not measured", str(problem)))
                told(str(problem))
    print_table(lines)
    if asked.json:
        whole = {"peers": versions, "lines": [line._asdict() for line in lines]}
        asked.json.write_text(json.dumps(whole, indent=2) + "\n")


def _measured(
    name: str, asked: argparse.Namespace, folder: Path, have: dict[str, tuple[str, str]]
) -> Iterator[Line]:
    if name in KNOWN:
        yield from KNOWN[name](asked.data, folder)
        return
    texts = asked.data / "sft" / "t0_50k.jsonl.gz" if name == "t0" else None
    if texts and not texts.is_file():
        raise NotMeasuredError(f"{texts} is not there")
    names = asked.peer or list(PEERS)
    own = tuple(asked.sizes or OWN[name])
    judged = own[1] if own[1] <= JUDGED else own[0]
    sizes = {each: tuple(getattr(asked, f"{each}_sizes")) for each in names}
    bench = Bench(
        name, folder, asked.scratch or folder, own, judged, sizes, have, asked.rounds,
        texts, T0 if texts else (), {},
    )  # fmt: skip
    yield from rows(bench, bench.prepare(), names)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    both: dict[str, Any] = {"type": int, "nargs": 2, "metavar": ("FEWER", "MORE")}
    parser.add_argument("--sizes", help="of ours; else its own for each set", **both)
    for name, sizes in SIZES.items():
        parser.add_argument(f"--{name.replace('_', '-')}-sizes", default=sizes, **both)
    choices = ("corpus", "t0", *KNOWN)
    parser.add_argument("--set", action="append", choices=choices, help="of texts; repeatable")
    parser.add_argument("--peer", action="append", choices=list(PEERS), help="repeatable")
    parser.add_argument("--rounds", type=int, default=3, help="default 3")
    parser.add_argument("--peers", action="append", help="a Python that has peers; repeatable")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of t0_50k and others")
    parser.add_argument("--json", type=Path, help="write the figures to a file")
    parser.add_argument("--scratch", type=Path, help="a folder with room (1 GB)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
