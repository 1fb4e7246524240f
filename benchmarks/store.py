"""What the store costs: every figure that it promises, with its peers in the same run.

    python benchmarks/store.py [--records 1000000] [--only ROW] [--peers PYTHON] [--json FILE]

The records are those of `corpus.py`. Each measurement runs in a process of its own, which takes the
time of the work itself; peak memory is that of the whole process, mapped files included. Peers run
in turn with ours; of short things the median of some rounds counts. A peer that is not installed is
named and left out. To have them, without touching the environment of curate:

    python -m venv peers && peers/bin/pip install duckdb pyarrow datasets datacompy polars oxenai
    python benchmarks/store.py --peers peers/bin/python
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import Final

from store_bench import Bench, told
from store_process import NotMeasuredError, python
from store_rows import ROWS
from table import Line, print_table

PEERS: Final = ("duckdb", "pyarrow", "datasets", "datacompy", "pandas", "polars", "oxenai")


def main() -> None:
    """Measure, print the table, and write it as JSON where that is asked for."""
    asked = _arguments()
    have = python("store_peers.py", "versions", {"names": PEERS}, asked.peers).said
    print(f"{asked.records:,} records, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"peers: {', '.join(f'{name} {number}' for name, number in have.items()) or 'none'}")
    with tempfile.TemporaryDirectory(dir=asked.scratch) as scratch:
        size = min(asked.records, asked.peer_records)
        bench = Bench(Path(scratch), asked.records, size, asked.peers, have, asked.rounds)
        lines: list[Line] = []
        for name in asked.only or ROWS:
            try:
                lines += ROWS[name](bench)
            except NotMeasuredError as problem:
                lines.append(Line(name, "not measured", str(problem)))
                told(str(problem))
    print_table(lines)
    if asked.json:
        whole = {"records": asked.records, "peers": have, "lines": [li._asdict() for li in lines]}
        asked.json.write_text(json.dumps(whole, indent=2) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--peer-records", type=int, default=100_000, help="for slow peers, 100,000")
    parser.add_argument("--only", action="append", choices=list(ROWS), help="a row; repeatable")
    parser.add_argument("--rounds", type=int, default=3, help="of what is short; default 3")
    parser.add_argument("--peers", default=sys.executable, help="the Python that has the peers")
    parser.add_argument("--json", type=Path, help="write the figures to a file")
    parser.add_argument("--scratch", type=Path, help="a folder with room (7 kB a record)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
