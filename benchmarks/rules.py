"""What rule packs cost: CPU time a record, beside Data-Juicer, datatrove and a kernel in C.

    python benchmarks/rules.py [--only ROW] [--peers PYTHON] [--json FILE]
                               [--texts FILE.jsonl[.gz] --column NAME ...]

Each measurement is a process of its own that reads JSON Lines, judges them and writes what passes.
Its CPU time, user and system, child processes included, is taken at two sizes: the slope is what a
record costs without start-up. Peers run in turn with ours; of the rounds the least counts.

The texts are the conversations of `corpus.py`, or columns of a file, as one text each; a file
with fewer texts than a size is read again from its beginning. A peer that is not installed is named
and left out. To have them, without touching the environment of curate:

    python -m venv peers && peers/bin/pip install py-data-juicer aiohttp ray datatrove spacy orjson
    python benchmarks/rules.py --peers peers/bin/python
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from rules_bench import Bench
from rules_rows import ROWS
from store_bench import told
from store_process import NotMeasuredError, python
from table import Line, print_table

PEERS: Final = ("py-data-juicer", "datatrove", "spacy")


def main() -> None:
    """Measure, print the table, and write it as JSON where that is asked for."""
    asked = _arguments()
    have = python("store_peers.py", "versions", {"names": PEERS}, asked.peers).said
    with tempfile.TemporaryDirectory(dir=asked.scratch) as scratch:
        bench = Bench(
            Path(scratch), tuple(asked.sizes), tuple(asked.juicer_sizes),
            tuple(asked.datatrove_sizes), asked.peers, have, asked.rounds,
            asked.texts and asked.texts.resolve(), tuple(asked.column or ["text"]),
        )  # fmt: skip
        told("writing the texts")
        size = bench.prepare()
        what = f"texts of {asked.texts.name if asked.texts else 'the corpus'}, {size:.0f} B a line"
        print(f"{what}; {os.cpu_count()} cores, Python {platform.python_version()}")
        print(f"peers: {', '.join(f'{name} {number}' for name, number in have.items()) or 'none'}")
        lines: list[Line] = []
        for name in asked.only or ROWS:
            try:
                lines += ROWS[name](bench)
            except NotMeasuredError as problem:
                lines.append(Line(name, "not measured", str(problem)))
                told(str(problem))
    print_table(lines)
    if asked.json:
        whole = {"texts": what, "peers": have, "lines": [line._asdict() for line in lines]}
        asked.json.write_text(json.dumps(whole, indent=2) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    both: dict[str, Any] = {"type": int, "nargs": 2, "metavar": ("FEWER", "MORE")}
    parser.add_argument("--sizes", default=(50_000, 250_000), help="of ours", **both)
    parser.add_argument("--juicer-sizes", default=(10_000, 30_000), **both)
    parser.add_argument("--datatrove-sizes", default=(2_000, 6_000), **both)
    parser.add_argument("--only", action="append", choices=list(ROWS), help="a row; repeatable")
    parser.add_argument("--rounds", type=int, default=3, help="default 3")
    parser.add_argument("--peers", default=sys.executable, help="the Python that has the peers")
    parser.add_argument("--texts", type=Path, help="JSON Lines, plain or .gz, to judge instead")
    parser.add_argument("--column", action="append", help="its text; repeatable; default text")
    parser.add_argument("--json", type=Path, help="write the figures to a file")
    parser.add_argument("--scratch", type=Path, help="a folder with room (1 GB)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
