"""Choosing what differs or represents: CPU time, memory and what is reached, beside other tools.

    python benchmarks/diverse.py [--peer PYTHON] [--records 100000] [--wanted 10000]

Vectors are made on the spot: 256 dimensions, groups of sizes that fall as 1 / rank. `--peer` is a
Python with k-center, apricot-select and submodlib-py. Each tool runs in a process of its own, in
turns; of all, what they reach is computed by the same code, over all pairs.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
DIMENSIONS = 256
SPREAD = 0.9
"""Of a record around the centre of its group, of length 1: cosines within a group are near 0.55."""


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--peer", help="a Python with k-center, apricot-select, submodlib-py")
    parser.add_argument("--peers", nargs="*", default=["k_center", "apricot"], help="of these")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--wanted", type=int, default=10_000)
    parser.add_argument("--neighbours", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer-rounds", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        vectors = made(given.records)
        np.save(Path(folder) / "vectors.npy", vectors)
        unit = vectors / np.linalg.norm(vectors.astype(np.float32), axis=1)[:, None]
        print(f"{given.wanted:,} of {given.records:,} x {DIMENSIONS}")
        for name, found in measured(given, str(Path(folder) / "vectors.npy")).items():
            tell(name, found, unit.astype(np.float32))
        rows = np.random.default_rng(1).permutation(given.records)[: given.wanted]
        tell("random", {"rows": rows}, unit.astype(np.float32))


def made(records: int) -> "np.ndarray[tuple[int, int], np.dtype[np.int16]]":
    """Directions in fixed point, as a step `embedding` stores them."""
    random = np.random.default_rng(0)
    groups = max(1, records // 100)
    shares = 1 / np.arange(1, groups + 1)
    centres = random.normal(size=(groups, DIMENSIONS)) / DIMENSIONS**0.5
    own = random.choice(groups, records, p=shares / shares.sum())
    found = centres[own] + SPREAD * random.normal(size=(records, DIMENSIONS)) / DIMENSIONS**0.5
    found /= np.linalg.norm(found, axis=1)[:, None]
    return np.rint(found * 16_384).astype(np.int16)


def measured(given: argparse.Namespace, vectors: str) -> dict[str, Any]:
    """The best run of each tool."""
    runs = [
        ("curate k-centre", sys.executable, "diverse_work.py", "k-centre"),
        ("curate facility-location", sys.executable, "diverse_work.py", "facility-location"),
        ("numpy loop", sys.executable, "diverse_peer.py", "numpy"),
    ]
    for name in given.peers if given.peer else ():
        runs.append((name, given.peer, "diverse_peer.py", name))
    best: dict[str, Any] = {}
    for turn in range(max(given.rounds, given.peer_rounds)):
        for name, python, script, what in runs:
            if turn >= (given.rounds if script == "diverse_work.py" else given.peer_rounds):
                continue
            command = [python, str(HERE / script), what, vectors]
            numbers = [str(given.wanted), str(given.neighbours)]
            run = subprocess.run([*command, *numbers], capture_output=True, text=True)
            if run.returncode:
                print(f"{name}: failed: {(run.stderr.strip() or 'killed').splitlines()[-1]}")
                continue
            found = json.loads(run.stdout.splitlines()[-1])
            print(f"  {name}: {found['seconds']:.1f} s", flush=True)
            if name not in best or found["seconds"] < best[name]["seconds"]:
                best[name] = found
    return best


def tell(name: str, found: dict[str, Any], unit: Any) -> None:
    """Print what a choice took, and what it reaches."""
    rows = np.asarray(found["rows"])
    nearest = np.full(len(unit), -1.0, np.float32)
    for start in range(0, len(unit), 4096):
        products = unit[start : start + 4096] @ unit[rows].T
        nearest[start : start + 4096] = products.max(axis=1)
    radius = float(np.sqrt(max(0.0, 2 - 2 * float(nearest.min()))))
    took = f"{found['seconds']:8.1f} s {found['megabytes']:7.0f} MB" if "seconds" in found else ""
    print(
        f"{name:26}{took:22} {len(set(rows.tolist())):,} records, covering radius {radius:.4f} "
        f"(cosine {nearest.min():.4f}), facility location {np.maximum(nearest, 0).sum():,.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
